#include "judge_comparison.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "engine/block_samples.h"
#include "engine/resampling.h"
#include "reports/compare_text.h"

namespace hookdrill {
namespace {

constexpr std::string_view kPrefix = "compare.";
constexpr std::string_view kSuffix = ".difference";

std::vector<std::string> comparison_metrics() {
  std::vector<std::string> names = {"compare.drop.rate.difference"};
  for (const std::string_view duration : kComparedDurations) {
    for (const std::string_view quantile : kComparedQuantiles)
      names.push_back(fmt::format("{}{}.{}{}", kPrefix, duration, quantile, kSuffix));
  }
  return names;
}

void decide_row(const Expectation& expectation, const ComparisonRow& compared, VerdictRow& row) {
  const double unit = compared.unit == "ns" ? 1e-9 : 1;
  const auto keeps = [&](double value) { return holds(expectation.relation, value * unit, expectation.limit); };
  if (std::isnan(compared.difference)) {
    row.status = "undecided";
    row.why = compared.why;
    return;
  }
  if (keeps(compared.low) == keeps(compared.high)) {
    row.status = keeps(compared.low) ? "pass" : "fail";
    row.why = "the whole 95 % interval lies on one side of the limit";
    return;
  }
  row.status = "undecided";
  row.why = fmt::format("the 95 % interval holds the limit; more than {} blocks may decide", compared.blocks);
}

}  // namespace

Result<Metric> parse_comparison_metric(const Scenario& scenario, const Expectation& expectation) {
  Metric metric;
  std::string_view name = expectation.metric;
  name.remove_prefix(kPrefix.size());
  for (std::size_t i = 1; i < scenario.paths.size(); ++i) {
    if (!name.starts_with(scenario.paths[i].name + ".")) continue;
    metric.path = scenario.paths[i].name;
    name.remove_prefix(metric.path.size() + 1);
    break;
  }
  const std::vector<std::string> names = comparison_metrics();
  const std::string whole = std::string(kPrefix) + std::string(name);
  if (std::find(names.begin(), names.end(), whole) == names.end()) {
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    return Diagnostic{
        scenario.file, expectation.line, expectation.line > 0 ? 1 : 0,
        fmt::format("unknown metric \"{}\" in [[expect]]{}", expectation.metric, did_you_mean(whole, candidates))};
  }
  metric.name = name.substr(0, name.size() - kSuffix.size());
  return metric;
}

void judge_comparison(const Expectation& expectation, const Metric& metric, Results& results) {
  if (results.command != "compare") return;
  bool found = false;
  VerdictRow row;
  row.limit = fmt::format("{} {}", relation_text(expectation.relation), expectation.limit_text);
  for (const ComparisonRow& compared : results.comparison) {
    if (compared.metric != metric.name || (!metric.path.empty() && metric.path != compared.path)) continue;
    found = true;
    row.name = fmt::format("compare.{}.{}.difference {}", compared.path, compared.metric, row.limit);
    row.observed = difference_text(compared);
    decide_row(expectation, compared, row);
    results.verdicts.push_back(row);
  }
  if (found) return;
  row.name = fmt::format("{} {}", expectation.metric, row.limit);
  row.status = "undecided";
  row.why = "not measured";
  results.verdicts.push_back(row);
}

}  // namespace hookdrill
