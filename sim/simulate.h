// `hookdrill simulate`: the same plan, agenda, loop, stats and verdicts as `run`, over each path's model in virtual
// time.
#pragma once

#include <atomic>

#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

/// Byte-identical results for equal scenarios: nothing of this machine or of the clock is in them.
Results simulate(const Scenario& scenario, const std::atomic<bool>& stop);

}  // namespace hookdrill
