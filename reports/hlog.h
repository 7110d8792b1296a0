// HdrHistogram's own formats: the interval log (.hlog, version 1.3) and the percentile distribution as text.
#pragma once

#include <string>

#include "reports/results.h"

namespace hookdrill {

/// A line for each path and phase, "Tag=<path>.<phase>", over the whole run; "Tag=<path>.failed.<phase>" for attempts
/// that were not answered. Values are nanoseconds, the maximum of a line is in milliseconds, as HdrHistogram's tools
/// expect. Values that never came have no place in the format: a comment tells how many.
std::string hlog_report(const Results& results);

/// Value (ms), percentile, count, 1/(1-percentile) of the latency of each path, as HdrHistogram's plotter reads; five
/// steps for each halving of the distance to 100 %. Ends where failures begin, if they count as infinite.
std::string percentile_report(const Results& results);

}  // namespace hookdrill
