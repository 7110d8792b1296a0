// From compared samples to the rows of results.json: the only place where both are known.
#pragma once

#include <vector>

#include "engine/comparison.h"
#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

/// `names` by path; `blocks` is 0 for two runs.
std::vector<ComparisonRow> comparison_rows(const std::vector<Compared>& compared, const std::vector<std::string>& names,
                                           std::size_t blocks);

/// Of a path against itself: a verdict for each row, which fails when a difference was found where there is none.
void judge_same_path(Results& results);

}  // namespace hookdrill
