// Metrics that need the run's seconds, or its date: worst minutes, best seconds, days left. Works on Results alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "reports/results.h"

namespace hookdrill {

/// The five minutes with the largest share of failed attempts (in shorter runs: all of it), by when they ended.
struct FailedIn {
  std::uint64_t failed = 0;
  std::uint64_t of = 0;
};
FailedIn worst_five_minutes(const PathResults& path);

/// Deliveries in the second in which most were delivered; where a row of the series is longer, their mean over it.
double peak_rate(const PathResults& path);

/// Whole days from `from` (RFC 3339) to `to` ("2026-12-10 ..."); nothing when one of them is no date.
std::optional<std::int64_t> days_between(const std::string& from, const std::string& to);

}  // namespace hookdrill
