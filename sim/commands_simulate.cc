// `hookdrill simulate`: what the scenario would do over its paths' models, in virtual time.
#include <fmt/core.h>

#include <memory>
#include <tuple>

#include "attempt_file.h"
#include "cli.h"
#include "common_options.h"
#include "interrupt.h"
#include "live_run.h"
#include "results_folder.h"
#include "simulate.h"
#include "sweep.h"

namespace hookdrill {
namespace {

struct SimulateOptions {
  std::string scenario;
  std::string sweep;
  std::uint64_t seeds = 1;
  bool attempts = false;
  CommonOptions common;
};

constexpr std::uint64_t kSeedsMax = 1000;

std::string folder_of(const SimulateOptions& options, const std::string& name) {
  return options.common.out.empty() ? "out/" + name : options.common.out;
}

int simulate_once(const SimulateOptions& options) {
  const Result<Scenario> scenario = load_scenario(options.scenario, overrides_of(options.common), false);
  if (!scenario) return usage_error(scenario.error().text());
  const Result<void> checked = check_scenario(*scenario);
  if (!checked) return usage_error(checked.error().text());
  const std::string folder = folder_of(options, scenario->name);
  std::unique_ptr<AttemptFile> attempts;
  if (options.attempts) {
    Result<std::unique_ptr<AttemptFile>> opened = AttemptFile::open(folder, *scenario);
    if (!opened) return usage_error(opened.error().text());
    attempts = std::move(*opened);
  }
  const Results results = simulate(*scenario, watch_for_interrupt(), attempts.get());
  auto files = write_results_folder(results, folder);
  if (!files) return usage_error(files.error().text());
  if (attempts) {
    const Result<std::string> file = attempts->close();
    if (!file) return usage_error(file.error().text());
    files->emplace_back("attempts", *file);
  }
  print_results(results, options.common, *files);
  return exit_code_of(results);
}

// Without a sweep, the seed is what is swept.
Result<SweepAxis> axis_of(const SimulateOptions& options) {
  if (!options.sweep.empty()) return parse_sweep(options.sweep);
  const Result<Scenario> scenario = load_scenario(options.scenario, overrides_of(options.common), false);
  if (!scenario) return scenario.error();
  SweepAxis axis{"seed", {}};
  for (std::uint64_t i = 0; i < options.seeds; ++i) axis.values.push_back(std::to_string(scenario->seed + i));
  return axis;
}

int simulate_many(const SimulateOptions& options) {
  if (options.attempts) return usage_error("--attempts is for one simulation, not for --sweep or --seeds");
  const Result<SweepAxis> axis = axis_of(options);
  if (!axis) return usage_error(axis.error().text());
  const std::uint64_t seeds = options.sweep.empty() ? 1 : options.seeds;
  const Result<SweepResults> sweep =
      run_sweep(options.scenario, overrides_of(options.common), *axis, seeds, watch_for_interrupt());
  if (!sweep) return usage_error(sweep.error().text());
  const std::string folder = folder_of(options, sweep->scenario + "-sweep");
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& [what, name, text] :
       {std::tuple{"sweep", "sweep.json", sweep_json(*sweep)}, std::tuple{"page", "sweep.html", sweep_html(*sweep)}}) {
    const Result<std::string> file = write_text_file(folder, name, text);
    if (!file) return usage_error(file.error().text());
    files.emplace_back(what, *file);
  }
  if (options.common.json) {
    fmt::print("{}", sweep_json(*sweep));
  } else {
    fmt::print("{}\n", sweep_text(*sweep));
    for (const auto& [what, file] : files) fmt::print("{:<8}{}\n", what, file);
  }
  return exit_code_of(*sweep);
}

}  // namespace

void declare_simulate(CommandLine& line) {
  auto options = std::make_shared<SimulateOptions>();
  line.positional("scenario", options->scenario, "A scenario file (TOML)", CommandLine::Needed::yes);
  line.option("--sweep", options->sweep,
              "Simulate many values of one key: --sweep paths.direct.model.drop.share=0:0.4:0.05");
  line.option("--seeds", options->seeds, 1, kSeedsMax,
              "Simulate so many seeds, from the scenario's own on, on all cores");
  line.flag("--attempts", options->attempts, "Write attempts.csv into the folder: a row for each attempt");
  add_common_options(line, options->common);
  line.example("hookdrill simulate scenarios/quickstart.toml --set retry.time_scale=1");
  line.action([options] {
    return options->sweep.empty() && options->seeds == 1 ? simulate_once(*options) : simulate_many(*options);
  });
}

}  // namespace hookdrill
