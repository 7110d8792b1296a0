#include "sweep.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <thread>

#include "engine/statistics.h"
#include "live_run.h"
#include "reports/path_notes.h"
#include "simulate.h"

namespace hookdrill {
namespace {

constexpr std::size_t kValuesMax = 1000;

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// "50/s": 50 and "/s".
struct Quantity {
  double number = 0;
  std::string unit;
};

std::optional<Quantity> parse_quantity(const std::string& text) {
  Quantity quantity;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, quantity.number);
  if (error != std::errc() || !std::isfinite(quantity.number)) return std::nullopt;
  quantity.unit.assign(rest, end);
  return quantity;
}

Diagnostic mistake(std::string_view text, std::string message) {
  return {fmt::format("--sweep {}", text), 0, 0, std::move(message)};
}

Result<std::vector<std::string>> values_of_range(std::string_view text, const std::vector<std::string>& parts) {
  std::vector<Quantity> bounds;
  for (const std::string& part : parts) {
    const std::optional<Quantity> quantity = parse_quantity(part);
    if (!quantity || (!bounds.empty() && quantity->unit != bounds[0].unit))
      return mistake(text,
                     "expected first:last:step, three numbers with the same unit, such as 0:0.4:0.05 or 10s:60s:10s");
    bounds.push_back(*quantity);
  }
  const double first = bounds[0].number, last = bounds[1].number, step = bounds[2].number;
  if (!(step > 0) || last < first)
    return mistake(text, "the last value is not above the first, or the step is not above 0");
  // A billionth of a step: 0.4 / 0.05 must be 8 steps, not 7.
  const double steps = std::floor((last - first) / step + 1e-9);
  if (steps >= static_cast<double>(kValuesMax)) return mistake(text, fmt::format("more than {} values", kValuesMax));
  std::vector<std::string> values;
  for (int i = 0; i <= static_cast<int>(steps); ++i)
    values.push_back(fmt::format("{:.12g}{}", first + i * step, bounds[0].unit));
  return values;
}

/// One simulation that is to be done.
struct Job {
  Scenario scenario;
  std::size_t value;
};

SweepPoint point_of(const Results& results, const std::string& path, const std::string& value) {
  const PathResults& from = results.paths.at(path);
  SweepPoint point;
  point.value = value;
  point.path = path;
  point.verdict = results.verdict;
  point.runs = 1;
  point.deliveries = from.deliveries;
  point.attempts = from.attempts_total;
  point.dropped = from.drop.dropped;
  point.dropped_of = from.drop.of;
  const auto delivered = from.histograms.find("time_to_deliver");
  if (delivered != from.histograms.end()) point.time_to_deliver = delivered->second;
  if (const SickTime* sick = longest_sick_time(from)) {
    point.load_max = sick->load_max;
    point.drained = sick->drained;
    point.drained_s = sick->drained_s;
  }
  return point;
}

void merge(SweepPoint& to, const SweepPoint& more) {
  const auto rank = [](const std::string& verdict) { return verdict == "pass" ? 0 : verdict == "fail" ? 1 : 2; };
  if (rank(more.verdict) > rank(to.verdict)) to.verdict = more.verdict;
  to.runs += more.runs;
  to.deliveries.planned += more.deliveries.planned;
  to.deliveries.delivered += more.deliveries.delivered;
  to.deliveries.delivered_first_try += more.deliveries.delivered_first_try;
  to.deliveries.delivered_by_retry += more.deliveries.delivered_by_retry;
  to.deliveries.expired += more.deliveries.expired;
  to.deliveries.abandoned += more.deliveries.abandoned;
  to.deliveries.duplicates += more.deliveries.duplicates;
  to.attempts += more.attempts;
  to.dropped += more.dropped;
  to.dropped_of += more.dropped_of;
  to.time_to_deliver.merge(more.time_to_deliver);
  to.load_max = std::max(to.load_max, more.load_max);
  to.drained = to.drained && more.drained;
  to.drained_s = std::max(to.drained_s, more.drained_s);
}

// Into the point of the same value and path, or behind all others.
void collect(const SweepPoint& more, std::vector<SweepPoint>& points) {
  const auto same = [&](const SweepPoint& point) { return point.value == more.value && point.path == more.path; };
  const auto point = std::find_if(points.begin(), points.end(), same);
  if (point == points.end()) {
    points.push_back(more);
  } else {
    merge(*point, more);
  }
}

Result<std::vector<Job>> jobs_of(const std::string& file, const ScenarioOverrides& overrides, const SweepAxis& axis,
                                 std::uint64_t seeds) {
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < axis.values.size(); ++i) {
    ScenarioOverrides changed = overrides;
    if (axis.key == "seed") changed.seed.reset();
    changed.set.push_back(axis.key + "=" + axis.values[i]);
    Result<Scenario> scenario = load_scenario(file, changed, false);
    if (!scenario) return scenario.error();
    if (const Result<void> checked = check_scenario(*scenario); !checked) return checked.error();
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      if (seed > 0) {
        changed.seed = scenario->seed + seed;
        Result<Scenario> other = load_scenario(file, changed, false);
        if (!other) return other.error();
        jobs.push_back({std::move(*other), i});
      } else {
        jobs.push_back({*scenario, i});
      }
    }
  }
  return jobs;
}

}  // namespace

Result<SweepAxis> parse_sweep(std::string_view text) {
  const std::size_t equals = text.find('=');
  SweepAxis axis;
  axis.key = text.substr(0, equals);
  if (equals == std::string_view::npos || axis.key.empty())
    return mistake(text, "expected key.path=first:last:step or key.path=a,b,c");
  const std::string_view values = text.substr(equals + 1);
  const std::vector<std::string> range = split(values, ':');
  if (range.size() == 3) {
    Result<std::vector<std::string>> steps = values_of_range(text, range);
    if (!steps) return steps.error();
    axis.values = std::move(*steps);
  } else {
    axis.values = split(values, ',');
  }
  if (std::any_of(axis.values.begin(), axis.values.end(), [](const std::string& value) { return value.empty(); }))
    return mistake(text, "a value is empty");
  if (axis.values.size() > kValuesMax) return mistake(text, fmt::format("more than {} values", kValuesMax));
  return axis;
}

Result<SweepResults> run_sweep(const std::string& file, const ScenarioOverrides& overrides, const SweepAxis& axis,
                               std::uint64_t seeds, const std::atomic<bool>& stop) {
  const Result<Scenario> scenario = load_scenario(file, overrides, false);
  if (!scenario) return scenario.error();
  const Result<std::vector<Job>> jobs = jobs_of(file, overrides, axis, seeds);
  if (!jobs) return jobs.error();

  // Results go to the place of their job, so that their order does not depend on which thread was quicker. What is kept
  // of each is small: results with all their histograms and rows would be megabytes.
  std::vector<std::vector<SweepPoint>> done(jobs->size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < jobs->size() && !stop.load(); i = next++) {
      const Job& job = (*jobs)[i];
      const Results results = simulate(job.scenario, stop);
      if (stop.load()) return;
      for (const PathSettings& path : job.scenario.paths)
        done[i].push_back(point_of(results, path.name, axis.values[job.value]));
    }
  };
  std::vector<std::thread> threads;
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 1; i < std::min(cores, jobs->size()); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();

  SweepResults sweep;
  sweep.scenario = scenario->name;
  sweep.file = file;
  sweep.sha256 = scenario->sha256;
  sweep.key = axis.key;
  sweep.first_seed = scenario->seed;
  sweep.seeds = seeds;
  sweep.interrupted = stop.load();
  std::vector<SweepPoint> all;
  for (const std::vector<SweepPoint>& points : done) {
    for (SweepPoint point : points) {
      collect(point, sweep.points);
      point.value = "all";
      collect(point, all);
    }
  }
  if (axis.key == "seed") sweep.points.insert(sweep.points.end(), all.begin(), all.end());
  for (SweepPoint& point : sweep.points) {
    const Interval lost = wilson(point.lost(), point.deliveries.planned);
    point.lost_low = lost.low;
    point.lost_high = lost.high;
  }
  return sweep;
}

}  // namespace hookdrill
