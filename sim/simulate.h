// `hookdrill simulate`: the same plan, agenda, loop, stats and verdicts as `run`, over each path's model in virtual
// time.
#pragma once

#include <atomic>

#include "engine/attempt_log.h"
#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

/// Byte-identical results for equal scenarios: nothing of this machine or of the clock is in them. `log` is told of
/// every attempt; it may be null.
Results simulate(const Scenario& scenario, const std::atomic<bool>& stop, AttemptLog* log = nullptr);

}  // namespace hookdrill
