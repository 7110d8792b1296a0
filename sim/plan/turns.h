// What runs after what: each path once with the whole plan, or the plan cut into blocks that go over every path by
// turns. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "plan/plan.h"

namespace hookdrill {

/// One path for one piece of the plan.
struct Turn {
  std::size_t path = 0;   // index in the scenario
  std::size_t block = 0;  // 0 when there are none
  Window window;
};

/// Each path with the whole plan, in the order of the scenario.
std::vector<Turn> turns_of_run(std::size_t paths);

/// The plan in `blocks` pieces with equal measured time each (a warm-up belongs to the piece that follows it), and each
/// piece over every path before the next one. Who begins is drawn from the seed, and changes so that neither drift nor
/// the place in a pair favours a path: A B, B A, B A, A B, ...
std::vector<Turn> turns_of_comparison(const std::vector<Stage>& stages, std::size_t blocks, std::size_t paths,
                                      std::uint64_t seed);

}  // namespace hookdrill
