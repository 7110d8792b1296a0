#include "live_run.h"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <set>

#include "abort_watch.h"
#include "cli.h"
#include "descriptor_budget.h"
#include "judge.h"
#include "live/challenge.h"
#include "live/receiver.h"
#include "live/workers.h"
#include "progress_meter.h"
#include "receive_report.h"
#include "run_results.h"

namespace hookdrill {
namespace {

/// A path that is ready to be run.
struct ReadyPath {
  const PathSettings* settings;
  LivePath live;
  bool loopback = false;
};

/// What the turns of one path were together.
struct PathTotals {
  explicit PathTotals(std::size_t stages) : stats(stages) {}

  void add(const PathRun& run) {
    stats.merge(run.stats);
    if (negotiated.empty()) {
      negotiated = run.negotiated;
      certificate_expires = run.certificate_expires;
    }
    addresses.insert(run.addresses.begin(), run.addresses.end());
    load.busiest_thread = std::max(load.busiest_thread, run.cpu_share_max);
    load.machine = std::max(load.machine, run.machine_busy);
    spent += run.stats.ended.time_since_epoch();
  }

  PathStats stats;
  std::string negotiated;
  std::string certificate_expires;
  std::set<std::string> addresses;
  SenderLoad load;
  Duration spent{};
};

// The kind of connection that the scenario is about: a comparison is of these alone.
ConnectionKind kind_of(const Scenario& scenario) {
  if (scenario.deliveries.connections == DeliverySettings::Connections::keepalive) return ConnectionKind::reused;
  return scenario.tls.session == TlsSettings::Session::resumed ? ConnectionKind::resumed : ConnectionKind::full;
}

std::string turn_title(const Scenario& scenario, const Turn& turn, const std::vector<Turn>& turns) {
  const std::string& path = scenario.paths[turn.path].name;
  return turns.back().block == 0 ? path : fmt::format("{}, block {}/{}", path, turn.block + 1, turns.back().block + 1);
}

// Paths without a way of their own go to the embedded receiver.
void point_at_receiver(Scenario& scenario, const std::string& connect) {
  for (PathSettings& path : scenario.paths) {
    if (path.connect.empty() && !path.endpoint) path.connect = connect;
  }
}

Result<std::vector<ReadyPath>> ready_paths(const Scenario& scenario, bool name_addresses) {
  std::vector<ReadyPath> paths;
  for (const PathSettings& settings : scenario.paths) {
    Result<LivePath> live = live_path(scenario, settings);
    if (!live) return live.error();
    live->name_addresses = name_addresses;
    const bool loopback = is_on_loopback(*live);
    paths.push_back({&settings, std::move(*live), loopback});
  }
  return paths;
}

Result<void> check_rate(const Scenario& scenario, const ReadyPath& path) {
  if (path.loopback) return {};
  for (const Stage& stage : scenario.stages) {
    const double peak = std::max(stage.rate_from, stage.rate_to);
    if (peak <= scenario.limits.max_rate) continue;
    return Diagnostic{scenario.file, 0, 0,
                      fmt::format("stage \"{}\" sends {:g}/s to {}, which is not on loopback; the limit is {:g}/s. If "
                                  "that load is agreed, set max_rate in [limits].",
                                  stage.name, peak, path.live.endpoint.host, scenario.limits.max_rate)};
  }
  return {};
}

Finding challenge_finding(const ReadyPath& path, const ChallengeResult& challenge) {
  Finding finding;
  finding.id = "challenge";
  finding.severity = challenge.proven ? "pass" : "warn";
  finding.title = challenge.proven ? "the endpoint answers the verification challenge"
                                   : "the endpoint did not pass the verification challenge";
  finding.observed = challenge.why;
  if (!challenge.proven)
    finding.remedy = "Answer the GET with the value of hub.challenge when hub.verify_token is right, else with 403.";
  finding.curl_errno = outcome_curl_errno(challenge.right.step.outcome);
  finding.address = challenge.right.remote;
  finding.path = path.settings->name;
  return finding;
}

// The ledger of the embedded receiver against the run: what we count as delivered must be in it. The other way round
// need not hold: an answer can be lost on its way back.
void compare_with_ledger(const Receiver& receiver, const Payloads& payloads, const std::vector<ReadyPath>& paths,
                         const std::vector<PathTotals>& totals, Results& results) {
  std::uint64_t checked = 0;
  std::uint64_t missing = 0;
  for (std::size_t path = 0; path < totals.size(); ++path) {
    const PathStats& stats = totals[path].stats;
    if (paths[path].settings->connect != receiver.connect_address()) continue;
    for (std::uint64_t index = 0; index < stats.delivered.size() * 64; ++index) {
      if (!stats.was_delivered(index)) continue;
      const std::uint64_t delivery = first_number_of_path(path) + index;
      if (payloads.expected(delivery) != ExpectedAnswer::accept) continue;
      for (int update = 0; update < payloads.updates(delivery); ++update) {
        const std::string id = payloads.message_id(delivery, update);
        if (id.empty()) continue;
        ++checked;
        missing += receiver.ledger().accepted(id) ? 0 : 1;
      }
    }
  }
  const LedgerCounts counts = receiver.ledger().counts();
  results.receiver["updates checked"] = std::to_string(checked);
  results.receiver["updates missing"] = std::to_string(missing);
  results.receiver["updates accepted"] = std::to_string(counts.accepted);
  results.receiver["updates arrived"] = std::to_string(counts.arrivals);
  results.receiver["duplicates"] = std::to_string(counts.duplicates);
  results.receiver["refused signatures"] = std::to_string(receiver.counts().refused_signatures);
  results.receiver["time to answer"] = percentiles_text(receiver.time_to_answer());
  if (results.paths.size() == 1) results.paths.begin()->second.deliveries.duplicates = counts.duplicates;
  VerdictRow row;
  row.name = "the receiver's ledger holds every delivered update";
  row.status = missing == 0 ? "pass" : "fail";
  row.observed = fmt::format("{} of {} missing", missing, checked);
  row.limit = "equal to 0";
  results.verdicts.push_back(row);
}

// Whatever else the scenario expects: an endpoint that takes a forged delivery has failed.
void judge_refusals(const Scenario& scenario, Results& results) {
  const auto must_be_refused = [](const auto& type) {
    const NegativeInfo* negative = find_negative(type.first);
    return negative != nullptr && negative->expected == ExpectedAnswer::refuse;
  };
  if (std::none_of(scenario.deliveries.mix.begin(), scenario.deliveries.mix.end(), must_be_refused)) return;
  std::uint64_t accepted = 0;
  for (const auto& [name, path] : results.paths) {
    for (const OutcomeRow& row : path.outcomes) accepted += row.code == "http.accepted" ? row.count : 0;
  }
  VerdictRow row;
  row.name = "deliveries with a wrong signature are refused";
  row.status = accepted == 0 ? "pass" : "fail";
  row.observed = fmt::format("{} accepted", accepted);
  row.limit = "equal to 0";
  results.verdicts.push_back(row);
}

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size() && i < 4; ++i) text += (i == 0 ? "" : ", ") + items[i];
  return items.size() > 4 ? text + ", ..." : text;
}

}  // namespace

Result<void> check_scenario(const Scenario& scenario) {
  const Result<Payloads> payloads = Payloads::make(scenario.deliveries, scenario.seed);
  if (!payloads) {
    Diagnostic diagnostic = payloads.error();
    if (diagnostic.file.empty()) diagnostic.file = scenario.file;
    return diagnostic;
  }
  for (const Expectation& expectation : scenario.expectations) {
    const Result<Metric> metric = parse_metric(scenario, expectation);
    if (!metric) return metric.error();
  }
  return {};
}

int print_refusal(const Refused& refused) {
  fmt::print(stderr,
             "REFUSED   {}{}\nhookdrill loads only endpoints that prove they are yours. Nothing but the verification "
             "request was sent.\n",
             refused.why, refused.why.ends_with('.') ? "" : ".");
  return kExitRefused;
}

Result<std::variant<Results, Refused>> run_live(Scenario scenario, const LiveRunSettings& settings,
                                                const std::atomic<bool>& stop) {
  const Result<Payloads> payloads = Payloads::make(scenario.deliveries, scenario.seed);
  if (!payloads) return payloads.error();

  std::unique_ptr<Receiver> receiver;
  if (scenario.receiver) {
    Result<std::unique_ptr<Receiver>> started =
        Receiver::start(*scenario.receiver, scenario.endpoint.app_secret, scenario.endpoint.verify_token,
                        scenario.endpoint.host, scenario.seed);
    if (!started) return started.error();
    receiver = std::move(*started);
    point_at_receiver(scenario, receiver->connect_address());
  }
  const Result<TrustStore> trust = load_trust(scenario.tls.trust, receiver ? receiver->root_pem() : "");
  if (!trust) return Diagnostic{scenario.file, 0, 0, trust.error().message};
  Result<std::vector<ReadyPath>> paths = ready_paths(scenario, settings.log != nullptr);
  if (!paths) return paths.error();
  const int connections_max = connections_allowed(scenario);
  for (ReadyPath& path : *paths) {
    path.live.connections_max = connections_max;
    const Result<void> rate = check_rate(scenario, path);
    if (!rate) return rate.error();
  }

  Results results = results_frame(scenario, settings.command);
  for (const ReadyPath& path : *paths) {
    if (path.loopback && path.live.endpoint.verify_token.empty()) continue;
    const ChallengeResult challenge = prove_ownership(path.live, *trust);
    if (!challenge.proven && !path.loopback)
      return Refused{fmt::format("{}: {}", path.live.endpoint.url, challenge.why)};
    results.findings.push_back(challenge_finding(path, challenge));
  }

  if (receiver) receiver->begin_drops();
  const int workers = worker_count(scenario);
  results.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  results.environment["trust"] = trust->text();
  results.environment["workers"] = std::to_string(workers);
  AbortWatch watch(scenario.abort_when, stop);
  std::vector<PathTotals> totals(paths->size(), PathTotals(scenario.stages.size()));
  const std::vector<Turn> turns = settings.turns.empty() ? turns_of_run(paths->size()) : settings.turns;
  for (const Turn& turn : turns) {
    const ReadyPath& path = (*paths)[turn.path];
    PathTotals& total = totals[turn.path];
    PathLoad load;
    load.first_number = first_number_of_path(turn.path);
    load.window = turn.window;
    load.kind = settings.samples != nullptr ? kind_of(scenario) : ConnectionKind::any;
    load.keep_delivered = receiver != nullptr;
    load.log = settings.log;
    load.spent = total.spent;
    std::vector<LiveCounters> counters(static_cast<std::size_t>(workers));
    const PathRun run = [&] {
      ProgressMeter meter(scenario, turn_title(scenario, turn, turns), counters, settings.quiet);
      return run_path(scenario, path.live, load, *trust, *payloads, watch.stop(), counters, [&](Duration elapsed) {
        meter.tick(elapsed);
        watch.look(counters);
      });
    }();
    if (settings.samples != nullptr) settings.samples->add(turn, measured_stats(run.stats, scenario));
    total.add(run);
  }
  for (std::size_t i = 0; i < paths->size(); ++i) {
    const std::string& name = (*paths)[i].settings->name;
    const PathTotals& total = totals[i];
    results.paths[name] = to_results(total.stats, scenario);
    results.paths[name].address = join({total.addresses.begin(), total.addresses.end()});
    results.paths[name].tls = total.negotiated;
    results.paths[name].certificate_expires = total.certificate_expires;
    results.duration_ns += total.spent.count();
    add_distrust(total.stats, scenario, name, &total.load, results);
  }
  if (stop.load())
    results.untrusted_because.push_back("The run was interrupted; what had not ended by then is counted as abandoned.");
  if (receiver) {
    receiver->stop();
    compare_with_ledger(*receiver, *payloads, *paths, totals, results);
  }
  judge_refusals(scenario, results);
  if (watch.verdict()) results.verdicts.push_back(*watch.verdict());
  return results;
}

}  // namespace hookdrill
