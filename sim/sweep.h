// `hookdrill simulate --sweep` and `--seeds`: many simulations of one scenario, on all cores.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/scenario_toml.h"
#include "reports/sweep.h"

namespace hookdrill {

struct SweepAxis {
  std::string key;
  std::vector<std::string> values;  // as --set takes them
};

/// "retry.jitter=0:0.4:0.1" (first, last, step; with a unit: "10s:60s:10s", "10/s:50/s:10/s"), or a list
/// "retry.schedule=guide,graph-36h". At most 1,000 values.
Result<SweepAxis> parse_sweep(std::string_view text);

/// Simulates every value with `seeds` seeds, from the scenario's own on. Each simulation has a thread to itself, one
/// for each core at a time; the results do not depend on how many there are. A value that the scenario cannot have is a
/// Diagnostic, before anything is simulated.
Result<SweepResults> run_sweep(const std::string& file, const ScenarioOverrides& overrides, const SweepAxis& axis,
                               std::uint64_t seeds, const std::atomic<bool>& stop);

}  // namespace hookdrill
