// What becomes of a request that a server has read: one law for the reference receiver and for a path's model. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "plan/scenario.h"

namespace hookdrill {

/// The fate of one POST whose signature holds.
struct PlannedAnswer {
  enum class Kind {
    whole,
    half,   // cut in the middle, then closed
    close,  // closed without a byte
    reset   // RST without a byte
  };
  Kind kind = Kind::whole;
  int status = 200;
  Duration delay{};

  /// The server took the update, whether or not the client gets to know it.
  bool accepts() const { return status / 100 == 2 && (kind == Kind::whole || kind == Kind::half); }
};

/// The answer follows from (seed, number) alone. `number`: of the request in order of arrival, or its delivery_key().
PlannedAnswer plan_answer(const ServerBehaviour& server, std::uint64_t seed, std::uint64_t number);

/// A number that all attempts of a delivery share, as they share its body (FNV-1a, 64 bits).
std::uint64_t delivery_key(std::string_view body);

}  // namespace hookdrill
