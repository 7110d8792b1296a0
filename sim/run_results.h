// From stats to Results: the only place where both are known.
#pragma once

#include <string>

#include "engine/stats.h"
#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

/// A path's stats under the names of the contract. Stages with measure = false are in `stages` only.
PathResults to_results(const PathStats& stats, const Scenario& scenario);

/// The facts of a run that do not depend on its outcome: scenario, retry schedule, this machine and its libraries.
Results results_frame(const Scenario& scenario, const std::string& command);

/// Adds the reasons for which a path's numbers cannot be trusted: late, capped, or out of our own resources.
/// `cpu_share` of the busiest worker; negative in virtual time.
void add_distrust(const PathStats& stats, const Scenario& scenario, const std::string& path, double cpu_share,
                  Results& results);

}  // namespace hookdrill
