#include "common_options.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>

#include "reports/results_json.h"
#include "reports/terminal.h"

namespace hookdrill {

void add_common_options(CommandLine& line, CommonOptions& options) {
  line.option("--out", options.out, "Folder for results.json and the reports");
  line.option("--seed", options.seed, "Overrides the scenario's seed");
  line.option("--ca-file", options.ca_file, "Trust the roots in this PEM file instead of the system's");
  line.option("--set", options.set, "Override a scenario value: --set deliveries.batch=10 (repeatable)");
  line.flag("--quiet", options.quiet, "No progress, only the verdict");
  line.flag("--json", options.json, "results.json on stdout, and nothing else there");
}

ScenarioOverrides overrides_of(const CommonOptions& options) {
  ScenarioOverrides overrides;
  overrides.seed = options.seed;
  overrides.ca_file = options.ca_file;
  overrides.set = options.set;
  return overrides;
}

Secret secret_in_environment(const std::string& variable) {
  const char* value = std::getenv(variable.c_str());
  return Secret(value == nullptr ? "" : value);
}

bool wants_colour(int descriptor) {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(descriptor) == 1 && (no_colour == nullptr || *no_colour == '\0');
}

void print_results(const Results& results, const CommonOptions& options,
                   const std::vector<std::pair<std::string, std::string>>& files) {
  if (options.json) {
    fmt::print("{}", to_json(results));
    return;
  }
  TerminalStyle style;
  style.colour = wants_colour(STDOUT_FILENO);
  style.files = files;
  const std::string report = terminal_report(results, style);
  fmt::print("{}", options.quiet ? report.substr(0, report.find('\n') + 1) : report);
}

}  // namespace hookdrill
