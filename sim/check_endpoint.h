// `hookdrill check` step by step: what to check, finding out, judging, findings. Prints nothing but progress.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

struct CheckOptions {
  std::vector<std::string> connect;            // "host:port" in place of what the DNS says
  std::vector<std::string> only;               // families of checks; empty = all
  Duration budget = std::chrono::seconds(60);  // of everything
  bool fetch_issuers = true;
  bool quiet = false;
};

/// The families that `only` may name: the part of a check's id before the first dot.
std::vector<std::string> check_families();

/// A scenario for an endpoint that is given by its URL alone. Secrets may be empty: what needs them is not tested.
Result<Scenario> scenario_of_url(const std::string& url, const std::string& ca_file, Secret app_secret,
                                 Secret verify_token);

/// Checks every path of the scenario, one after another. A Diagnostic is a mistake of the user.
Result<Results> check_endpoint(Scenario scenario, const CheckOptions& options);

}  // namespace hookdrill
