// Two earlier runs of one scenario against each other: yesterday's results and today's. They were not interleaved, so
// that whatever else changed between them is in the differences; hence the environments must be the same, or be said to
// differ.
#pragma once

#include <string>

#include "base/result.h"
#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

struct EarlierRun {
  std::string place;  // where it was read from
  Results results;
};

/// Every path that both have, metric by metric; judged: a metric that became worse fails. A Diagnostic when the runs
/// cannot be compared. Intervals are those of independent attempts.
Result<Results> compare_runs(const EarlierRun& before, const EarlierRun& after, const CompareSettings& settings,
                             bool different_environments);

}  // namespace hookdrill
