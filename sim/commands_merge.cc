// `hookdrill merge`: shards of one run, from several machines or moments, as one results folder.
#include <fmt/core.h>

#include <memory>

#include "cli.h"
#include "common_options.h"
#include "merge_results.h"
#include "reports/results_json.h"
#include "results_folder.h"

namespace hookdrill {
namespace {

struct MergeOptions {
  std::vector<std::string> places;
  CommonOptions common;
};

int merge(const MergeOptions& options) {
  if (options.common.out.empty()) return usage_error("merge needs --out DIR: it never writes into a shard's folder");
  std::vector<Shard> shards;
  for (const std::string& place : options.places) {
    Result<Results> results = load_results(place);
    if (!results) return usage_error(results.error().text());
    shards.push_back({place, std::move(*results)});
  }
  const Result<Results> merged = merge_results(shards);
  if (!merged) return usage_error(merged.error().text());
  const auto files = write_results_folder(*merged, options.common.out);
  if (!files) return usage_error(files.error().text());
  print_results(*merged, options.common, *files);
  return exit_code_of(*merged);
}

}  // namespace

void declare_merge(CommandLine& line) {
  auto options = std::make_shared<MergeOptions>();
  line.positionals("results", options->places, "Two or more results folders, or results.json files of one scenario");
  line.option("--out", options->common.out, "Folder for the merged results.json and its reports");
  line.flag("--quiet", options->common.quiet, "Only the verdict");
  line.flag("--json", options->common.json, "results.json on stdout, and nothing else there");
  line.example("hookdrill merge out/shard-1 out/shard-2 --out out/merged");
  line.action([options] { return merge(*options); });
}

}  // namespace hookdrill
