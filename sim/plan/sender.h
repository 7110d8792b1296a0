// Which of a path's source addresses an attempt comes from: one rule for sockets and models. Pure.
#pragma once

#include "base/rng.h"
#include "plan/scenario.h"

namespace hookdrill {

/// Below `senders`, which is above 0.
inline std::uint64_t draw_sender(RetrySettings::Sender rule, std::uint64_t seed, std::uint64_t delivery,
                                 std::uint32_t attempt, std::uint64_t senders) {
  return draw_below({seed, delivery, rule == RetrySettings::Sender::same ? 0 : attempt, Purpose::source}, senders);
}

}  // namespace hookdrill
