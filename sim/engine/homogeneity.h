// Is something lost evenly over groups (senders, addresses, spans of time), or more in some than chance would have it?
// Pearson's chi-square for many counts, random permutations for few. Deterministic: the draws have keys.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/loss_evidence.h"

namespace hookdrill {

/// P(X > x) of a chi-square variable with so many degrees of freedom (regularised upper incomplete gamma function;
/// Abramowitz and Stegun 6.5.29, 6.5.31).
double chi_square_tail(double x, double degrees);

struct Homogeneity {
  double statistic = 0;      // Pearson's chi-square
  double p_value = 1;        // how often chance alone would be at least this uneven
  std::uint64_t groups = 0;  // that have any connection
};

/// With fewer than two groups, or when nothing or everything is lost, the p-value is 1. Where the groups are too small
/// for the chi-square distribution, the p-value comes from up to 1,200 permutations and is never below 1/1201.
Homogeneity test_homogeneity(const std::vector<Tally>& groups);

}  // namespace hookdrill
