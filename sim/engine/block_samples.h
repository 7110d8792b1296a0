// What a comparison keeps of each block: the distributions that it compares and the drops, and nothing else, so that a
// thousand blocks fit. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/stats.h"
#include "plan/turns.h"

namespace hookdrill {

/// The durations that are compared.
inline constexpr std::array<std::string_view, 4> kComparedDurations{"latency", "service", "tls", "connect"};

/// A histogram's values with their counts, ascending; at the histogram's resolution, by the highest value that a
/// counter stands for, as Histogram::percentile() tells it.
struct Distribution {
  std::vector<std::pair<std::int64_t, std::uint64_t>> values;  // nanoseconds, count
  std::uint64_t infinite = 0;
  std::uint64_t total = 0;  // infinite ones included

  Distribution() = default;
  explicit Distribution(const Histogram& histogram);
};

/// One path in one block.
struct BlockSample {
  std::array<Distribution, kComparedDurations.size()> durations;  // as in kComparedDurations
  std::uint64_t dropped = 0;
  std::uint64_t drop_trials = 0;
};

BlockSample sample_of(const StageStats& measured);

struct BlockSamples {
  std::vector<std::vector<BlockSample>> paths;  // by path, then by block
  std::uint64_t other_kind = 0;                 // attempts left out: on connections of another kind

  BlockSamples(std::size_t path_count, std::size_t blocks) : paths(path_count, std::vector<BlockSample>(blocks)) {}
  void add(const Turn& turn, const StageStats& measured) {
    paths[turn.path][turn.block] = sample_of(measured);
    other_kind += measured.other_kind;
  }
};

}  // namespace hookdrill
