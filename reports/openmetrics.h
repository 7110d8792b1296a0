// OpenMetrics text, for GitLab's metrics report, a textfile collector, or a push gateway.
#pragma once

#include <string>

#include "reports/results.h"

namespace hookdrill {

/// Counters of deliveries and attempts, drop rates, histograms of all phases in seconds. Failures count in the +Inf
/// bucket of latency, and _sum is of the values that came. Fixed buckets, 0.25 and 1 among them, so that runs can be
/// compared.
std::string openmetrics_report(const Results& results);

}  // namespace hookdrill
