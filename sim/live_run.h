// `hookdrill run` step by step: receiver, trust, proof of ownership, paths one after another, results. Prints nothing
// but progress.
#pragma once

#include <atomic>
#include <variant>

#include "base/result.h"
#include "engine/attempt_log.h"
#include "engine/block_samples.h"
#include "plan/scenario.h"
#include "plan/turns.h"
#include "reports/results.h"

namespace hookdrill {

/// The target did not prove that it is ours; nothing but the verification request was sent.
struct Refused {
  std::string why;
};

/// What `run` and `compare` do differently on the same sockets.
struct LiveRunSettings {
  std::string command = "run";
  bool quiet = false;
  std::vector<Turn> turns;          // empty: turns_of_run()
  AttemptLog* log = nullptr;        // of every attempt; may be null
  BlockSamples* samples = nullptr;  // of compare: what every turn measured, on the scenario's kind of connection
};

/// Says so on stderr; returns the exit code.
int print_refusal(const Refused& refused);

/// Runs the scenario on real sockets. A Diagnostic is a mistake of the user that only shows now (no such trust file, a
/// port that is taken). Results are not judged yet: see judge().
Result<std::variant<Results, Refused>> run_live(Scenario scenario, const LiveRunSettings& settings,
                                                const std::atomic<bool>& stop);

/// What is wrong with a scenario beyond its syntax: unknown payload types and metrics, rates above limits.max_rate for
/// a target that is not on loopback.
Result<void> check_scenario(const Scenario& scenario);

}  // namespace hookdrill
