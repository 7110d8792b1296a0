// `hookdrill run`: the scenario on real sockets, a report and a results folder.
#include <fmt/core.h>

#include <memory>

#include "cli.h"
#include "common_options.h"
#include "interrupt.h"
#include "judge.h"
#include "live_run.h"
#include "results_folder.h"

namespace hookdrill {
namespace {

struct RunOptions {
  std::string scenario;
  CommonOptions common;
};

int run_scenario(const RunOptions& options) {
  const Result<Scenario> scenario = load_scenario(options.scenario, overrides_of(options.common));
  if (!scenario) return usage_error(scenario.error().text());
  const Result<void> checked = check_scenario(*scenario);
  if (!checked) return usage_error(checked.error().text());

  const std::atomic<bool>& stop = watch_for_interrupt();
  LiveRunSettings settings;
  settings.quiet = options.common.quiet || options.common.json;
  auto outcome = run_live(*scenario, settings, stop);
  if (!outcome) return usage_error(outcome.error().text());
  if (const auto* refused = std::get_if<Refused>(&*outcome)) return print_refusal(*refused);
  Results& results = std::get<Results>(*outcome);
  judge(*scenario, results);
  const std::string folder = options.common.out.empty() ? "out/" + scenario->name : options.common.out;
  const auto files = write_results_folder(results, folder);
  if (!files) return usage_error(files.error().text());
  print_results(results, options.common, *files);
  return exit_code_of(results);
}

}  // namespace

void declare_run(CommandLine& line) {
  auto options = std::make_shared<RunOptions>();
  line.positional("scenario", options->scenario, "A scenario file (TOML)", CommandLine::Needed::yes);
  add_common_options(line, options->common);
  line.example("hookdrill run scenarios/quickstart.toml --out out/quickstart");
  line.action([options] { return run_scenario(*options); });
}

}  // namespace hookdrill
