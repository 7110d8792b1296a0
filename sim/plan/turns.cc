#include "plan/turns.h"

#include <algorithm>

#include "base/check.h"
#include "base/rng.h"

namespace hookdrill {
namespace {

// The plan's time at which `measured` of the measured time is over.
Time after_measured(const std::vector<Stage>& stages, Duration measured) {
  Time at = kRunStart;
  for (const Stage& stage : stages) {
    if (stage.measure && measured <= stage.length) return at + measured;
    if (stage.measure) measured -= stage.length;
    at += stage.length;
  }
  return at;
}

Duration measured_length(const std::vector<Stage>& stages) {
  Duration length{};
  for (const Stage& stage : stages) length += stage.measure ? stage.length : Duration{};
  return length;
}

// Forwards and backwards by turns; with more than two paths the first one moves on after each such pair of blocks.
std::size_t path_at(std::size_t place, std::size_t block, std::size_t paths, std::uint64_t start) {
  const bool backwards = (block + start) % 2 == 1;
  const std::size_t shift = (block / 2 + static_cast<std::size_t>(start / 2)) % paths;
  return ((backwards ? paths - 1 - place : place) + shift) % paths;
}

}  // namespace

std::vector<Turn> turns_of_run(std::size_t paths) {
  std::vector<Turn> turns(paths);
  for (std::size_t path = 0; path < paths; ++path) turns[path].path = path;
  return turns;
}

std::vector<Turn> turns_of_comparison(const std::vector<Stage>& stages, std::size_t blocks, std::size_t paths,
                                      std::uint64_t seed) {
  HOOKDRILL_CHECK(blocks > 0 && paths > 0);
  const Duration length = measured_length(stages);
  const auto ordinal = [&](std::size_t block) {
    return length / static_cast<std::int64_t>(blocks) * static_cast<std::int64_t>(block);
  };
  const std::uint64_t start = draw({.seed = seed, .purpose = Purpose::block_order}) >> 8;
  std::vector<Turn> turns;
  Window window;
  for (std::size_t block = 0; block < blocks; ++block) {
    window.to = block + 1 == blocks ? kNever : after_measured(stages, ordinal(block + 1));
    for (std::size_t place = 0; place < paths; ++place)
      turns.push_back({path_at(place, block, paths, start), block, window});
    window.from = window.to;
  }
  return turns;
}

}  // namespace hookdrill
