// Expectations held against results: which hold, which do not, and which the sample is too small to decide. Works on
// Results alone, so that merged shards are judged in the same way.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

/// A metric name taken apart: "[path.][stage.]metric". Metrics:
///   drop.rate                                    share of fresh connections
///   deliveries.<planned|delivered|...>[.rate]    count, or share of planned; also `lost` = expired + abandoned
///   attempts.total, attempts.failed[.rate], attempts.<outcome code>[.rate]
///   <histogram>.<min|mean|p50|p90|p95|p99|p999|max>     seconds; failures count as infinite in latency,
///   time_to_deliver
struct Metric {
  std::string path;   // "" = every path
  std::string stage;  // "" = all measured stages
  std::string name;   // without them
};

/// Whether a value keeps to a limit.
bool holds(Expectation::Relation relation, double value, double limit);

/// "below", "at most", "equal to": how a limit is read.
std::string_view relation_text(Expectation::Relation relation);

/// Fails with the nearest known metric when the name means nothing for this scenario.
Result<Metric> parse_metric(const Scenario& scenario, const Expectation& expectation);

/// Fills results.verdicts and results.verdict; reads untrusted_because, which makes any verdict untrusted.
void judge(const Scenario& scenario, Results& results);

}  // namespace hookdrill
