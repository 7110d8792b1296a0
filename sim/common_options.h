// Options and output that several commands share.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli.h"
#include "plan/scenario_toml.h"
#include "reports/results.h"

namespace hookdrill {

/// --out, --seed, --ca-file, --set, --quiet, --json.
void add_common_options(CommandLine& line, CommonOptions& options);

ScenarioOverrides overrides_of(const CommonOptions& options);

/// The value of an environment variable; empty when it is not set.
Secret secret_in_environment(const std::string& variable);

/// True when `descriptor` is a terminal and NO_COLOR is unset or empty (no-color.org).
bool wants_colour(int descriptor);

/// On stdout: the terminal report, or results.json alone with --json, or the verdict line alone with --quiet.
void print_results(const Results& results, const CommonOptions& options,
                   const std::vector<std::pair<std::string, std::string>>& files);

}  // namespace hookdrill
