// The bodies of a scenario's deliveries: pure functions of (seed, number), so that any worker can make its own share
// and a retry sends the same bytes.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "plan/scenario.h"

namespace hookdrill {

/// Makes bodies. Immutable after make(); body() may be called from several threads.
class Payloads {
 public:
  /// Fails on an unknown type in the mix (with the nearest known one) and on a damaged template.
  static Result<Payloads> make(const DeliverySettings& settings, std::uint64_t seed);

  /// Replaces `out` by the body of a delivery: compact JSON with Meta's escaping, ASCII only. Reuses its capacity.
  void body(std::uint64_t delivery, std::string& out) const;

  /// The wamid (or the equivalent id) of one update of a delivery: unique in a run, as it stands in the body.
  std::string message_id(std::uint64_t delivery, int update) const;

 private:
  std::uint64_t seed_ = 0;
};

}  // namespace hookdrill
