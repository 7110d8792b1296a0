#include "engine/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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

Interval difference_interval(double first, Interval of_first, double second, Interval of_second) {
  const double difference = second - first;
  return {difference - std::hypot(second - of_second.low, of_first.high - first),
          difference + std::hypot(of_second.high - second, first - of_first.low)};
}

Interval newcombe(std::uint64_t first_hits, std::uint64_t first_trials, std::uint64_t second_hits,
                  std::uint64_t second_trials) {
  const auto share = [](std::uint64_t hits, std::uint64_t trials) {
    return trials == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(trials);
  };
  return difference_interval(share(first_hits, first_trials), wilson(first_hits, first_trials),
                             share(second_hits, second_trials), wilson(second_hits, second_trials));
}

std::vector<double> holm(const std::vector<double>& p_values) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> corrected(p_values.size());
  double least = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    least = std::max(least, std::min(1.0, static_cast<double>(order.size() - i) * p_values[order[i]]));
    corrected[order[i]] = least;
  }
  return corrected;
}

double bootstrap_tail(std::size_t units) {
  if (units < 2) return 0;
  const double freedom = static_cast<double>(units - 1);
  // Student's t by its expansion around the normal value (Abramowitz & Stegun 26.7.5); exact to 0.1 % from 10 on.
  const double z3 = kZ * kZ * kZ, z5 = z3 * kZ * kZ;
  const double t = kZ + (z3 + kZ) / (4 * freedom) + (5 * z5 + 16 * z3 + 3 * kZ) / (96 * freedom * freedom);
  const double at = t * std::sqrt(static_cast<double>(units) / freedom);
  return std::erfc(at / std::sqrt(2.0)) / 2;
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
