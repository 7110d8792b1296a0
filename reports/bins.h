// A histogram over equal steps of a logarithmic axis: what bars and curves of durations draw.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/histogram.h"

namespace hookdrill {

/// How many finite values fall into each of `count` steps from `low` to `high`; values outside are in the first or the
/// last.
std::vector<std::uint64_t> logarithmic_bins(const Histogram& histogram, Duration low, Duration high, std::size_t count);

/// The edge below step `index`; index == count gives `high`.
Duration bin_edge(Duration low, Duration high, std::size_t count, std::size_t index);

/// The smallest and largest finite value of all of them, at least 1 µs; nothing finite: 1 µs to 1 s.
std::pair<Duration, Duration> common_range(const std::vector<const Histogram*>& histograms);

}  // namespace hookdrill
