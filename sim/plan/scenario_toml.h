// From TOML to a Scenario. The only file that knows toml++, and the only one in plan/ that reads files and the
// environment.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "plan/scenario.h"

namespace hookdrill {

/// Changes made on the command line; they count as part of the scenario (its sha256).
struct ScenarioOverrides {
  std::optional<std::uint64_t> seed;
  std::string ca_file;           // --ca-file: replaces tls.trust
  std::vector<std::string> set;  // --set key.path=value, value in TOML syntax or a bare word
};

/// Reads, checks and completes a scenario. Every mistake comes back with its place: unknown keys, wrong types,
/// impossible values, missing secrets, unreadable files. `embedded_receiver` = false (for `receive`, `explain`,
/// `simulate`): secrets that are not set are no mistake.
Result<Scenario> load_scenario(const std::string& file, const ScenarioOverrides& overrides, bool need_secrets = true);

/// The same from text; `file` stands in messages only.
Result<Scenario> parse_scenario(std::string_view text, const std::string& file, const ScenarioOverrides& overrides,
                                bool need_secrets = true);

/// Parses an absolute http(s) URL; the message says what is wrong with it.
Result<Endpoint> parse_endpoint_url(std::string_view url);

}  // namespace hookdrill
