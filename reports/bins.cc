#include "reports/bins.h"

#include <algorithm>
#include <cmath>

namespace hookdrill {
namespace {

double log_of(Duration duration) {
  return std::log(std::max(1.0, static_cast<double>(duration.count())));
}

}  // namespace

std::vector<std::uint64_t> logarithmic_bins(const Histogram& histogram, Duration low, Duration high,
                                            std::size_t count) {
  std::vector<std::uint64_t> bins(count);
  const double from = log_of(low), span = log_of(high) - from;
  for (std::size_t i = 0, end = histogram.used(); i < end; ++i) {
    const std::uint64_t values = histogram.counter(i);
    if (values == 0) continue;
    const double step = span <= 0 ? 0 : (log_of(Histogram::highest(i)) - from) / span * static_cast<double>(count);
    bins[static_cast<std::size_t>(std::clamp(step, 0.0, static_cast<double>(count - 1)))] += values;
  }
  return bins;
}

Duration bin_edge(Duration low, Duration high, std::size_t count, std::size_t index) {
  const double share = static_cast<double>(index) / static_cast<double>(count);
  return Duration(static_cast<std::int64_t>(std::exp(log_of(low) + (log_of(high) - log_of(low)) * share) + 0.5));
}

std::pair<Duration, Duration> common_range(const std::vector<const Histogram*>& histograms) {
  constexpr Duration kLeast = std::chrono::microseconds(1);
  Duration low = Duration::max(), high{};
  for (const Histogram* histogram : histograms) {
    if (histogram->count() == 0) continue;
    low = std::min(low, std::max(kLeast, histogram->min()));
    high = std::max(high, histogram->max());
  }
  if (low == Duration::max()) return {kLeast, std::chrono::seconds(1)};
  return {low, std::max(low, high)};
}

}  // namespace hookdrill
