// `hookdrill compare`: the paths of a scenario against each other on real sockets, in interleaved blocks.
#include <fmt/core.h>

#include <memory>

#include "cli.h"
#include "common_options.h"
#include "comparison_results.h"
#include "interrupt.h"
#include "judge.h"
#include "live_run.h"
#include "results_folder.h"

namespace hookdrill {
namespace {

struct CompareOptions {
  std::string scenario;
  bool same_path = false;
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

int compare_scenario(const CompareOptions& options) {
  Result<Scenario> loaded = load_scenario(options.scenario, overrides_of(options.common));
  if (!loaded) return usage_error(loaded.error().text());
  Scenario& scenario = *loaded;
  if (options.same_path) compare_with_itself(scenario);
  if (scenario.paths.size() < 2)
    return usage_error(
        fmt::format("{}: compare needs two paths; write [paths.direct] and [paths.proxy], or use --aa "
                    "to compare the one there is with itself",
                    options.scenario));
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
  const auto files = write_results_folder(results, folder);
  if (!files) return usage_error(files.error().text());
  print_results(results, options.common, *files);
  return exit_code_of(results);
}

}  // namespace

void declare_compare(CommandLine& line) {
  auto options = std::make_shared<CompareOptions>();
  line.positional("scenario", options->scenario, "A scenario file (TOML) with two paths or more",
                  CommandLine::Needed::yes);
  line.flag("--aa", options->same_path, "Compare the first path with itself: what this machine cannot tell apart");
  add_common_options(line, options->common);
  line.example("hookdrill compare scenarios/proxy-vs-direct/compare.toml --out out/proxy-vs-direct");
  line.action([options] { return compare_scenario(*options); });
}

}  // namespace hookdrill
