// From stats to Results: the only place where both are known.
#pragma once

#include <string>

#include "engine/stats.h"
#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

/// All stages that are measured, as one.
StageStats measured_stats(const PathStats& stats, const Scenario& scenario);

/// A path's stats under the names of the contract. Stages with measure = false are in `stages` only.
PathResults to_results(const PathStats& stats, const Scenario& scenario);

/// The facts of a run that do not depend on its outcome: scenario, retry schedule, this machine and its libraries.
Results results_frame(const Scenario& scenario, const std::string& command);

/// How busy the sender was: in the report when it was late. Shares from 0 to 1.
struct SenderLoad {
  double busiest_thread = 0;  // of one core
  double machine = 0;         // of all cores, by anything
};

/// Adds the reasons for which a path's numbers cannot be trusted: late, capped, or out of our own resources.
/// `cpu_share` of the busiest worker; negative in virtual time.
void add_distrust(const PathStats& stats, const Scenario& scenario, const std::string& path, const SenderLoad* load,
                  Results& results);

}  // namespace hookdrill
