// Quantiles of any choice of blocks: what bootstraps and permutation tests ask thousands of times. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/block_samples.h"

namespace hookdrill {

/// The quantiles that are compared.
inline constexpr std::array<std::string_view, 3> kComparedQuantiles{"p50", "p95", "p99"};
inline constexpr std::array<double, 3> kQuantileShares{0.50, 0.95, 0.99};
using Quantiles = std::array<double, kComparedQuantiles.size()>;

/// Distributions laid out once in the order of their values; quantiles of a weighted choice of them are then one pass.
class PooledDistributions {
 public:
  explicit PooledDistributions(const std::vector<const Distribution*>& slots);

  /// Of all values of the slots, each slot taken weights[slot] times; infinite where failures reach into the quantile,
  /// 0 when nothing was chosen. As Histogram::percentile().
  Quantiles quantiles(std::span<const std::uint32_t> weights) const;

  /// Share of the infinite among them; 0 when nothing was chosen.
  double infinite_share(std::span<const std::uint32_t> weights) const;

  std::uint64_t total(std::size_t slot) const { return totals_[slot]; }

 private:
  struct Entry {
    std::int64_t value;
    std::uint32_t slot;
    std::uint64_t count;
  };
  std::vector<Entry> entries_;  // ascending
  std::vector<std::uint64_t> totals_;
  std::vector<std::uint64_t> infinite_;
};

/// Which blocks a replicate draws, with replacement: how often each.
std::vector<std::uint32_t> bootstrap_weights(std::uint64_t seed, std::uint64_t replicate, std::size_t blocks);

/// A random choice of units, each with probability 1/2: in which blocks a permutation swaps the paths.
std::vector<bool> coin_flips(std::uint64_t seed, std::uint64_t replicate, std::size_t count);

/// A random half of the blocks (rounded down) as 1, the others as 0.
std::vector<std::uint32_t> random_half(std::uint64_t seed, std::uint64_t replicate, std::size_t blocks);

}  // namespace hookdrill
