#include "simulate.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "engine/engine.h"
#include "judge.h"
#include "model/model_transport.h"
#include "plan/payload_negative.h"
#include "run_results.h"

namespace hookdrill {
namespace {

constexpr int kInFlightMax = 1'000'000;  // the scenario's own limit is about sockets

/// One path's stats, and what only its model knows.
struct SimulatedPath {
  PathStats stats;
  std::uint64_t duplicates = 0;
  std::size_t waiting_max = 0;        // retries at once
  std::size_t waiting_bytes_max = 0;  // and their memory
};

SimulatedPath simulate_path(const Scenario& scenario, const PathSettings& path, std::uint64_t first_number,
                            const Payloads* payloads, const std::atomic<bool>& stop, AttemptLog* log) {
  const Endpoint& endpoint = path.endpoint ? *path.endpoint : scenario.endpoint;
  ModelSettings model;
  model.model = path.model;
  model.sources = path.sources;
  model.sender = scenario.retry.sender;
  model.attempt_timeout = scenario.retry.attempt_timeout;
  model.tls = endpoint.tls;
  model.keepalive = scenario.deliveries.connections == DeliverySettings::Connections::keepalive;
  model.seed = scenario.seed;
  model.payloads = payloads;
  ModelTransport transport(model);
  Agenda agenda(Plan(scenario, Share{}, first_number, payloads), RetrySchedule(scenario.retry, scenario.seed));
  EngineSettings settings;
  settings.max_in_flight = kInFlightMax;
  settings.success = scenario.retry.success;
  settings.payloads = payloads;
  settings.log = log;
  if (scenario.limits.max_duration) settings.end = kRunStart + *scenario.limits.max_duration;
  PathStats stats(scenario.stages.size());
  LiveCounters counters;
  run(agenda, transport, stats, settings, stop, counters);
  return {std::move(stats), transport.duplicates(), agenda.waiting_max(), agenda.waiting_bytes_max()};
}

// Bodies cost more than all the rest, so they are made only where the outcome depends on them.
bool needs_payloads(const Scenario& scenario) {
  const bool by_delivery = std::any_of(scenario.paths.begin(), scenario.paths.end(), [](const PathSettings& path) {
    return path.model.server.by == ServerBehaviour::By::delivery;
  });
  return by_delivery || std::any_of(scenario.deliveries.mix.begin(), scenario.deliveries.mix.end(),
                                    [](const auto& type) { return find_negative(type.first) != nullptr; });
}

}  // namespace

Results simulate(const Scenario& scenario, const std::atomic<bool>& stop, AttemptLog* log) {
  Results results = results_frame(scenario, "simulate");
  results.environment = {{"hookdrill", results.environment["hookdrill"]}};
  std::size_t most_waiting = 0;
  std::size_t most_bytes = 0;
  std::optional<Payloads> payloads;
  if (needs_payloads(scenario)) payloads = *Payloads::make(scenario.deliveries, scenario.seed);
  for (std::size_t i = 0; i < scenario.paths.size(); ++i) {
    const PathSettings& path = scenario.paths[i];
    const auto [stats, duplicates, waiting, waiting_bytes] =
        simulate_path(scenario, path, first_number_of_path(i), payloads ? &*payloads : nullptr, stop, log);
    results.paths[path.name] = to_results(stats, scenario);
    results.paths[path.name].deliveries.duplicates = duplicates;
    most_waiting = std::max(most_waiting, waiting);
    most_bytes = std::max(most_bytes, waiting_bytes);
    results.paths[path.name].address = "a model, in virtual time";
    results.duration_ns += stats.ended.time_since_epoch().count();
    add_distrust(stats, scenario, path.name, nullptr, results);
  }
  results.environment["retries waiting at once"] = fmt::format("{} at most, in {} bytes", most_waiting, most_bytes);
  if (stop.load())
    results.untrusted_because.push_back("The simulation was interrupted; the rest is counted as abandoned.");
  judge(scenario, results);
  return results;
}

}  // namespace hookdrill
