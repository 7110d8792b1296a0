#include "comparison_results.h"

#include <fmt/core.h>

#include "reports/compare_text.h"

namespace hookdrill {

std::vector<ComparisonRow> comparison_rows(const std::vector<Compared>& compared, const std::vector<std::string>& names,
                                           std::size_t blocks) {
  std::vector<ComparisonRow> rows;
  for (const Compared& from : compared) {
    ComparisonRow row;
    row.metric = from.metric;
    row.baseline = names[0];
    row.path = names[from.path];
    row.unit = from.is_rate ? "share" : "ns";
    row.baseline_value = from.baseline;
    row.path_value = from.value;
    row.difference = from.difference;
    row.low = from.interval.low;
    row.high = from.interval.high;
    row.p = from.p;
    row.answer = answer_text(from.answer);
    row.why = from.why;
    row.margin = from.margin;
    row.noise = from.noise;
    row.samples = from.samples;
    row.blocks = blocks;
    row.blocks_needed = from.blocks_needed;
    rows.push_back(std::move(row));
  }
  return rows;
}

void judge_same_path(Results& results) {
  for (const ComparisonRow& compared : results.comparison) {
    VerdictRow row;
    row.name = fmt::format("no difference between {} and itself: {}", compared.baseline, compared.metric);
    row.status = compared.answer == "better" || compared.answer == "worse" ? "fail" : "pass";
    row.observed = difference_text(compared);
    row.limit = "no difference";
    results.verdicts.push_back(row);
  }
}

}  // namespace hookdrill
