#include "run_results.h"

#include <fmt/core.h>
#include <openssl/crypto.h>
#include <sys/utsname.h>

#include <algorithm>
#include <boost/version.hpp>
#include <thread>

#include "engine/loss_kind.h"
#include "engine/statistics.h"
#include "judge.h"
#include "plan/retry_schedule.h"
#include "recovery.h"

namespace hookdrill {
namespace {

OutcomeRow outcome_row(const OutcomeCount& count) {
  OutcomeRow row;
  row.code = outcome_code(count.outcome);
  row.side = side_name(outcome_side(count.outcome));
  row.curl_errno = count.detail ? count.detail->curl_errno : outcome_curl_errno(count.outcome);
  row.count = count.count;
  row.meaning = outcome_meaning(count.outcome);
  if (count.detail) row.detail = count.detail->text;
  return row;
}

std::vector<OutcomeRow> outcome_rows(const std::vector<OutcomeCount>& counts) {
  std::vector<OutcomeRow> rows;
  for (const OutcomeCount& count : counts) rows.push_back(outcome_row(count));
  std::sort(rows.begin(), rows.end(), [](const OutcomeRow& a, const OutcomeRow& b) {
    return a.count != b.count ? a.count > b.count : a.code < b.code;
  });
  return rows;
}

void put(std::map<std::string, Histogram>& histograms, std::string_view name, const Histogram& histogram) {
  if (!histogram.empty()) histograms[std::string(name)] = histogram;
}

PathResults stage_results(const StageStats& stats) {
  PathResults results;
  results.deliveries.planned = stats.planned;
  results.deliveries.delivered_first_try = stats.delivered_first_try;
  results.deliveries.delivered_by_retry = stats.delivered_by_retry;
  results.deliveries.delivered = stats.delivered_first_try + stats.delivered_by_retry;
  results.deliveries.expired = stats.expired;
  results.deliveries.abandoned = stats.abandoned;
  results.attempts_total = stats.attempts;
  results.connections_fresh = stats.fresh;
  results.connections_resumed = stats.resumed;
  results.delayed_by_lost_syn = stats.loss.delayed_by_lost_syn();
  results.outcomes = outcome_rows(stats.outcomes);
  const Interval interval = wilson(stats.dropped, stats.drop_trials);
  results.drop = {
      stats.drop_trials == 0 ? 0 : static_cast<double>(stats.dropped) / static_cast<double>(stats.drop_trials),
      interval.low, interval.high, stats.dropped, stats.drop_trials};
  for (int i = 0; i < kPhases; ++i) {
    const auto phase = static_cast<std::size_t>(i);
    put(results.histograms, phase_name(static_cast<Phase>(i)), stats.phases[phase]);
    put(results.failed_histograms, phase_name(static_cast<Phase>(i)), stats.failed_phases[phase]);
  }
  put(results.histograms, "latency", stats.latency);
  put(results.histograms, "service", stats.service);
  put(results.failed_histograms, "service", stats.failed_service);
  put(results.histograms, "lateness", stats.lateness);
  put(results.histograms, "time_to_deliver", stats.time_to_deliver);
  results.delivered_at_attempt = stats.delivered_at_attempt;
  return results;
}

void add_loss_kind(const LossEvidence& evidence, DropRate& drop) {
  const LossFinding finding = find_loss_kind(evidence);
  drop.kind = loss_kind_name(finding.kind);
  drop.p_value = finding.p_value;
  drop.why = finding.why;
  drop.samples_needed = finding.samples_needed;
  drop.senders_lost = finding.senders_lost;
  for (const LossTest& test : finding.tests)
    drop.tests.push_back({std::string(test.name), test.statistic, test.p_value, test.groups});
}

std::vector<SeriesRow> series_rows(const Series& series) {
  std::vector<SeriesRow> rows;
  for (std::size_t i = 0; i < series.rows().size(); ++i) {
    const SeriesInterval& from = series.rows()[i];
    SeriesRow row;
    row.second = static_cast<std::uint32_t>(i * series.seconds_per_row());
    row.planned = from.planned;
    row.sent = from.sent;
    row.delivered = from.delivered;
    row.failed = from.failed;
    row.retried = from.retried;
    row.lateness_max_ns = from.lateness_max.count();
    row.latency_max_ns = from.latency_max.count();
    rows.push_back(row);
  }
  return rows;
}

std::string kernel() {
  utsname name{};
  return uname(&name) == 0 ? fmt::format("{} {}", name.sysname, name.release) : "unknown";
}

}  // namespace

StageStats measured_stats(const PathStats& stats, const Scenario& scenario) {
  StageStats measured;
  for (std::size_t i = 0; i < stats.stages.size(); ++i) {
    if (scenario.stages[i].measure) measured.merge(stats.stages[i]);
  }
  return measured;
}

PathResults to_results(const PathStats& stats, const Scenario& scenario) {
  const StageStats measured = measured_stats(stats, scenario);
  PathResults results = stage_results(measured);
  add_loss_kind(measured.loss, results.drop);
  for (std::size_t i = 0; i < stats.stages.size(); ++i)
    results.stages[scenario.stages[i].name] = stage_results(stats.stages[i]);
  results.series = series_rows(stats.series);
  results.sick_times = sick_times(results.series);
  return results;
}

Results results_frame(const Scenario& scenario, const std::string& command) {
  Results results;
  results.command = command;
  results.scenario.name = scenario.name;
  results.scenario.seed = scenario.seed;
  results.scenario.sha256 = scenario.sha256;
  results.scenario.file = scenario.file;
  results.scenario.description = scenario.description;
  for (const Stage& stage : scenario.stages) results.scenario.stages.push_back(stage.name);
  for (const Expectation& from : scenario.expectations) {
    results.scenario.expectations.push_back({from.metric, std::string(relation_text(from.relation)), from.limit,
                                             from.limit_text, from.source, from.only_if_measured});
  }
  const RetrySchedule schedule(scenario.retry, scenario.seed);
  results.retry.schedule = schedule.name();
  results.retry.source = schedule.source();
  for (const Duration wait : schedule.waits()) results.retry.waits.push_back(exact_duration(wait));
  results.retry.time_scale = scenario.retry.time_scale;
  results.environment["hookdrill"] = HOOKDRILL_VERSION;
  results.environment["openssl"] = OpenSSL_version(OPENSSL_VERSION);
  results.environment["boost"] = fmt::format("{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000);
  results.environment["compiler"] = __VERSION__;
  results.environment["kernel"] = kernel();
  results.environment["cores"] = std::to_string(std::thread::hardware_concurrency());
  return results;
}

void add_distrust(const PathStats& stats, const Scenario& scenario, const std::string& path, const SenderLoad* load,
                  Results& results) {
  const StageStats all = measured_stats(stats, scenario);
  const std::string where = scenario.paths.size() > 1 ? fmt::format("{}: ", path) : "";
  std::uint64_t ours = 0;
  for (const OutcomeCount& row : all.outcomes) {
    if (outcome_side(row.outcome) != Side::client) continue;
    ours += row.count;
    results.untrusted_because.push_back(fmt::format("{}{} attempts ended in {} ({}{}{}).", where, row.count,
                                                    outcome_code(row.outcome), outcome_meaning(row.outcome),
                                                    row.detail ? ": " : "", row.detail ? row.detail->text : ""));
  }
  if (all.capped > 0) {
    results.untrusted_because.push_back(
        fmt::format("{}{} attempts had to wait because max_in_flight = {} was reached: the endpoint was slower than "
                    "the plan, and what was sent is no longer what was planned. "
                    "Raise deliveries.max_in_flight, or lower the rate.",
                    where, all.capped, scenario.deliveries.max_in_flight));
    return;  // the lateness below would only be its consequence
  }
  const std::optional<Duration> lateness = all.lateness.percentile(99);
  if (lateness && *lateness > scenario.limits.max_lateness) {
    const std::string busy =
        load == nullptr
            ? ""
            : fmt::format(" Its cores were busy {:.0f} % of the time, the busiest sending thread {:.0f} % of one.",
                          load->machine * 100, load->busiest_thread * 100);
    results.untrusted_because.push_back(
        fmt::format("{}this machine was late: deliveries left {} after they were due (p99), limit {}.{} Lower the "
                    "rate, or add a worker or a machine.",
                    where, format_duration(*lateness), format_duration(scenario.limits.max_lateness), busy));
  }
}

}  // namespace hookdrill
