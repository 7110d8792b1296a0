#include "engine/statistics.h"

#include <algorithm>
#include <cmath>

namespace hookdrill {
namespace {

constexpr double kZ = 1.959963984540054;  // two-sided 95 %

Interval wilson(double hits, double trials) {
  if (trials <= 0) return {};
  const double share = hits / trials;
  const double z2 = kZ * kZ / trials;
  const double centre = (share + z2 / 2) / (1 + z2);
  const double half = kZ * std::sqrt(share * (1 - share) / trials + z2 / trials / 4) / (1 + z2);
  return {hits <= 0 ? 0.0 : std::max(0.0, centre - half), hits >= trials ? 1.0 : std::min(1.0, centre + half)};
}

}  // namespace

Interval wilson(std::uint64_t hits, std::uint64_t trials) {
  return wilson(static_cast<double>(hits), static_cast<double>(trials));
}

std::uint64_t trials_needed(double share, double limit) {
  constexpr std::uint64_t kMost = 1'000'000'000;
  std::uint64_t low = 1;
  std::uint64_t high = kMost;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    const auto trials = static_cast<double>(middle);
    const Interval interval = wilson(share * trials, trials);
    if (interval.low > limit || interval.high < limit) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace hookdrill
