// What can be said only of a whole scenario: names that clash, secrets, defaults that depend on other values.
#pragma once

#include <string>

#include "plan/scenario.h"
#include "plan/scenario_values.h"

namespace hookdrill {

/// A scenario on its way from TOML.
struct Draft {
  Scenario scenario;
  SecretSource app_secret;
  SecretSource verify_token;
};

/// Checks and completes a draft whose every value has been read. Reads secrets from the environment and from files.
/// `ca_file`: from the command line, or "".
void finish_scenario(const TomlNode& root, const std::string& ca_file, bool need_secrets, Draft& draft,
                     Reading& reading);

}  // namespace hookdrill
