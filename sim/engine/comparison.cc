#include "engine/comparison.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/resampling.h"

namespace hookdrill {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kLevel = 0.05;
constexpr std::size_t kReplicates = 2000;
constexpr std::size_t kNoiseReplicates = 400;
constexpr std::uint64_t kNoiseDraws = 1u << 20;  // the second path's halves are other draws than the first's
constexpr std::size_t kMetrics = kComparedDurations.size() * kComparedQuantiles.size() + 1;
constexpr std::size_t kDropRate = kMetrics - 1;
constexpr std::uint64_t kBlocksNeededMax = 100'000;
// Behind the metrics: the share of failures in each duration, which tells two infinite percentiles apart.
constexpr std::size_t kFailedShares = kMetrics;
using Metrics = std::array<double, kMetrics + kComparedDurations.size()>;

std::string metric_name(std::size_t metric) {
  if (metric == kDropRate) return "drop.rate";
  return fmt::format("{}.{}", kComparedDurations[metric / kComparedQuantiles.size()],
                     kComparedQuantiles[metric % kComparedQuantiles.size()]);
}

/// Two paths' blocks, ready to be asked about any choice of them. Slots: the baseline's blocks, then the other's.
class PairedBlocks {
 public:
  PairedBlocks(const std::vector<BlockSample>& baseline, const std::vector<BlockSample>& path) : blocks_(path.size()) {
    for (const auto* side : {&baseline, &path}) {
      for (const BlockSample& block : *side) slots_.push_back(&block);
    }
    for (std::size_t i = 0; i < kComparedDurations.size(); ++i) {
      std::vector<const Distribution*> distributions;
      for (const BlockSample* slot : slots_) distributions.push_back(&slot->durations[i]);
      durations_.emplace_back(distributions);
    }
  }

  std::size_t blocks() const { return blocks_; }

  Metrics metrics(const std::vector<std::uint32_t>& weights) const {
    Metrics metrics{};
    for (std::size_t i = 0; i < durations_.size(); ++i) {
      const Quantiles quantiles = durations_[i].quantiles(weights);
      std::copy(quantiles.begin(), quantiles.end(),
                metrics.begin() + static_cast<std::ptrdiff_t>(i * quantiles.size()));
      metrics[kFailedShares + i] = durations_[i].infinite_share(weights);
    }
    std::uint64_t dropped = 0, trials = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      dropped += weights[i] * slots_[i]->dropped;
      trials += weights[i] * slots_[i]->drop_trials;
    }
    metrics[kDropRate] = trials == 0 ? 0 : static_cast<double>(dropped) / static_cast<double>(trials);
    return metrics;
  }

  /// How many values a metric of one side rests on.
  std::uint64_t samples(std::size_t metric, bool baseline) const {
    std::uint64_t count = 0;
    for (std::size_t block = 0; block < blocks_; ++block) {
      const std::size_t slot = baseline ? block : blocks_ + block;
      count +=
          metric == kDropRate ? slots_[slot]->drop_trials : durations_[metric / kComparedQuantiles.size()].total(slot);
    }
    return count;
  }

  Interval drop_interval() const {
    std::uint64_t dropped[2] = {}, trials[2] = {};
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      dropped[i / blocks_] += slots_[i]->dropped;
      trials[i / blocks_] += slots_[i]->drop_trials;
    }
    return newcombe(dropped[0], trials[0], dropped[1], trials[1]);
  }

 private:
  std::size_t blocks_;
  std::vector<const BlockSample*> slots_;
  std::vector<PooledDistributions> durations_;
};

/// Weights by which one side's slots are taken, the other's not.
std::vector<std::uint32_t> side(const std::vector<std::uint32_t>& blocks, bool baseline) {
  std::vector<std::uint32_t> weights(blocks.size() * 2);
  std::copy(blocks.begin(), blocks.end(), weights.begin() + static_cast<std::ptrdiff_t>(baseline ? 0 : blocks.size()));
  return weights;
}

Metrics difference(const Metrics& baseline, const Metrics& path) {
  Metrics difference{};
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = path[i] - baseline[i];
  return difference;
}

// Two infinite values differ by an unknown amount: `unknown` stands for it, so that each end of an interval is the far
// one.
double ranked(std::vector<double> values, double unknown, std::size_t rank) {
  for (double& value : values) value = std::isnan(value) ? unknown : value;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank), values.end());
  return values[rank];
}

std::array<Interval, kMetrics> bootstrap(const PairedBlocks& pair, std::uint64_t seed) {
  std::array<std::vector<double>, kMetrics> drawn;
  for (std::size_t replicate = 0; replicate < kReplicates; ++replicate) {
    const std::vector<std::uint32_t> weights = bootstrap_weights(seed, replicate, pair.blocks());
    const Metrics d = difference(pair.metrics(side(weights, true)), pair.metrics(side(weights, false)));
    for (std::size_t i = 0; i < kMetrics; ++i) drawn[i].push_back(d[i]);
  }
  const auto cut = static_cast<std::size_t>(bootstrap_tail(pair.blocks()) * static_cast<double>(kReplicates));
  std::array<Interval, kMetrics> intervals;
  for (std::size_t i = 0; i < kMetrics; ++i) {
    intervals[i] = {ranked(drawn[i], -kInfinity, cut), ranked(drawn[i], kInfinity, kReplicates - 1 - cut)};
  }
  return intervals;
}

// What a permutation is measured by: the difference itself, or, where failures reach into the percentile of one path,
// how much more of them it has.
double test_size(const Metrics& of, std::size_t metric, const Metrics& observed) {
  const bool by_share = metric != kDropRate && std::isinf(observed[metric]);
  const double size = std::abs(of[by_share ? kFailedShares + metric / kComparedQuantiles.size() : metric]);
  return std::isnan(size) ? 0 : size;
}

// How often swapping the paths in random blocks makes a difference as large as the one observed: exact when nothing but
// the path differs within a block, whatever the distribution.
Metrics permutation_p(const PairedBlocks& pair, const Metrics& observed, std::size_t replicates, std::uint64_t seed) {
  std::array<std::size_t, kMetrics> as_large{};
  const std::size_t blocks = pair.blocks();
  for (std::size_t replicate = 0; replicate < replicates; ++replicate) {
    const std::vector<bool> swapped = coin_flips(seed, replicate, blocks);
    std::vector<std::uint32_t> first(2 * blocks), second(2 * blocks);
    for (std::size_t block = 0; block < blocks; ++block) {
      first[swapped[block] ? blocks + block : block] = 1;
      second[swapped[block] ? block : blocks + block] = 1;
    }
    const Metrics d = difference(pair.metrics(first), pair.metrics(second));
    for (std::size_t i = 0; i < kMetrics; ++i) {
      as_large[i] += test_size(d, i, observed) >= test_size(observed, i, observed) * (1 - 1e-12) ? 1 : 0;
    }
  }
  Metrics p{};
  for (std::size_t i = 0; i < kMetrics; ++i)
    p[i] = static_cast<double>(as_large[i] + 1) / static_cast<double>(replicates + 1);
  return p;
}

// Halves are half as many blocks as the comparison has, on both sides: their differences are larger by the root of 2.
Metrics noise_of_side(const PairedBlocks& pair, bool baseline, std::uint64_t seed) {
  std::array<std::vector<double>, kMetrics> drawn;
  for (std::size_t replicate = 0; replicate < kNoiseReplicates; ++replicate) {
    const std::vector<std::uint32_t> half = random_half(seed, replicate + (baseline ? 0 : kNoiseDraws), pair.blocks());
    std::vector<std::uint32_t> rest(half.size());
    for (std::size_t i = 0; i < half.size(); ++i) rest[i] = 1 - half[i];
    const Metrics d = difference(pair.metrics(side(half, baseline)), pair.metrics(side(rest, baseline)));
    for (std::size_t i = 0; i < kMetrics; ++i) drawn[i].push_back(std::abs(d[i]) / std::sqrt(2.0));
  }
  Metrics noise{};
  for (std::size_t i = 0; i < kMetrics; ++i)
    noise[i] = ranked(drawn[i], kInfinity, static_cast<std::size_t>(kNoiseReplicates * 0.95));
  return noise;
}

std::vector<Compared> compare_pair(const PairedBlocks& pair, std::size_t path, std::size_t replicates,
                                   const CompareSettings& settings, std::uint64_t seed) {
  const std::vector<std::uint32_t> all(pair.blocks(), 1);
  const Metrics baseline = pair.metrics(side(all, true));
  const Metrics value = pair.metrics(side(all, false));
  const Metrics observed = difference(baseline, value);
  const std::array<Interval, kMetrics> intervals = bootstrap(pair, seed);
  const Metrics p = permutation_p(pair, observed, replicates, seed);
  const Metrics noise[] = {noise_of_side(pair, true, seed), noise_of_side(pair, false, seed)};
  const Interval drops = pair.drop_interval();
  std::vector<Compared> rows;
  for (std::size_t i = 0; i < kMetrics; ++i) {
    Compared row;
    row.metric = metric_name(i);
    row.path = path;
    row.is_rate = i == kDropRate;
    row.samples = std::min(pair.samples(i, true), pair.samples(i, false));
    if (row.samples == 0) continue;
    row.baseline = baseline[i];
    row.value = value[i];
    row.difference = observed[i];
    row.interval = intervals[i];
    if (row.is_rate) row.interval = {std::min(drops.low, row.interval.low), std::max(drops.high, row.interval.high)};
    row.p = p[i];
    row.noise = std::max(noise[0][i], noise[1][i]);
    const double share = settings.margin_share * (std::isfinite(row.baseline) ? row.baseline : 0);
    row.margin = row.is_rate ? settings.drop_margin : std::max(static_cast<double>(settings.margin.count()), share);
    rows.push_back(std::move(row));
  }
  return rows;
}

// A percentile of few values is one of the largest ones: no interval over blocks makes it more.
std::uint64_t samples_wanted(const std::string& metric) {
  constexpr double kBeyond = 5;
  for (std::size_t i = 0; i < kComparedQuantiles.size(); ++i) {
    if (metric.ends_with(kComparedQuantiles[i]))
      return static_cast<std::uint64_t>(std::llround(kBeyond / (1 - kQuantileShares[i])));
  }
  return 1;
}

// Intervals shrink with the root of the number of blocks; the smaller of what would prove a difference and what would
// prove that there is none.
std::uint64_t blocks_to_decide(const Compared& row, std::size_t blocks) {
  const double half = (row.interval.high - row.interval.low) / 2;
  const double size = std::abs(row.difference);
  if (!std::isfinite(half) || !std::isfinite(size) || blocks == 0) return 0;
  const auto blocks_for = [&](double half_wanted) {
    return half_wanted <= 0 ? kInfinity : static_cast<double>(blocks) * std::pow(half / half_wanted, 2);
  };
  // The correction for many metrics asks about a third more of an interval than 95 % does.
  constexpr double kCorrection = 1.5;
  const double needed = std::min(blocks_for(size / kCorrection), blocks_for(row.margin - size));
  if (needed > static_cast<double>(kBlocksNeededMax)) return 0;
  return std::max<std::uint64_t>(blocks + 1, static_cast<std::uint64_t>(std::ceil(needed)));
}

void answer(Compared& row, std::size_t blocks) {
  const std::uint64_t wanted = samples_wanted(row.metric);
  if (std::isnan(row.difference)) {
    row.why = "failures reach into this percentile on both paths";
  } else if (row.interval.low > -row.margin && row.interval.high < row.margin) {
    row.answer = Answer::no_difference;
  } else if (row.samples < wanted) {
    row.why = fmt::format("{} samples; this percentile needs {}", row.samples, wanted);
    row.blocks_needed = (blocks * wanted + row.samples - 1) / row.samples;
  } else if (row.p < kLevel && (row.interval.low > 0 || row.interval.high < 0)) {
    row.answer = row.difference < 0 ? Answer::better : Answer::worse;
  } else {
    row.blocks_needed = blocks_to_decide(row, blocks);
    row.why = row.blocks_needed == 0 ? "the interval holds 0 and is wider than the margin"
                                     : fmt::format("about {} blocks would decide", row.blocks_needed);
  }
}

}  // namespace

std::string_view answer_text(Answer answer) {
  constexpr std::string_view kTexts[] = {"better", "worse", "no difference", "undecided"};
  return kTexts[static_cast<std::size_t>(answer)];
}

std::vector<Compared> compare_paths(const BlockSamples& samples, const CompareSettings& settings, std::uint64_t seed) {
  const std::size_t pairs = samples.paths.size() - 1;
  // So many that the smallest p value can still pass the correction for all metrics.
  const std::size_t replicates = std::max(kReplicates, static_cast<std::size_t>(2 / kLevel) * kMetrics * pairs);
  std::vector<Compared> rows;
  for (std::size_t path = 1; path < samples.paths.size(); ++path) {
    const PairedBlocks pair(samples.paths[0], samples.paths[path]);
    for (Compared& row : compare_pair(pair, path, replicates, settings, seed)) rows.push_back(std::move(row));
  }
  decide(rows, samples.paths[0].size());
  return rows;
}

void decide(std::vector<Compared>& rows, std::size_t blocks) {
  std::vector<double> p_values;
  for (const Compared& row : rows) p_values.push_back(row.p);
  const std::vector<double> corrected = holm(p_values);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].p = corrected[i];
    answer(rows[i], blocks);
  }
}

}  // namespace hookdrill
