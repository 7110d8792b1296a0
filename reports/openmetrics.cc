#include "reports/openmetrics.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>

#include "reports/summary.h"
#include "reports/text.h"

namespace hookdrill {
namespace {

constexpr double kBucketSeconds[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                     0.25,   0.5,     1,      2.5,   5,      10,    20,   60,    300,  3600};

std::string label_value(std::string_view text) {
  std::string escaped;
  for (const char c : valid_utf8(text)) {
    if (c == '\n') {
      escaped += "\\n";
    } else {
      if (c == '\\' || c == '"') escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

// {scenario="...",path="...",key="value"}: every sample tells which run it is of.
std::string labels(const Results& results, std::initializer_list<std::pair<std::string_view, std::string_view>> more) {
  std::string text = fmt::format("scenario=\"{}\"", label_value(results.scenario.name));
  for (const auto& [key, value] : more) text += fmt::format(",{}=\"{}\"", key, label_value(value));
  return "{" + text + "}";
}

// "1.0" rather than "1": the canonical form of a bound.
std::string canonical(double bound) {
  const std::string text = fmt::format("{}", bound);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string family(std::string_view name, std::string_view type, std::string_view unit, std::string_view help) {
  std::string text = fmt::format("# TYPE {} {}\n", name, type);
  if (!unit.empty()) text += fmt::format("# UNIT {} {}\n", name, unit);
  return text + fmt::format("# HELP {} {}\n", name, help);
}

// Seconds since 1970 of "2026-11-21T22:10:04Z"; nothing when it is not of that form.
std::optional<double> unix_seconds(const std::string& text) {
  int year = 0, hour = 0, minute = 0, second = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%d", &year, &month, &day, &hour, &minute, &second) != 6)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86'400 + hour * 3600 + minute * 60 + second;
}

std::string run(const Results& results) {
  std::string text = family("hookdrill_verdict", "stateset", "", "What the run came to.");
  for (const std::string_view verdict : {"pass", "fail", "untrusted"}) {
    text += fmt::format("hookdrill_verdict{} {}\n", labels(results, {{"hookdrill_verdict", verdict}}),
                        results.verdict == verdict ? 1 : 0);
  }
  text += family("hookdrill_expectations", "gauge", "", "Expectations of the scenario by what became of them.");
  for (const std::string_view status : {"pass", "fail", "undecided"}) {
    std::size_t count = 0;
    for (const VerdictRow& row : results.verdicts) count += row.status == status ? 1 : 0;
    text += fmt::format("hookdrill_expectations{} {}\n", labels(results, {{"status", status}}), count);
  }
  text += family("hookdrill_run_duration_seconds", "gauge", "seconds", "How long the run took.");
  text += fmt::format("hookdrill_run_duration_seconds{} {}\n", labels(results, {}),
                      static_cast<double>(results.duration_ns) / 1e9);
  if (const std::optional<double> start = unix_seconds(results.started_at)) {
    text += family("hookdrill_run_start_timestamp_seconds", "gauge", "seconds", "When the run began, since 1970.");
    text += fmt::format("hookdrill_run_start_timestamp_seconds{} {:.0f}\n", labels(results, {}), *start);
  }
  return text;
}

std::string counters(const Results& results) {
  std::string text = family("hookdrill_deliveries_planned", "counter", "", "Deliveries that were due.");
  for (const auto& [name, path] : results.paths) {
    text += fmt::format("hookdrill_deliveries_planned_total{} {}\n", labels(results, {{"path", name}}),
                        path.deliveries.planned);
  }
  text += family("hookdrill_deliveries", "counter", "", "Deliveries by how they ended; each ends once.");
  for (const auto& [name, path] : results.paths) {
    const std::pair<std::string_view, std::uint64_t> endings[] = {{"first_try", path.deliveries.delivered_first_try},
                                                                  {"retry", path.deliveries.delivered_by_retry},
                                                                  {"expired", path.deliveries.expired},
                                                                  {"abandoned", path.deliveries.abandoned}};
    for (const auto& [ending, count] : endings) {
      text += fmt::format("hookdrill_deliveries_total{} {}\n", labels(results, {{"path", name}, {"ending", ending}}),
                          count);
    }
  }
  text += family("hookdrill_attempts", "counter", "", "Attempts by outcome.");
  for (const auto& [name, path] : results.paths) {
    for (const OutcomeRow& row : path.outcomes) {
      text += fmt::format("hookdrill_attempts_total{} {}\n",
                          labels(results, {{"path", name}, {"outcome", row.code}, {"side", row.side}}), row.count);
    }
  }
  return text;
}

std::string delayed_connections(const Results& results) {
  std::string text = family("hookdrill_connections_delayed_by_lost_syn", "counter", "",
                            "Fresh connections that opened only when their SYN was sent again.");
  for (const auto& [name, path] : results.paths) {
    text += fmt::format("hookdrill_connections_delayed_by_lost_syn_total{} {}\n", labels(results, {{"path", name}}),
                        path.delayed_by_lost_syn);
  }
  return text;
}

std::string drop_rates(const Results& results) {
  std::string text =
      family("hookdrill_drop_ratio", "gauge", "ratio",
             "Share of fresh connections that got no answer; low and high are the Wilson 95 % interval.");
  for (const auto& [name, path] : results.paths) {
    const std::pair<std::string_view, double> bounds[] = {
        {"rate", path.drop.rate}, {"low", path.drop.low}, {"high", path.drop.high}};
    for (const auto& [bound, value] : bounds)
      text += fmt::format("hookdrill_drop_ratio{} {}\n", labels(results, {{"path", name}, {"bound", bound}}), value);
  }
  return text;
}

// Cumulative counts at the fixed bounds; a counter of ours belongs to a bound when its lowest value does.
std::string histogram(const Results& results, const std::string& path, const HistogramRow& row) {
  std::string text;
  std::uint64_t below = 0;
  std::size_t index = 0;
  const std::size_t used = row.histogram->used();
  for (const double bound : kBucketSeconds) {
    for (; index < used && Histogram::lowest(index) <= from_seconds(bound); ++index)
      below += row.histogram->counter(index);
    text += fmt::format("hookdrill_duration_seconds_bucket{} {}\n",
                        labels(results, {{"path", path}, {"phase", row.key}, {"le", canonical(bound)}}), below);
  }
  const std::uint64_t all = row.histogram->count() + row.histogram->infinite();
  const double sum = to_seconds(row.histogram->mean()) * static_cast<double>(row.histogram->count());
  const std::string which = labels(results, {{"path", path}, {"phase", row.key}});
  text += fmt::format("hookdrill_duration_seconds_bucket{} {}\n",
                      labels(results, {{"path", path}, {"phase", row.key}, {"le", "+Inf"}}), all);
  text += fmt::format("hookdrill_duration_seconds_count{} {}\n", which, all);
  text += fmt::format("hookdrill_duration_seconds_sum{} {}\n", which, sum);
  return text;
}

}  // namespace

std::string openmetrics_report(const Results& results) {
  std::string text = run(results) + counters(results) + delayed_connections(results) + drop_rates(results);
  text +=
      family("hookdrill_duration_seconds", "histogram", "seconds",
             "Phases of attempts, latency, lateness; failures are in the last bucket of latency only, not in the sum.");
  for (const auto& [name, path] : results.paths) {
    for (const HistogramRow& row : histogram_rows(path.histograms)) text += histogram(results, name, row);
  }
  return text + "# EOF\n";
}

}  // namespace hookdrill
