// Draws from a DelayLaw: how long a receiver, real or modelled, waits before it answers.
#pragma once

#include "base/rng.h"
#include "plan/scenario.h"

namespace hookdrill {

/// No drawn delay is longer: a lognormal tail must not outlive a run.
inline constexpr Duration kLongestDelay = std::chrono::hours(1);

/// The delay that belongs to `key`, from 0 to kLongestDelay. One draw; the same key gives the same delay.
Duration draw_delay(const DelayLaw& law, const DrawKey& key);

}  // namespace hookdrill
