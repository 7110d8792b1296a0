// Expectations about differences between paths: "compare.latency.p50.difference", "compare.proxy.drop.rate.difference".
// Knows the rows of Results alone.
#pragma once

#include <string_view>

#include "base/result.h"
#include "judge.h"

namespace hookdrill {

inline bool is_comparison_metric(std::string_view name) {
  return name.starts_with("compare.");
}

/// "compare.[path.]metric.difference": `path` is the one that is compared with the first, "" = every one.
Result<Metric> parse_comparison_metric(const Scenario& scenario, const Expectation& expectation);

/// Adds a verdict for every row of the comparison that is meant. A difference holds or fails by its whole interval.
/// Does nothing for results of a command that compares no paths.
void judge_comparison(const Expectation& expectation, const Metric& metric, Results& results);

}  // namespace hookdrill
