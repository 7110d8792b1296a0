#include "simulate.h"

#include <fmt/core.h>

#include "engine/engine.h"
#include "judge.h"
#include "model/model_transport.h"
#include "run_results.h"

namespace hookdrill {
namespace {

PathStats simulate_path(const Scenario& scenario, const PathSettings& path, std::uint64_t first_number,
                        const std::atomic<bool>& stop) {
  const Endpoint& endpoint = path.endpoint ? *path.endpoint : scenario.endpoint;
  ModelTransport transport(path.model, path.sources.size(), scenario.retry.attempt_timeout, endpoint.tls,
                           scenario.seed);
  Agenda agenda(Plan(scenario, Share{}, first_number), RetrySchedule(scenario.retry, scenario.seed));
  EngineSettings settings;
  settings.max_in_flight = scenario.deliveries.max_in_flight;
  settings.success = scenario.retry.success;
  if (scenario.limits.max_duration) settings.end = kRunStart + *scenario.limits.max_duration;
  PathStats stats(scenario.stages.size());
  LiveCounters counters;
  run(agenda, transport, stats, settings, stop, counters);
  return stats;
}

}  // namespace

Results simulate(const Scenario& scenario, const std::atomic<bool>& stop) {
  Results results = results_frame(scenario, "simulate");
  results.environment = {{"hookdrill", results.environment["hookdrill"]}};
  for (std::size_t i = 0; i < scenario.paths.size(); ++i) {
    const PathSettings& path = scenario.paths[i];
    const PathStats stats = simulate_path(scenario, path, first_number_of_path(i), stop);
    results.paths[path.name] = to_results(stats, scenario);
    results.paths[path.name].address = "a model, in virtual time";
    results.duration_ns += stats.ended.time_since_epoch().count();
    add_distrust(stats, scenario, path.name, nullptr, results);
  }
  if (stop.load())
    results.untrusted_because.push_back("The simulation was interrupted; the rest is counted as abandoned.");
  judge(scenario, results);
  return results;
}

}  // namespace hookdrill
