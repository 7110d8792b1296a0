#include "engine/comparison.h"

#include <cmath>

#include "base/rng.h"
#include "catch.h"
#include "engine/resampling.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kBlocks = 24;
constexpr int kAttempts = 60;  // in a block of a path

/// A path made up: log-normal service times, a drift that both paths share, and a share of drops.
struct World {
  Duration added{};
  double dropped = 0;
  double drift = 0.3;  // of a block, as the logarithm's standard deviation: the machine was busier then
};

double normal(std::uint64_t seed, std::uint64_t which, std::uint32_t index) {
  return draw_normal({seed, which, 0, Purpose::model, index});
}

BlockSample block_of(const World& world, std::uint64_t seed, std::size_t path, std::size_t block) {
  StageStats stats;
  const double drift = world.drift * normal(seed, block, 0);
  for (int i = 0; i < kAttempts; ++i) {
    const std::uint64_t number = (path + 1) * 1'000'000 + block * 1000 + static_cast<std::uint64_t>(i);
    Finished finished;
    finished.outcome = {OutcomeKind::ok, 200};
    const Duration handshake = from_seconds(0.002 * std::exp(0.2 * normal(seed, number, 1) + drift));
    const Duration service =
        handshake + from_seconds(0.004 * std::exp(0.3 * normal(seed, number, 2) + drift)) + world.added;
    finished.phases = {kNotReached, 100us, handshake, 10us, service - handshake, 10us};
    finished.done = finished.sent + service;
    if (draw_unit({seed, number, 0, Purpose::model, 3}) < world.dropped) {
      finished.outcome = {OutcomeKind::connect_timeout, 0};
      finished.phases.fill(kNotReached);
    }
    stats.record(finished, finished.outcome.ok() ? Ending::delivered : Ending::expired);
  }
  return sample_of(stats);
}

std::vector<Compared> compare_worlds(const World& baseline, const World& path, std::uint64_t seed) {
  BlockSamples samples(2, kBlocks);
  for (std::size_t block = 0; block < kBlocks; ++block) {
    samples.paths[0][block] = block_of(baseline, seed, 0, block);
    samples.paths[1][block] = block_of(path, seed, 1, block);
  }
  return compare_paths(samples, CompareSettings(), seed);
}

const Compared& row_of(const std::vector<Compared>& rows, std::string_view metric) {
  for (const Compared& row : rows) {
    if (row.metric == metric) return row;
  }
  FAIL("no row " << metric);
  return rows.at(0);
}

bool within(const Interval& interval, double value) {
  return interval.low <= value && value <= interval.high;
}

}  // namespace

TEST_CASE(
    "comparison: a path that adds 5 ms and one that loses 18 % are both found, and the intervals hold the truth") {
  const std::vector<Compared> rows = compare_worlds({0ms, 0.18}, {5ms, 0}, 7);
  const Compared& service = row_of(rows, "service.p50");
  CHECK(service.answer == Answer::worse);
  CHECK(within(service.interval, 5e6));
  const Compared& drops = row_of(rows, "drop.rate");
  CHECK(drops.answer == Answer::better);
  CHECK(within(drops.interval, -0.18));
  const Compared& latency = row_of(rows, "latency.p99");
  CHECK(std::isinf(latency.baseline));
  CHECK(latency.answer == Answer::better);
  CHECK(row_of(rows, "tls.p50").answer == Answer::no_difference);
}

TEST_CASE("comparison: the same path against itself over 40 seeds is hardly ever different") {
  int judged = 0, different = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    for (const Compared& row : compare_worlds({0ms, 0.02}, {0ms, 0.02}, seed)) {
      ++judged;
      different += row.answer == Answer::better || row.answer == Answer::worse ? 1 : 0;
    }
  }
  INFO(different << " of " << judged);
  CHECK(judged >= 400);
  CHECK(different * 100 <= 5 * judged);
}

TEST_CASE("comparison: 95 % intervals hold the truth about as often as they say") {
  int held = 0, drops_held = 0;
  constexpr int kRuns = 20;
  for (std::uint64_t seed = 100; seed < 100 + kRuns; ++seed) {
    const std::vector<Compared> rows = compare_worlds({0ms, 0.18}, {5ms, 0}, seed);
    held += within(row_of(rows, "service.p50").interval, 5e6) ? 1 : 0;
    drops_held += within(row_of(rows, "drop.rate").interval, -0.18) ? 1 : 0;
  }
  INFO(held << " and " << drops_held << " of " << kRuns);
  CHECK(held >= kRuns * 85 / 100);
  CHECK(drops_held >= kRuns * 85 / 100);
}

TEST_CASE("comparison: what cannot be told is undecided, and says how many blocks would do") {
  World noisy;
  noisy.drift = 0;
  World slower = noisy;
  slower.added = 350us;  // within the margin of 500 us, but the intervals are wider
  const std::vector<Compared> rows = compare_worlds(noisy, slower, 11);
  const Compared& tail = row_of(rows, "service.p99");
  CHECK(tail.answer == Answer::undecided);
  CHECK(tail.blocks_needed > kBlocks);
  const std::vector<Compared> losing = compare_worlds({0ms, 0.3}, {0ms, 0.3}, 11);
  CHECK(std::isnan(row_of(losing, "latency.p99").difference));
  CHECK(row_of(losing, "latency.p99").answer == Answer::undecided);
}

TEST_CASE("comparison: the same samples and seed give the same rows") {
  const std::vector<Compared> a = compare_worlds({0ms, 0.1}, {1ms, 0}, 5);
  const std::vector<Compared> b = compare_worlds({0ms, 0.1}, {1ms, 0}, 5);
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].p == b[i].p);
    CHECK(a[i].interval.low == b[i].interval.low);
  }
}

TEST_CASE("comparison: kept, resumed and full connections are never mixed") {
  Finished kept;
  kept.outcome = {OutcomeKind::ok, 200};
  kept.fresh = false;
  kept.phases[3] = 1us;
  Finished full = kept, resumed = kept;
  full.fresh = resumed.fresh = resumed.resumed = true;
  for (const ConnectionKind kind : {ConnectionKind::full, ConnectionKind::resumed, ConnectionKind::reused}) {
    StageStats stats;
    for (const Finished* finished : {&kept, &full, &resumed}) stats.record(*finished, Ending::delivered, kind);
    CHECK(stats.latency.count() == 1);
    CHECK(stats.other_kind == 2);
    CHECK(stats.attempts == 3);
  }
}

TEST_CASE("resampling: quantiles of pooled blocks are those of the merged histogram") {
  Histogram merged;
  std::vector<Distribution> blocks;
  for (std::uint64_t block = 0; block < 5; ++block) {
    Histogram histogram;
    for (std::uint32_t i = 0; i < 137; ++i)
      histogram.record(from_seconds(draw_exponential({1, block, 0, Purpose::model, i}) * 0.01));
    histogram.record_infinite(block == 0 ? 2 : 0);
    blocks.emplace_back(histogram);
    for (std::uint64_t times = 0; times < block; ++times) merged.merge(histogram);
  }
  std::vector<const Distribution*> slots;
  for (const Distribution& block : blocks) slots.push_back(&block);
  const std::vector<std::uint32_t> weights = {0, 1, 2, 3, 4};
  const Quantiles quantiles = PooledDistributions(slots).quantiles(weights);
  for (std::size_t i = 0; i < kQuantileShares.size(); ++i)
    CHECK(quantiles[i] == static_cast<double>(merged.percentile(kQuantileShares[i] * 100)->count()));
  const std::vector<std::uint32_t> first_only = {1, 0, 0, 0, 0};
  CHECK(std::isinf(PooledDistributions(slots).quantiles(first_only)[2]));
}

TEST_CASE("statistics: Newcombe's interval is the one of his paper") {
  // R. G. Newcombe (1998), table II, method 10: 56/70 against 48/80, and 9/10 against 3/10.
  const Interval first = newcombe(48, 80, 56, 70);
  CHECK(first.low == Approx(0.0524).margin(5e-5));
  CHECK(first.high == Approx(0.3339).margin(5e-5));
  const Interval second = newcombe(3, 10, 9, 10);
  CHECK(second.low == Approx(0.1705).margin(5e-5));
  CHECK(second.high == Approx(0.8090).margin(5e-5));
}

TEST_CASE("statistics: Holm's correction multiplies the smallest p most and keeps the order") {
  CHECK(holm({0.01, 0.04, 0.03}) == std::vector<double>{0.03, 0.06, 0.06});
  CHECK(holm({}).empty());
}

TEST_CASE("statistics: bootstraps over few blocks are cut less at their ends") {
  // 24 blocks: t(23) at 97.5 % is 2.069; times sqrt(24/23) that is 2.113, beyond which a normal value lies in 1.73 %.
  CHECK(bootstrap_tail(24) == Approx(0.0173).margin(1e-4));
  CHECK(bootstrap_tail(100'000) == Approx(0.025).margin(1e-4));
}
