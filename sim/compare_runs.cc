#include "compare_runs.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "comparison_results.h"
#include "engine/comparison.h"
#include "engine/resampling.h"
#include "judge.h"
#include "reports/compare_text.h"

namespace hookdrill {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// An estimate with its 95 % interval.
struct Estimate {
  double value = 0;
  Interval interval;
};

double at(const Histogram& histogram, double share) {
  const std::optional<Duration> value = histogram.percentile(std::clamp(share * 100, 1e-6, 100.0));
  return value ? static_cast<double>(value->count()) : kInfinity;
}

// Between which values a quantile lies: those at the ends of Wilson's interval for its share.
Estimate quantile(const Histogram& histogram, double share) {
  const std::uint64_t count = histogram.count() + histogram.infinite();
  const Interval ranks = wilson(static_cast<std::uint64_t>(std::llround(share * static_cast<double>(count))), count);
  return {at(histogram, share), {at(histogram, ranks.low), at(histogram, ranks.high)}};
}

Estimate share_of(std::uint64_t hits, std::uint64_t trials) {
  return {trials == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(trials), wilson(hits, trials)};
}

// Of "there is no difference", as if estimates were normal: the interval's half is 1.96 standard errors.
double p_value(double difference, const Interval& interval) {
  const double error = (interval.high - interval.low) / 2 / 1.959963984540054;
  return error <= 0 ? (difference == 0 ? 1 : 0) : std::erfc(std::abs(difference) / error / std::sqrt(2.0));
}

void compare(Compared& row, const Estimate& before, const Estimate& after) {
  row.baseline = before.value;
  row.value = after.value;
  row.difference = after.value - before.value;
  if (std::isfinite(row.difference)) {
    row.interval = difference_interval(before.value, before.interval, after.value, after.interval);
    row.p = p_value(row.difference, row.interval);
  } else {
    row.interval = {row.difference > 0 ? kInfinity : -kInfinity, row.difference < 0 ? -kInfinity : kInfinity};
  }
}

std::vector<Compared> compare_histograms(const std::string& name, const Histogram& before, const Histogram& after,
                                         const CompareSettings& settings) {
  const Estimate failed[] = {share_of(before.infinite(), before.count() + before.infinite()),
                             share_of(after.infinite(), after.count() + after.infinite())};
  std::vector<Compared> rows;
  for (std::size_t i = 0; i < kComparedQuantiles.size(); ++i) {
    Compared row;
    row.metric = fmt::format("{}.{}", name, kComparedQuantiles[i]);
    row.samples = std::min(before.count() + before.infinite(), after.count() + after.infinite());
    compare(row, quantile(before, kQuantileShares[i]), quantile(after, kQuantileShares[i]));
    // Where failures reach into the percentile of one run, it is the share of failures that must differ.
    if (std::isinf(row.difference)) {
      const Interval interval =
          difference_interval(failed[0].value, failed[0].interval, failed[1].value, failed[1].interval);
      row.p = p_value(failed[1].value - failed[0].value, interval);
    }
    const double share = settings.margin_share * (std::isfinite(row.baseline) ? row.baseline : 0);
    row.margin = std::max(static_cast<double>(settings.margin.count()), share);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<Compared> compare_path(const PathResults& before, const PathResults& after,
                                   const CompareSettings& settings) {
  std::vector<Compared> rows;
  for (const std::string_view name : kComparedDurations) {
    const auto first = before.histograms.find(std::string(name));
    const auto second = after.histograms.find(std::string(name));
    if (first == before.histograms.end() || second == after.histograms.end()) continue;
    for (Compared& row : compare_histograms(std::string(name), first->second, second->second, settings))
      rows.push_back(std::move(row));
  }
  if (before.drop.of > 0 && after.drop.of > 0) {
    Compared row;
    row.metric = "drop.rate";
    row.is_rate = true;
    row.samples = std::min(before.drop.of, after.drop.of);
    row.margin = settings.drop_margin;
    compare(row, share_of(before.drop.dropped, before.drop.of), share_of(after.drop.dropped, after.drop.of));
    rows.push_back(std::move(row));
  }
  for (Compared& row : rows) {
    row.path = 1;
    row.noise = kInfinity;  // nobody measured it
  }
  return rows;
}

// Whether both runs were measured alike: what differs, or "".
std::string differences(const Results& before, const Results& after) {
  std::string text;
  const auto differ = [&](const std::string& what, const std::string& a, const std::string& b) {
    if (a != b) text += fmt::format("{}{} was \"{}\", is \"{}\"", text.empty() ? "" : "; ", what, a, b);
  };
  differ("the command", before.command, after.command);
  differ("the scenario's sha256", before.scenario.sha256.substr(0, 12), after.scenario.sha256.substr(0, 12));
  std::map<std::string, std::string> keys = before.environment;
  keys.insert(after.environment.begin(), after.environment.end());
  const auto value = [](const Results& results, const std::string& key) {
    const auto found = results.environment.find(key);
    return found == results.environment.end() ? std::string() : found->second;
  };
  for (const auto& [key, ignored] : keys) differ(key, value(before, key), value(after, key));
  return text;
}

void judge_worse(Results& results) {
  for (const ComparisonRow& compared : results.comparison) {
    VerdictRow row;
    row.name = fmt::format("{}: {} is not worse", compared.path, compared.metric);
    row.status = compared.answer == "worse" ? "fail" : "pass";
    row.observed = difference_text(compared);
    row.limit = "not worse than before";
    row.why = compared.answer;
    results.verdicts.push_back(row);
  }
}

}  // namespace

Result<Results> compare_runs(const EarlierRun& before, const EarlierRun& after, const CompareSettings& settings,
                             bool different_environments) {
  const std::string different = differences(before.results, after.results);
  if (!different.empty() && !different_environments)
    return Diagnostic{after.place, 0, 0,
                      fmt::format("cannot be compared with {}: {}. If the difference is meant, add "
                                  "--different-environments.",
                                  before.place, different)};
  Results results = after.results;
  results.command = "compare";
  results.verdicts.clear();
  results.untrusted_because.clear();
  results.scenario.expectations.clear();
  results.paths.clear();
  results.comparison.clear();
  results.environment["compared"] = fmt::format("{} with {}", after.place, before.place);
  if (!different.empty()) results.environment["different"] = different;
  for (const EarlierRun* run : {&before, &after}) {
    for (const std::string& reason : run->results.untrusted_because)
      results.untrusted_because.push_back(fmt::format("{}: {}", run->place, reason));
  }
  for (const auto& [name, path] : after.results.paths) {
    const auto earlier = before.results.paths.find(name);
    if (earlier == before.results.paths.end()) continue;
    std::vector<Compared> rows = compare_path(earlier->second, path, settings);
    decide(rows, 0);
    const std::vector<std::string> names = {name + "-before", name + "-after"};
    results.paths[names[0]] = earlier->second;
    results.paths[names[1]] = path;
    for (ComparisonRow& row : comparison_rows(rows, names, 0)) results.comparison.push_back(std::move(row));
  }
  if (results.paths.empty()) return Diagnostic{after.place, 0, 0, fmt::format("has no path that {} has", before.place)};
  judge_worse(results);
  judge(Scenario(), results);
  return results;
}

}  // namespace hookdrill
