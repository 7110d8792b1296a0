// The few statistics that verdicts rest on.
#pragma once

#include <cstdint>

namespace hookdrill {

struct Interval {
  double low = 0;
  double high = 1;
};

/// Wilson's score interval for `hits` of `trials`, 95 %; [0, 1] without trials.
/// Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212.
Interval wilson(std::uint64_t hits, std::uint64_t trials);

/// How many trials a Wilson interval needs so that it lies on one side of `limit` when the true share is `share`; at
/// most 1e9.
std::uint64_t trials_needed(double share, double limit);

}  // namespace hookdrill
