#include "engine/resampling.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/rng.h"

namespace hookdrill {
namespace {

// Draws for the three uses below never share a key.
enum Use : std::uint32_t { kBootstrap, kFlip, kHalf };

DrawKey key(std::uint64_t seed, std::uint64_t replicate, Use use, std::size_t index) {
  return {seed, replicate, use, Purpose::bootstrap, static_cast<std::uint32_t>(index)};
}

}  // namespace

PooledDistributions::PooledDistributions(const std::vector<const Distribution*>& slots) {
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    totals_.push_back(slots[slot]->total);
    infinite_.push_back(slots[slot]->infinite);
    for (const auto& [value, count] : slots[slot]->values)
      entries_.push_back({value, static_cast<std::uint32_t>(slot), count});
  }
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.value < b.value; });
}

Quantiles PooledDistributions::quantiles(std::span<const std::uint32_t> weights) const {
  std::uint64_t total = 0;
  for (std::size_t slot = 0; slot < totals_.size(); ++slot) total += weights[slot] * totals_[slot];
  Quantiles found{};
  if (total == 0) return found;
  found.fill(std::numeric_limits<double>::infinity());
  std::size_t next = 0;
  const auto rank = [&](std::size_t quantile) {
    return static_cast<std::uint64_t>(std::ceil(kQuantileShares[quantile] * static_cast<double>(total)));
  };
  std::uint64_t wanted = rank(0);
  std::uint64_t passed = 0;
  for (const Entry& entry : entries_) {
    passed += weights[entry.slot] * entry.count;
    while (passed >= wanted) {
      found[next] = static_cast<double>(entry.value);
      if (++next == found.size()) return found;
      wanted = rank(next);
    }
  }
  return found;
}

double PooledDistributions::infinite_share(std::span<const std::uint32_t> weights) const {
  std::uint64_t infinite = 0, total = 0;
  for (std::size_t slot = 0; slot < totals_.size(); ++slot) {
    infinite += weights[slot] * infinite_[slot];
    total += weights[slot] * totals_[slot];
  }
  return total == 0 ? 0 : static_cast<double>(infinite) / static_cast<double>(total);
}

std::vector<std::uint32_t> bootstrap_weights(std::uint64_t seed, std::uint64_t replicate, std::size_t blocks) {
  std::vector<std::uint32_t> weights(blocks);
  for (std::size_t i = 0; i < blocks; ++i) ++weights[draw_below(key(seed, replicate, kBootstrap, i), blocks)];
  return weights;
}

std::vector<bool> coin_flips(std::uint64_t seed, std::uint64_t replicate, std::size_t count) {
  std::vector<bool> flips(count);
  for (std::size_t i = 0; i < count; ++i) flips[i] = draw(key(seed, replicate, kFlip, i)) >> 63 != 0;
  return flips;
}

std::vector<std::uint32_t> random_half(std::uint64_t seed, std::uint64_t replicate, std::size_t blocks) {
  std::vector<std::size_t> order(blocks);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = blocks; i > 1; --i)
    std::swap(order[i - 1], order[draw_below(key(seed, replicate, kHalf, i), i)]);
  std::vector<std::uint32_t> half(blocks);
  for (std::size_t i = 0; i < blocks / 2; ++i) half[order[i]] = 1;
  return half;
}

}  // namespace hookdrill
