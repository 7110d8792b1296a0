// `hookdrill run` step by step: receiver, trust, proof of ownership, paths one after another, results. Prints nothing
// but progress.
#pragma once

#include <atomic>
#include <variant>

#include "base/result.h"
#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

/// The target did not prove that it is ours; nothing but the verification request was sent.
struct Refused {
  std::string why;
};

/// Runs the scenario on real sockets. A Diagnostic is a mistake of the user that only shows now (no such trust file, a
/// port that is taken).
Result<std::variant<Results, Refused>> run_live(Scenario scenario, bool quiet, const std::atomic<bool>& stop);

/// What is wrong with a scenario beyond its syntax: unknown payload types and metrics, rates above limits.max_rate for
/// a target that is not on loopback.
Result<void> check_scenario(const Scenario& scenario);

}  // namespace hookdrill
