// JSON that CI systems draw: the summary of k6, which GitLab's load-performance widget reads, and the list of numbers
// that github-action-benchmark keeps over commits.
#pragma once

#include <string>

#include "reports/results.h"

namespace hookdrill {

/// k6's --summary-export: times in ms, over all paths. "http_req_duration" is left out, since in k6 it is without
/// connect and TLS, which is no number of ours. The widget shows checks, http_req_waiting and http_reqs.
std::string k6_summary(const Results& results);

/// For its tool "customSmallerIsBetter": percentiles of latency, drop rate and failed share of each path. A percentile
/// that is infinite is left out; the failed share tells it.
std::string benchmark_report(const Results& results);

}  // namespace hookdrill
