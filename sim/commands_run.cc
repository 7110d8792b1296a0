// `hookdrill run`: the scenario on real sockets, a report and a results folder.
#include <fmt/core.h>

#include <memory>

#include "attempt_file.h"
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
  bool attempts = false;
  CommonOptions common;
};

int run_scenario(const RunOptions& options) {
  const Result<Scenario> scenario = load_scenario(options.scenario, overrides_of(options.common));
  if (!scenario) return usage_error(scenario.error().text());
  const Result<void> checked = check_scenario(*scenario);
  if (!checked) return usage_error(checked.error().text());

  const std::atomic<bool>& stop = watch_for_interrupt();
  const std::string folder = options.common.out.empty() ? "out/" + scenario->name : options.common.out;
  std::unique_ptr<AttemptFile> attempts;
  if (options.attempts) {
    Result<std::unique_ptr<AttemptFile>> opened = AttemptFile::open(folder, *scenario);
    if (!opened) return usage_error(opened.error().text());
    attempts = std::move(*opened);
  }
  LiveRunSettings settings;
  settings.log = attempts.get();
  settings.quiet = options.common.quiet || options.common.json;
  auto outcome = run_live(*scenario, settings, stop);
  if (!outcome) return usage_error(outcome.error().text());
  if (const auto* refused = std::get_if<Refused>(&*outcome)) return print_refusal(*refused);
  Results& results = std::get<Results>(*outcome);
  judge(*scenario, results);
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

}  // namespace

void declare_run(CommandLine& line) {
  auto options = std::make_shared<RunOptions>();
  line.positional("scenario", options->scenario, "A scenario file (TOML)", CommandLine::Needed::yes);
  line.flag("--attempts", options->attempts, "Write attempts.csv into the folder: a row for each attempt");
  add_common_options(line, options->common);
  line.example("hookdrill run scenarios/quickstart.toml --out out/quickstart");
  line.action([options] { return run_scenario(*options); });
}

}  // namespace hookdrill
