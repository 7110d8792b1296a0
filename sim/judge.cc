#include "judge.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/outcome.h"
#include "engine/statistics.h"
#include "judge_comparison.h"
#include "series_metrics.h"

namespace hookdrill {
namespace {

struct Quantile {
  std::string_view name;
  double percent;
};

constexpr std::array<std::string_view, 10> kHistograms{"dns",  "connect", "tls",     "write",    "wait",
                                                       "read", "latency", "service", "lateness", "time_to_deliver"};
constexpr std::array<Quantile, 6> kQuantiles{
    {{"p50", 50}, {"p90", 90}, {"p95", 95}, {"p99", 99}, {"p999", 99.9}, {"max", 100}}};

struct Count {
  std::string_view name;
  std::uint64_t (*of)(const DeliveryCounts&);
};

constexpr std::array<Count, 8> kCounts{{
    {"planned", [](const DeliveryCounts& c) { return c.planned; }},
    {"delivered", [](const DeliveryCounts& c) { return c.delivered; }},
    {"delivered_first_try", [](const DeliveryCounts& c) { return c.delivered_first_try; }},
    {"delivered_by_retry", [](const DeliveryCounts& c) { return c.delivered_by_retry; }},
    {"expired", [](const DeliveryCounts& c) { return c.expired; }},
    {"abandoned", [](const DeliveryCounts& c) { return c.abandoned; }},
    {"lost", [](const DeliveryCounts& c) { return c.expired + c.abandoned; }},
    {"duplicates", [](const DeliveryCounts& c) { return c.duplicates; }},
}};

/// What was measured for one metric on one path or stage.
struct Observed {
  enum class Unit { count, share, seconds };
  Unit unit = Unit::count;
  double value = 0;                  // infinity where failures reach into the percentile
  std::optional<Interval> interval;  // of a share
  std::uint64_t hits = 0;            // of a share
  std::uint64_t samples = 0;
  std::uint64_t samples_needed = 0;  // to say anything about a percentile
};

Observed share(std::uint64_t hits, std::uint64_t of) {
  return {Observed::Unit::share,
          of == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(of),
          wilson(hits, of),
          hits,
          of,
          0};
}

Observed count(std::uint64_t value) {
  return {Observed::Unit::count, static_cast<double>(value), {}, 0, value, 0};
}

std::uint64_t failed_attempts(const PathResults& path) {
  std::uint64_t failed = 0;
  for (const OutcomeRow& row : path.outcomes) failed += row.code == "ok" ? 0 : row.count;
  return failed;
}

bool take_suffix(std::string_view& name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  return true;
}

std::optional<Observed> observe_deliveries(const DeliveryCounts& counts, std::string_view name) {
  const bool rate = take_suffix(name, ".rate");
  for (const Count& candidate : kCounts) {
    if (candidate.name == name) return rate ? share(candidate.of(counts), counts.planned) : count(candidate.of(counts));
  }
  return std::nullopt;
}

std::optional<Observed> observe_attempts(const PathResults& path, std::string_view name) {
  const bool rate = take_suffix(name, ".rate");
  std::uint64_t hits = 0;
  if (name == "total") {
    hits = path.attempts_total;
  } else if (name == "failed") {
    hits = failed_attempts(path);
  } else if (name == "delayed_by_lost_syn") {
    hits = path.delayed_by_lost_syn;
  } else if (outcome_from_code(name)) {
    for (const OutcomeRow& row : path.outcomes) hits += row.code == name ? row.count : 0;
  } else {
    return std::nullopt;
  }
  return rate ? share(hits, path.attempts_total) : count(hits);
}

std::optional<Observed> observe_histogram(const std::map<std::string, Histogram>& histograms, std::string_view name,
                                          std::string_view statistic) {
  if (std::find(kHistograms.begin(), kHistograms.end(), name) == kHistograms.end()) return std::nullopt;
  static const Histogram kNone;
  const auto found = histograms.find(std::string(name));
  const Histogram& histogram = found == histograms.end() ? kNone : found->second;
  Observed observed{Observed::Unit::seconds, 0, {}, 0, histogram.count() + histogram.infinite(), 1};
  if (statistic == "min" || statistic == "mean") {
    observed.value = to_seconds(statistic == "min" ? histogram.min() : histogram.mean());
    return observed;
  }
  for (const Quantile& quantile : kQuantiles) {
    if (quantile.name != statistic) continue;
    const std::optional<Duration> value = histogram.percentile(quantile.percent);
    observed.value = value ? to_seconds(*value) : std::numeric_limits<double>::infinity();
    if (quantile.percent < 100)
      observed.samples_needed = static_cast<std::uint64_t>(std::lround(100 / (100 - quantile.percent)));
    return observed;
  }
  return std::nullopt;
}

// A value of which there is one, or none: then nothing is decided.
Observed single(double value, bool known) {
  return {Observed::Unit::count, value, {}, 0, known ? 1U : 0U, 1};
}

std::optional<Observed> observe(const PathResults& path, std::string_view metric, const std::string& started_at = "") {
  if (metric == "drop.rate") return share(path.drop.dropped, path.drop.of);
  if (metric == "connections.fresh") return count(path.connections_fresh);
  if (metric == "connections.resumed") return count(path.connections_resumed);
  if (metric == "deliveries.peak_rate") return single(peak_rate(path), !path.series.empty());
  if (metric == "attempts.failed.rate_in_5m") {
    const FailedIn worst = worst_five_minutes(path);
    Observed observed = share(worst.failed, worst.of);
    observed.samples_needed = 1;
    return observed;
  }
  if (metric == "certificate.days_left") {
    const std::optional<std::int64_t> days = days_between(started_at, path.certificate_expires);
    return single(static_cast<double>(days.value_or(0)), days.has_value());
  }
  const std::size_t dot = metric.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view head = metric.substr(0, dot);
  const std::string_view rest = metric.substr(dot + 1);
  if (head == "deliveries") return observe_deliveries(path.deliveries, rest);
  if (head == "attempts") return observe_attempts(path, rest);
  if (head == "failed") {
    const std::size_t next = rest.find('.');
    if (next == std::string_view::npos) return std::nullopt;
    return observe_histogram(path.failed_histograms, rest.substr(0, next), rest.substr(next + 1));
  }
  return observe_histogram(path.histograms, head, rest);
}

std::vector<std::string> known_metrics() {
  std::vector<std::string> names{"drop.rate",
                                 "connections.fresh",
                                 "connections.resumed",
                                 "certificate.days_left",
                                 "deliveries.peak_rate",
                                 "attempts.failed.rate_in_5m",
                                 "attempts.total",
                                 "attempts.failed",
                                 "attempts.failed.rate",
                                 "attempts.delayed_by_lost_syn",
                                 "attempts.delayed_by_lost_syn.rate"};
  for (const Count& count : kCounts) {
    names.push_back(fmt::format("deliveries.{}", count.name));
    names.push_back(fmt::format("deliveries.{}.rate", count.name));
  }
  for (const std::string_view histogram : kHistograms) {
    for (const Quantile& quantile : kQuantiles) names.push_back(fmt::format("{}.{}", histogram, quantile.name));
    names.push_back(fmt::format("{}.mean", histogram));
    names.push_back(fmt::format("{}.min", histogram));
  }
  return names;
}

std::string percent_text(double share) {
  return fmt::format("{:.3g}", share * 100);
}

std::string observed_text(const Observed& observed) {
  switch (observed.unit) {
    case Observed::Unit::share:
      return fmt::format("{} % [{}, {}]", percent_text(observed.value), percent_text(observed.interval->low),
                         percent_text(observed.interval->high));
    case Observed::Unit::seconds:
      return std::isinf(observed.value) ? "infinite (failures)" : format_duration(from_seconds(observed.value));
    default:
      return fmt::format("{:.0f}", observed.value);
  }
}

struct Judgement {
  std::string status;
  std::string why;
};

Judgement decide(const Observed& observed, const Expectation& expectation) {
  const auto relation = expectation.relation;
  const double limit = expectation.limit;
  if (observed.samples < observed.samples_needed) {
    return {"undecided",
            fmt::format("{} samples; this percentile needs at least {}", observed.samples, observed.samples_needed)};
  }
  // A share that must be exactly 0 or 1 is a statement about this run, which no interval around it could ever make.
  const bool exact = !observed.interval || relation == Expectation::Relation::equals || limit == 0 || limit == 1;
  if (exact) return {holds(relation, observed.value, limit) ? "pass" : "fail", ""};
  const bool low = holds(relation, observed.interval->low, limit);
  const bool high = holds(relation, observed.interval->high, limit);
  if (low == high) return {low ? "pass" : "fail", "the whole 95 % interval lies on one side of the limit"};
  const std::uint64_t needed = trials_needed(observed.value, limit);
  return {"undecided", fmt::format("{} of {}: the 95 % interval holds the limit; about {} would decide", observed.hits,
                                   observed.samples, needed)};
}

VerdictRow judge_one(const Expectation& expectation, const std::string& where, const Metric& metric, const Results& all,
                     const PathResults& results) {
  VerdictRow row;
  row.limit = fmt::format("{} {}", relation_text(expectation.relation), expectation.limit_text);
  row.name = fmt::format("{}{} {}", where, metric.name, row.limit);
  const std::optional<Observed> observed = observe(results, metric.name, all.started_at);
  if (!observed || (observed->samples == 0 && observed->samples_needed > 0)) {
    row.status = expectation.only_if_measured ? "" : "undecided";
    row.why = "not measured";
    return row;
  }
  row.observed = observed_text(*observed);
  const Judgement judgement = decide(*observed, expectation);
  row.status = judgement.status;
  row.why = judgement.why;
  if (!expectation.source.empty()) row.why += (row.why.empty() ? "" : "; ") + expectation.source;
  return row;
}

template <class Items>
bool take_prefix(std::string_view& name, std::string& taken, const Items& items) {
  for (const auto& item : items) {
    if (!name.starts_with(item.name + ".")) continue;
    taken = item.name;
    name.remove_prefix(item.name.size() + 1);
    return true;
  }
  return false;
}

}  // namespace

bool holds(Expectation::Relation relation, double value, double limit) {
  switch (relation) {
    case Expectation::Relation::below:
      return value < limit;
    case Expectation::Relation::at_most:
      return value <= limit;
    case Expectation::Relation::at_least:
      return value >= limit;
    case Expectation::Relation::above:
      return value > limit;
    default:
      return value == limit;
  }
}

std::string_view relation_text(Expectation::Relation relation) {
  switch (relation) {
    case Expectation::Relation::below:
      return "below";
    case Expectation::Relation::at_most:
      return "at most";
    case Expectation::Relation::at_least:
      return "at least";
    case Expectation::Relation::above:
      return "above";
    default:
      return "equal to";
  }
}

Result<Metric> parse_metric(const Scenario& scenario, const Expectation& expectation) {
  Metric metric;
  std::string_view name = expectation.metric;
  if (is_comparison_metric(name)) return parse_comparison_metric(scenario, expectation);
  take_prefix(name, metric.path, scenario.paths);
  take_prefix(name, metric.stage, scenario.stages);
  metric.name = name;
  if (observe(PathResults(), name)) return metric;
  const std::vector<std::string> names = known_metrics();
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  return Diagnostic{
      scenario.file, expectation.line, expectation.line > 0 ? 1 : 0,
      fmt::format("unknown metric \"{}\" in [[expect]]{}", expectation.metric, did_you_mean(name, candidates))};
}

void judge(const Scenario& scenario, Results& results) {
  for (const Expectation& expectation : scenario.expectations) {
    const Result<Metric> metric = parse_metric(scenario, expectation);
    if (!metric) continue;  // refused before the run
    if (is_comparison_metric(expectation.metric)) {
      judge_comparison(expectation, *metric, results);
      continue;
    }
    for (const auto& [name, path] : results.paths) {
      if (!metric->path.empty() && metric->path != name) continue;
      const auto stage = path.stages.find(metric->stage);
      std::string where = results.paths.size() > 1 || !metric->path.empty() ? name + "." : "";
      if (!metric->stage.empty()) where += metric->stage + ".";
      VerdictRow row =
          judge_one(expectation, where, *metric, results, stage == path.stages.end() ? path : stage->second);
      if (!row.status.empty()) results.verdicts.push_back(std::move(row));
    }
  }
  const auto any = [&](std::string_view status) {
    return std::any_of(results.verdicts.begin(), results.verdicts.end(),
                       [&](const VerdictRow& row) { return row.status == status; });
  };
  const bool failed = any("fail");
  if (results.untrusted_because.empty() && !failed && any("undecided")) {
    for (const VerdictRow& row : results.verdicts) {
      if (row.status == "undecided")
        results.untrusted_because.push_back(fmt::format("{} is undecided: {}.", row.name, row.why));
    }
  }
  results.verdict = !results.untrusted_because.empty() ? "untrusted" : failed ? "fail" : "pass";
}

}  // namespace hookdrill
