// The few statistics that verdicts rest on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hookdrill {

struct Interval {
  double low = 0;
  double high = 1;
};

/// Wilson's score interval for `hits` of `trials`, 95 %; [0, 1] without trials.
/// Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212.
Interval wilson(std::uint64_t hits, std::uint64_t trials);

/// Newcombe's interval for the difference of two shares, second minus first, 95 %, from their Wilson intervals; the
/// trials are taken to be independent. Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873–890, method 10.
Interval newcombe(std::uint64_t first_hits, std::uint64_t first_trials, std::uint64_t second_hits,
                  std::uint64_t second_trials);

/// The same for any two estimates with intervals of their own (the method of variance estimates recovery).
Interval difference_interval(double first, Interval of_first, double second, Interval of_second);

/// P values made comparable with a level for the whole family: that many false alarms at most in all tests together.
/// Source: S. Holm, Scand. J. Statistics 6 (1979) 65–70.
std::vector<double> holm(const std::vector<double>& p_values);

/// The share to cut from each end of a bootstrap distribution over `units` resampled units so that what remains is a 95
/// % interval: a little less than 2.5 %, as resampling few units spreads too little. Source: T. C. Hesterberg, The
/// American Statistician 69 (2015) 371–386, "expanded percentile interval".
double bootstrap_tail(std::size_t units);

/// How many trials a Wilson interval needs so that it lies on one side of `limit` when the true share is `share`; at
/// most 1e9.
std::uint64_t trials_needed(double share, double limit);

}  // namespace hookdrill
