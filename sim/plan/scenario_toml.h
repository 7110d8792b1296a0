// From TOML to a Scenario. This and scenario_finish.cc are the only files of plan/ that read files and the environment.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/scenario.h"

namespace hookdrill {

inline constexpr int kScenarioSchema = 1;

/// Changes made on the command line; they count as part of the scenario (its sha256).
struct ScenarioOverrides {
  std::optional<std::uint64_t> seed;
  std::string ca_file;           // --ca-file: replaces tls.trust
  std::vector<std::string> set;  // --set key.path=value, value in TOML syntax or a bare word
};

/// Reads, checks and completes a scenario. Every mistake comes back with its place: unknown keys, wrong types,
/// impossible values, missing secrets, unreadable files. `need_secrets` = false (for `receive`, `explain`, `simulate`,
/// which send nothing): secrets that are not set, and trust files that are not there, are no mistake.
///
/// Files that a scenario names are relative to it; those of the command line, to the working directory.
Result<Scenario> load_scenario(const std::string& file, const ScenarioOverrides& overrides, bool need_secrets = true);

/// The same from text; `file` stands in messages, and its folder is where relative files are looked for.
Result<Scenario> parse_scenario(std::string_view text, const std::string& file, const ScenarioOverrides& overrides,
                                bool need_secrets = true);

/// Parses an absolute http(s) URL; the message says what is wrong with it. The target keeps every byte as written.
Result<Endpoint> parse_endpoint_url(std::string_view url);

/// Every key that a scenario may have, dotted and sorted: "stage.rate.from"; paths.NAME stands for any path.
std::vector<std::string> scenario_keys();

}  // namespace hookdrill
