// Two paths over the same blocks: which is better, by how much, and whether that can be told at all. The block is the
// unit of analysis: attempts within one share its luck. Pure; every draw follows from the seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/block_samples.h"
#include "engine/statistics.h"

namespace hookdrill {

/// Of the path, against the baseline; lower is better in every metric.
enum class Answer { better, worse, no_difference, undecided };
std::string_view answer_text(Answer answer);

/// One metric of one path against the first path.
struct Compared {
  std::string metric;  // "latency.p99", "drop.rate"
  std::size_t path = 0;
  bool is_rate = false;  // else nanoseconds
  double baseline = 0;   // infinite where failures reach into the percentile
  double value = 0;
  double difference = 0;  // value - baseline; not a number when both are infinite
  Interval interval;      // of the difference, 95 %
  double p = 1;           // of "there is no difference", by permutation of the blocks, corrected (Holm) for all metrics
  Answer answer = Answer::undecided;
  std::string why;  // of an undecided one
  double margin = 0;
  double noise = 0;           // 95 % of the differences between halves of the same path's blocks, scaled to whole ones
  std::uint64_t samples = 0;  // of the path with fewer of them
  std::uint64_t blocks_needed = 0;  // of an undecided one; 0 = more blocks would not help
};

/// Every path of `samples` against the first, in all metrics that both have values for. Intervals: a paired bootstrap
/// over blocks (percentiles); Newcombe's, widened to the bootstrap's where losses come in clusters (drop rates).
std::vector<Compared> compare_paths(const BlockSamples& samples, const CompareSettings& settings, std::uint64_t seed);

/// Fills `p` (as given before: uncorrected), `answer`, `why` and `blocks_needed` from everything else. `blocks` is 0
/// when there are none.
void decide(std::vector<Compared>& rows, std::size_t blocks);

}  // namespace hookdrill
