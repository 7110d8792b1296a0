// The pictures of the HTML page, each as a figure with its numbers.
#pragma once

#include <string>

#include "reports/results.h"

namespace hookdrill {

/// The class that gives a path its colour and dash, by its place in Results::paths.
std::string path_style(std::size_t index);

/// Latency over percentiles, all paths in one picture; "" when nothing was measured.
std::string percentile_figure(const Results& results);

/// How the values of one histogram ("connect") are spread, all paths in one picture; "" when there are none.
std::string spread_figure(const Results& results, const std::string& key, const std::string& title);

/// What happened in each second on one path; "" without a series.
std::string time_figure(const std::string& name, const PathResults& path, std::size_t index);

/// How late this machine sent, over time, all paths; "" without a series.
std::string lateness_figure(const Results& results);

}  // namespace hookdrill
