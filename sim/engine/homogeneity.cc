#include "engine/homogeneity.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"

namespace hookdrill {
namespace {

constexpr double kExpectedMin = 5;  // mean expected count of a group, for the chi-square distribution to hold
constexpr int kPermutations = 1200;
constexpr int kEnoughExceeded = 50;  // an even spread is seen after few permutations (Besag and Clifford 1991)

double upper_gamma_by_series(double a, double x) {
  double term = 1 / a;
  double sum = term;
  for (int n = 1; n < 10'000 && term > sum * 1e-15; ++n) sum += term *= x / (a + n);
  return 1 - sum * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

double upper_gamma_by_fraction(double a, double x) {  // Lentz's way to evaluate the continued fraction
  double b = x + 1 - a;
  double c = 1e300;
  double d = 1 / b;
  double h = d;
  for (int n = 1; n < 10'000; ++n) {
    const double numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    h *= d * c;
    if (std::fabs(d * c - 1) < 1e-15) break;
  }
  return h * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

/// Deals the rarer of lost and answered to the groups at random, as often as they are, and says how uneven that is.
class Permutations {
 public:
  Permutations(const std::vector<Tally>& groups, std::uint64_t dealt) : groups_(groups), dealt_(dealt) {
    std::uint64_t total = 0;
    for (const Tally& group : groups) {
      ends_.push_back(total += group.of);
      if (total <= kTableMax) group_at_.resize(total, static_cast<std::uint32_t>(ends_.size() - 1));
    }
    if (total > kTableMax) group_at_.clear();
  }

  /// Sum of count² / size: grows with Pearson's statistic, all else being equal.
  double next() {
    counts_.assign(groups_.size(), 0);
    double unevenness = 0;
    for (std::uint64_t done = 0; done < dealt_;) {
      const std::uint64_t place = draw_below({0, number_++, 0, Purpose::bootstrap}, ends_.back());
      const std::size_t group = group_of(place);
      // Without replacement: a place that is taken already is drawn again.
      const std::uint64_t within = place - (ends_[group] - groups_[group].of);
      if (within < counts_[group]) continue;
      unevenness += static_cast<double>(2 * counts_[group] + 1) / static_cast<double>(groups_[group].of);
      ++counts_[group];
      ++done;
    }
    return unevenness;
  }

 private:
  static constexpr std::uint64_t kTableMax = 1 << 20;

  std::size_t group_of(std::uint64_t place) const {
    if (!group_at_.empty()) return group_at_[place];
    return static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), place) - ends_.begin());
  }

  const std::vector<Tally>& groups_;
  std::uint64_t dealt_;
  std::vector<std::uint64_t> ends_;      // of the groups' places, one for each connection
  std::vector<std::uint32_t> group_at_;  // the same as a table, unless there are too many
  std::vector<std::uint64_t> counts_;
  std::uint64_t number_ = 0;
};

double p_by_permutations(const std::vector<Tally>& groups, bool lost_is_rarer, std::uint64_t rarer) {
  double observed = 0;
  for (const Tally& group : groups) {
    const auto count = static_cast<double>(lost_is_rarer ? group.lost : group.of - group.lost);
    observed += count * count / static_cast<double>(group.of);
  }
  Permutations permutations(groups, rarer);
  int exceeded = 0;
  int done = 0;
  while (done < kPermutations && exceeded < kEnoughExceeded) {
    ++done;
    exceeded += permutations.next() >= observed - 1e-9 ? 1 : 0;
  }
  return (exceeded + 1.0) / (done + 1.0);
}

}  // namespace

double chi_square_tail(double x, double degrees) {
  if (x <= 0 || degrees <= 0) return 1;
  const double a = degrees / 2;
  return std::clamp(x / 2 < a + 1 ? upper_gamma_by_series(a, x / 2) : upper_gamma_by_fraction(a, x / 2), 0.0, 1.0);
}

Homogeneity test_homogeneity(const std::vector<Tally>& all_groups) {
  std::vector<Tally> groups;
  Tally total;
  for (const Tally& group : all_groups) {
    if (group.of == 0) continue;
    groups.push_back(group);
    total.add(group);
  }
  Homogeneity result;
  result.groups = groups.size();
  if (groups.size() < 2 || total.lost == 0 || total.lost == total.of) return result;
  const double share = static_cast<double>(total.lost) / static_cast<double>(total.of);
  for (const Tally& group : groups) {
    const auto size = static_cast<double>(group.of);
    const double off = static_cast<double>(group.lost) - size * share;
    result.statistic += off * off / (size * share * (1 - share));
  }
  const std::uint64_t rarer = std::min(total.lost, total.of - total.lost);
  const auto group_count = static_cast<double>(groups.size());
  result.p_value = static_cast<double>(rarer) >= kExpectedMin * group_count
                       ? chi_square_tail(result.statistic, group_count - 1)
                       : p_by_permutations(groups, total.lost == rarer, rarer);
  return result;
}

}  // namespace hookdrill
