// `hookdrill explain`: what a scenario would do, before it does it. Sends nothing.
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli.h"
#include "common_options.h"
#include "descriptor_budget.h"
#include "judge.h"
#include "live/workers.h"
#include "live_run.h"
#include "plan/arrivals.h"
#include "plan/retry_schedule.h"

namespace hookdrill {
namespace {

constexpr double kTimeWaitSeconds = 60;  // Linux: a closed connection keeps its local port so long

struct ExplainOptions {
  std::string scenario;
  CommonOptions common;
};

std::uint64_t local_ports() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  std::uint64_t low = 32768;
  std::uint64_t high = 60999;
  file >> low >> high;
  return high - low + 1;
}

std::string rate_text(const Stage& stage) {
  return stage.rate_from == stage.rate_to ? fmt::format("{:g}/s", stage.rate_from)
                                          : fmt::format("{:g}/s to {:g}/s", stage.rate_from, stage.rate_to);
}

double peak_rate(const Scenario& scenario) {
  double peak = 0;
  for (const Stage& stage : scenario.stages) peak = std::max({peak, stage.rate_from, stage.rate_to});
  return peak;
}

std::string where_to(const Scenario& scenario, const PathSettings& path) {
  const std::string url = path.endpoint ? path.endpoint->url : scenario.endpoint.url;
  if (!path.connect.empty()) return fmt::format("{} at {}", url, path.connect);
  return scenario.receiver && !path.endpoint ? "the embedded receiver" : url;
}

std::string plan_text(const Scenario& scenario) {
  std::string text =
      fmt::format("{}: {} deliveries in {}, seed {}\n", scenario.name, count_arrivals(scenario.stages, scenario.seed),
                  format_duration(total_length(scenario.stages)), scenario.seed);
  std::uint64_t planned_before = 0;
  for (std::size_t i = 0; i < scenario.stages.size(); ++i) {
    const Stage& stage = scenario.stages[i];
    const std::vector<Stage> until(scenario.stages.begin(),
                                   scenario.stages.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    const std::uint64_t planned = count_arrivals(until, scenario.seed);
    text += fmt::format("  stage {:<12} {:>10}  {}  {} deliveries{}\n", stage.name, rate_text(stage),
                        stage.arrivals == Stage::Arrivals::poisson ? "poisson " : "constant", planned - planned_before,
                        stage.measure ? "" : "  (warm-up, not measured)");
    planned_before = planned;
  }
  return text;
}

std::string retry_text(const Scenario& scenario) {
  const RetrySchedule schedule(scenario.retry, scenario.seed);
  std::string waits;
  for (const Duration wait : schedule.waits()) waits += (waits.empty() ? "" : ", ") + exact_duration(wait);
  const Duration longest = from_seconds(to_seconds(schedule.window()) / scenario.retry.time_scale) +
                           scenario.retry.attempt_timeout * schedule.attempts_max();
  return fmt::format(
      "retries  {}: {}\n         {}\n         waits are divided by {:g}; a delivery is given up after {} attempts, at "
      "the latest {} after it was due\n",
      schedule.name(), waits.empty() ? "none" : waits, schedule.source(), scenario.retry.time_scale,
      schedule.attempts_max(), format_duration(longest));
}

std::string budget_text(const Scenario& scenario) {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  const double peak = peak_rate(scenario);
  const bool fresh = scenario.deliveries.connections == DeliverySettings::Connections::fresh;
  std::size_t sources = 1;
  for (const PathSettings& path : scenario.paths) sources = std::max(sources, path.sources.size());
  const double longest = std::min(kTimeWaitSeconds, to_seconds(total_length(scenario.stages)));
  const double ports = fresh ? peak * longest + scenario.deliveries.max_in_flight : scenario.deliveries.max_in_flight;
  const double have = static_cast<double>(local_ports() * sources);
  std::string text = fmt::format(
      "needs    {:.0f} local ports of {:.0f} ({} source address{}), {} descriptors of {}, {} sending thread{}\n",
      std::ceil(ports), have, sources, sources == 1 ? "" : "es", descriptors_needed(scenario), descriptors.rlim_max,
      worker_count(scenario), worker_count(scenario) == 1 ? "" : "s");
  if (ports > have)
    text += "         more local ports than there are: give paths.<name>.source more addresses, or lower the rate\n";
  return text;
}

int explain(const ExplainOptions& options) {
  const Result<Scenario> scenario = load_scenario(options.scenario, overrides_of(options.common), false);
  if (!scenario) return usage_error(scenario.error().text());
  const Result<void> checked = check_scenario(*scenario);
  if (!checked) return usage_error(checked.error().text());
  std::string text = plan_text(*scenario);
  for (const PathSettings& path : scenario->paths)
    text += fmt::format("path     {}: {}\n", path.name, where_to(*scenario, path));
  if (scenario->paths.size() > 1) text += "         paths are run one after another\n";
  text += fmt::format("each     {} update{}, {} connections, at most {} in flight, {} for an attempt\n",
                      scenario->deliveries.batch, scenario->deliveries.batch == 1 ? "" : "s",
                      scenario->deliveries.connections == DeliverySettings::Connections::fresh ? "fresh" : "keep-alive",
                      scenario->deliveries.max_in_flight, format_duration(scenario->retry.attempt_timeout));
  text += retry_text(*scenario);
  text += budget_text(*scenario);
  for (const Expectation& expectation : scenario->expectations) {
    text += fmt::format("expects  {} {} {}{}\n", expectation.metric, relation_text(expectation.relation),
                        expectation.limit_text, expectation.line == 0 ? "  (the default)" : "");
  }
  fmt::print("{}Nothing was sent.\n", text);
  return kExitOk;
}

}  // namespace

void declare_explain(CommandLine& line) {
  auto options = std::make_shared<ExplainOptions>();
  line.positional("scenario", options->scenario, "A scenario file (TOML)", CommandLine::Needed::yes);
  add_common_options(line, options->common);
  line.example("hookdrill explain scenarios/quickstart.toml");
  line.action([options] { return explain(*options); });
}

}  // namespace hookdrill
