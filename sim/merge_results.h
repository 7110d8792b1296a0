// Several runs of one scenario as one: counts and histograms are added exactly, shares and verdicts are made again from
// the sums. Works on Results alone.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "reports/results.h"

namespace hookdrill {

struct Shard {
  std::string place;  // where it was read from, for messages
  Results results;
};

/// Judged again by the expectations that the shards carry. A Diagnostic when they are not runs of the same scenario, or
/// the same run twice. At least one shard.
Result<Results> merge_results(const std::vector<Shard>& shards);

}  // namespace hookdrill
