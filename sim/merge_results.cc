#include "merge_results.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "engine/statistics.h"
#include "judge.h"

namespace hookdrill {
namespace {

void merge_counts(DeliveryCounts& to, const DeliveryCounts& from) {
  to.planned += from.planned;
  to.delivered += from.delivered;
  to.delivered_first_try += from.delivered_first_try;
  to.delivered_by_retry += from.delivered_by_retry;
  to.expired += from.expired;
  to.abandoned += from.abandoned;
  to.duplicates += from.duplicates;
}

void merge_outcomes(std::vector<OutcomeRow>& to, const std::vector<OutcomeRow>& from) {
  for (const OutcomeRow& row : from) {
    const auto same =
        std::find_if(to.begin(), to.end(), [&](const OutcomeRow& other) { return other.code == row.code; });
    if (same == to.end()) {
      to.push_back(row);
    } else {
      same->count += row.count;
      // The order of the shards must not matter.
      if (same->detail.empty() || (!row.detail.empty() && row.detail < same->detail)) same->detail = row.detail;
    }
  }
  std::sort(to.begin(), to.end(), [](const OutcomeRow& a, const OutcomeRow& b) {
    return a.count != b.count ? a.count > b.count : a.code < b.code;
  });
}

// Which kind of loss it was rests on each connection, which results do not hold: it is kept where all shards say the
// same.
void merge_drop(DropRate& to, const DropRate& from) {
  to.dropped += from.dropped;
  to.of += from.of;
  to.senders_lost = std::max(to.senders_lost, from.senders_lost);
  if (to.kind != from.kind) to.kind = "undecided";
  to.why = to.kind == "undecided" ? "the merged runs do not all say the same" : "each of the merged runs says so";
  to.samples_needed = 0;
  to.tests.clear();  // each shard's own
  to.p_value = 1;
  const Interval interval = wilson(to.dropped, to.of);
  to.low = interval.low;
  to.high = interval.high;
  to.rate = to.of == 0 ? 0 : static_cast<double>(to.dropped) / static_cast<double>(to.of);
}

void merge_histograms(std::map<std::string, Histogram>& to, const std::map<std::string, Histogram>& from) {
  for (const auto& [name, histogram] : from) to[name].merge(histogram);
}

std::uint32_t seconds_per_row(const std::vector<SeriesRow>& rows) {
  return rows.size() < 2 ? 1 : std::max(1U, rows[1].second - rows[0].second);
}

void add_row(SeriesRow& to, const SeriesRow& from) {
  to.planned += from.planned;
  to.sent += from.sent;
  to.delivered += from.delivered;
  to.failed += from.failed;
  to.retried += from.retried;
  to.lateness_max_ns = std::max(to.lateness_max_ns, from.lateness_max_ns);
  to.latency_max_ns = std::max(to.latency_max_ns, from.latency_max_ns);
}

// Seconds count from the start of each run; rows become as wide as the widest shard's, which are powers of two.
void merge_series(std::vector<SeriesRow>& to, const std::vector<SeriesRow>& from) {
  const std::uint32_t width = std::max(seconds_per_row(to), seconds_per_row(from));
  std::vector<SeriesRow> merged;
  const auto add = [&](const std::vector<SeriesRow>& rows) {
    for (const SeriesRow& row : rows) {
      const std::size_t at = row.second / width;
      while (merged.size() <= at) {
        merged.emplace_back();
        merged.back().second = static_cast<std::uint32_t>(merged.size() - 1) * width;
      }
      add_row(merged[at], row);
    }
  };
  add(to);
  add(from);
  to = std::move(merged);
}

void merge_path(PathResults& to, const PathResults& from) {
  merge_counts(to.deliveries, from.deliveries);
  to.attempts_total += from.attempts_total;
  to.connections_fresh += from.connections_fresh;
  to.connections_resumed += from.connections_resumed;
  to.delayed_by_lost_syn += from.delayed_by_lost_syn;
  merge_outcomes(to.outcomes, from.outcomes);
  merge_drop(to.drop, from.drop);
  merge_histograms(to.histograms, from.histograms);
  merge_histograms(to.failed_histograms, from.failed_histograms);
  if (to.delivered_at_attempt.size() < from.delivered_at_attempt.size())
    to.delivered_at_attempt.resize(from.delivered_at_attempt.size());
  for (std::size_t i = 0; i < from.delivered_at_attempt.size(); ++i)
    to.delivered_at_attempt[i] += from.delivered_at_attempt[i];
  merge_series(to.series, from.series);
  for (const auto& [name, stage] : from.stages) {
    const auto [at, added] = to.stages.emplace(name, stage);
    if (!added) merge_path(at->second, stage);
  }
  if (to.address != from.address && to.address.find(from.address) == std::string::npos)
    to.address += (to.address.empty() ? "" : ", ") + from.address;
  if (from.certificate_expires < to.certificate_expires) to.certificate_expires = from.certificate_expires;
}

// The scenario as far as expectations ask about it.
Scenario scenario_of(const Results& results) {
  Scenario scenario;
  scenario.file = results.scenario.file;
  for (const auto& [name, path] : results.paths) scenario.paths.emplace_back().name = name;
  for (const std::string& name : results.scenario.stages) scenario.stages.emplace_back().name = name;
  for (const ExpectationRow& row : results.scenario.expectations) {
    Expectation& expectation = scenario.expectations.emplace_back();
    expectation.metric = row.metric;
    expectation.limit = row.limit;
    expectation.limit_text = row.limit_text;
    expectation.source = row.source;
    expectation.only_if_measured = row.only_if_measured;
    using Relation = Expectation::Relation;
    for (const Relation relation :
         {Relation::below, Relation::at_most, Relation::at_least, Relation::above, Relation::equals}) {
      if (relation_text(relation) == row.relation) expectation.relation = relation;
    }
  }
  return scenario;
}

// What the shard said for itself before any expectation was judged: an interrupt, lateness. An undecided expectation
// may be decided by the merged sample.
std::vector<std::string> own_distrust(const Results& shard) {
  std::vector<std::string> reasons;
  for (const std::string& reason : shard.untrusted_because) {
    const bool undecided = std::any_of(shard.verdicts.begin(), shard.verdicts.end(), [&](const VerdictRow& row) {
      return row.status == "undecided" && reason.starts_with(row.name + " is undecided");
    });
    if (!undecided) reasons.push_back(reason);
  }
  return reasons;
}

// Verdicts that no expectation stands for (the receiver's ledger, forged deliveries, an early end): the worst of each
// name.
std::vector<VerdictRow> other_verdicts(const Shard& shard) {
  Results expected = shard.results;
  expected.verdicts.clear();
  judge(scenario_of(shard.results), expected);
  std::vector<VerdictRow> rows;
  for (const VerdictRow& row : shard.results.verdicts) {
    const bool by_expectation = std::any_of(expected.verdicts.begin(), expected.verdicts.end(),
                                            [&](const VerdictRow& other) { return other.name == row.name; });
    if (!by_expectation) rows.push_back(row);
  }
  return rows;
}

void keep_worst(std::vector<VerdictRow>& rows, const VerdictRow& row) {
  const auto same =
      std::find_if(rows.begin(), rows.end(), [&](const VerdictRow& other) { return other.name == row.name; });
  if (same == rows.end()) {
    rows.push_back(row);
  } else if (same->status == "pass") {
    *same = row;
  }
}

Result<void> check_alike(const Shard& first, const Shard& other) {
  const auto mistake = [&](const std::string& what) {
    return Diagnostic{other.place, 0, 0,
                      fmt::format("{} than {}; only runs of one scenario can be merged", what, first.place)};
  };
  const Results& a = first.results;
  const Results& b = other.results;
  if (a.command == "compare" || b.command == "compare" || a.command == "check" || b.command == "check")
    return Diagnostic{other.place, 0, 0, "only the results of run and simulate can be merged"};
  if (a.scenario.name != b.scenario.name) return mistake(fmt::format("another scenario, \"{}\",", b.scenario.name));
  if (a.scenario.stages != b.scenario.stages) return mistake("other stages");
  const auto key = [](const ExpectationRow& row) { return row.metric + row.relation + row.limit_text; };
  std::vector<std::string> keys[2];
  for (const ExpectationRow& row : a.scenario.expectations) keys[0].push_back(key(row));
  for (const ExpectationRow& row : b.scenario.expectations) keys[1].push_back(key(row));
  if (keys[0] != keys[1]) return mistake("other expectations");
  return {};
}

// Which shard it was, in front of its reason.
std::string named(const Shard& shard, const std::string& reason) {
  return fmt::format("{}: {}", shard.place, reason);
}

}  // namespace

Result<Results> merge_results(const std::vector<Shard>& shards) {
  std::set<std::string> runs;
  for (const Shard& shard : shards) {
    if (const Result<void> alike = check_alike(shards[0], shard); !alike) return alike.error();
    const Results& results = shard.results;
    const std::string run = fmt::format("{} {} {} {}", results.started_at, results.scenario.seed,
                                        results.scenario.sha256, results.duration_ns);
    if (!runs.insert(run).second) return Diagnostic{shard.place, 0, 0, "the same run is among the others already"};
  }
  Results merged = shards[0].results;
  merged.verdicts.clear();
  merged.untrusted_because.clear();
  merged.paths.clear();
  merged.findings.clear();
  merged.receiver.clear();
  merged.environment["merged"] = fmt::format("{} runs", shards.size());
  for (const Shard& shard : shards) {
    const Results& results = shard.results;
    merged.started_at = std::min(merged.started_at, results.started_at);
    merged.duration_ns = std::max(merged.duration_ns, results.duration_ns);
    for (const auto& [name, path] : results.paths) {
      const auto [at, added] = merged.paths.emplace(name, path);
      if (!added) merge_path(at->second, path);
    }
    for (const Finding& finding : results.findings) merged.findings.push_back(finding);
    for (const std::string& reason : own_distrust(results)) merged.untrusted_because.push_back(named(shard, reason));
    for (const VerdictRow& row : other_verdicts(shard)) keep_worst(merged.verdicts, row);
  }
  judge(scenario_of(merged), merged);
  return merged;
}

}  // namespace hookdrill
