// A comparison in words, once for all reports: which rows, values with units, differences with their intervals,
// answers. Plain text; layout and escaping are the formats' own.
#pragma once

#include <string>
#include <vector>

#include "reports/results.h"

namespace hookdrill {

/// "24 paired blocks, 48,000 deliveries"; "two runs, not interleaved: ...".
std::string comparison_facts(const Results& results);

/// "6.10 ms", "18.2 %", "inf".
std::string compared_value(const ComparisonRow& row, double value);

/// "+5.20 ms [+5.00, +5.40]", "-18.2 points [-19.4, -17.1]", "-inf".
std::string difference_text(const ComparisonRow& row);

/// "proxy better", "no difference (margin 0.5 ms)", "undecided: 120 blocks" (that may decide).
std::string answer_sentence(const ComparisonRow& row);

/// "latency p50": the metric as a person reads it.
std::string metric_label(const ComparisonRow& row);

/// What the same path differs from itself by: "noise floor of this machine (...): latency p50 ±0.3 ms, ..."; "" when
/// unknown.
std::string noise_sentence(const Results& results);

/// The pairs of paths that were compared, each with its rows in their order.
struct ComparedPair {
  std::string baseline, path;
  std::vector<const ComparisonRow*> rows;
};
std::vector<ComparedPair> compared_pairs(const Results& results);

}  // namespace hookdrill
