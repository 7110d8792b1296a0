// `hookdrill simulate`: what the scenario would do over its paths' models, in virtual time.
#include <fmt/core.h>

#include <memory>

#include "cli.h"
#include "common_options.h"
#include "interrupt.h"
#include "live_run.h"
#include "results_folder.h"
#include "simulate.h"

namespace hookdrill {
namespace {

struct SimulateOptions {
  std::string scenario;
  CommonOptions common;
};

int simulate_scenario(const SimulateOptions& options) {
  const Result<Scenario> scenario = load_scenario(options.scenario, overrides_of(options.common), false);
  if (!scenario) return usage_error(scenario.error().text());
  const Result<void> checked = check_scenario(*scenario);
  if (!checked) return usage_error(checked.error().text());
  const Results results = simulate(*scenario, watch_for_interrupt());
  const std::string folder = options.common.out.empty() ? "out/" + scenario->name : options.common.out;
  const auto files = write_results_folder(results, folder);
  if (!files) return usage_error(files.error().text());
  print_results(results, options.common, *files);
  return exit_code_of(results);
}

}  // namespace

void declare_simulate(CommandLine& line) {
  auto options = std::make_shared<SimulateOptions>();
  line.positional("scenario", options->scenario, "A scenario file (TOML)", CommandLine::Needed::yes);
  add_common_options(line, options->common);
  line.example("hookdrill simulate scenarios/quickstart.toml --set retry.time_scale=1");
  line.action([options] { return simulate_scenario(*options); });
}

}  // namespace hookdrill
