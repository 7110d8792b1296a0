// `hookdrill compare`: the paths of a scenario against each other on real sockets, in interleaved blocks; or two
// earlier runs.
#include <fmt/core.h>

#include <memory>

#include "cli.h"
#include "common_options.h"
#include "compare_runs.h"
#include "comparison_results.h"
#include "interrupt.h"
#include "judge.h"
#include "live_run.h"
#include "reports/results_json.h"
#include "results_folder.h"

namespace hookdrill {
namespace {

struct CompareOptions {
  std::vector<std::string> places;
  bool same_path = false;
  bool different_environments = false;
  CommonOptions common;
};

// The first path and the same path again: what is found between them is the noise of this machine.
void compare_with_itself(Scenario& scenario) {
  scenario.paths.resize(1);
  scenario.paths.push_back(scenario.paths[0]);
  scenario.paths[1].name += "-again";
  scenario.expectations.clear();
}

std::string compared_text(const Scenario& scenario, std::uint64_t left_out) {
  const std::string_view kind = scenario.deliveries.connections == DeliverySettings::Connections::keepalive
                                    ? "attempts on kept connections"
                                : scenario.tls.session == TlsSettings::Session::resumed ? "resumed TLS sessions"
                                                                                        : "new connections";
  return fmt::format("{}; {} attempts on others left out", kind, left_out);
}

int write_and_print(const Results& results, const std::string& folder, const CommonOptions& common) {
  const auto files = write_results_folder(results, folder);
  if (!files) return usage_error(files.error().text());
  print_results(results, common, *files);
  return exit_code_of(results);
}

int compare_scenario(const CompareOptions& options) {
  const std::string& file = options.places[0];
  Result<Scenario> loaded = load_scenario(file, overrides_of(options.common));
  if (!loaded) return usage_error(loaded.error().text());
  Scenario& scenario = *loaded;
  if (options.same_path) compare_with_itself(scenario);
  if (scenario.paths.size() < 2)
    return usage_error(
        fmt::format("{}: compare needs two paths; write [paths.direct] and [paths.proxy], or use --aa "
                    "to compare the one there is with itself",
                    file));
  const Result<void> checked = check_scenario(scenario);
  if (!checked) return usage_error(checked.error().text());
  if (!scenario.compare.retries) scenario.retry.schedule = "none";

  const auto blocks = static_cast<std::size_t>(scenario.compare.blocks);
  BlockSamples samples(scenario.paths.size(), blocks);
  LiveRunSettings settings;
  settings.command = "compare";
  settings.quiet = options.common.quiet || options.common.json;
  settings.turns = turns_of_comparison(scenario.stages, blocks, scenario.paths.size(), scenario.seed);
  settings.samples = &samples;
  auto outcome = run_live(scenario, settings, watch_for_interrupt());
  if (!outcome) return usage_error(outcome.error().text());
  if (const auto* refused = std::get_if<Refused>(&*outcome)) return print_refusal(*refused);

  Results& results = std::get<Results>(*outcome);
  std::vector<std::string> names;
  for (const PathSettings& path : scenario.paths) names.push_back(path.name);
  results.comparison = comparison_rows(compare_paths(samples, scenario.compare, scenario.seed), names, blocks);
  results.environment["compared"] = compared_text(scenario, samples.other_kind);
  if (options.same_path) judge_same_path(results);
  judge(scenario, results);
  const std::string folder = options.common.out.empty() ? "out/" + scenario.name : options.common.out;
  return write_and_print(results, folder, options.common);
}

// Two results folders, or two results.json: the earlier run first.
int compare_earlier(const CompareOptions& options) {
  std::vector<EarlierRun> runs;
  for (const std::string& place : options.places) {
    Result<Results> results = load_results(place);
    if (!results) return usage_error(results.error().text());
    runs.push_back({place, std::move(*results)});
  }
  const Result<Results> results = compare_runs(runs[0], runs[1], CompareSettings(), options.different_environments);
  if (!results) return usage_error(results.error().text());
  const std::string folder =
      options.common.out.empty() ? "out/" + results->scenario.name + "-compared" : options.common.out;
  return write_and_print(*results, folder, options.common);
}

int compare(const CompareOptions& options) {
  if (options.places.size() == 1) return compare_scenario(options);
  if (options.places.size() == 2) return compare_earlier(options);
  return usage_error("compare takes one scenario, or two results folders");
}

}  // namespace

void declare_compare(CommandLine& line) {
  auto options = std::make_shared<CompareOptions>();
  line.positionals("scenario", options->places,
                   "A scenario file (TOML) with two paths or more; or two results folders, the earlier run first");
  line.flag("--aa", options->same_path, "Compare the first path with itself: what this machine cannot tell apart");
  line.flag("--different-environments", options->different_environments,
            "Compare two results folders although versions, machine or scenario differ");
  add_common_options(line, options->common);
  line.example("hookdrill compare scenarios/proxy-vs-direct/compare.toml --out out/proxy-vs-direct");
  line.action([options] { return compare(*options); });
}

}  // namespace hookdrill
