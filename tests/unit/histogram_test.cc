#include "base/histogram.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/encoding.h"
#include "base/rng.h"
#include "catch.h"

namespace hookdrill {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kPercents[] = {0.001, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100};

// Values of every size, from 0 to about 2^`bits`.
std::vector<Duration> spread_values(std::uint64_t seed, std::size_t count, std::uint64_t bits = 50) {
  std::vector<Duration> values;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t size = draw_below({.seed = seed, .delivery = i}, bits + 1);
    const std::uint64_t value = draw({.seed = seed, .delivery = i, .index = 1}) & ((std::uint64_t{1} << size) - 1);
    values.emplace_back(static_cast<std::int64_t>(value));
  }
  return values;
}

Histogram histogram_of(const std::vector<Duration>& values) {
  Histogram histogram;
  for (const Duration value : values) histogram.record(value);
  return histogram;
}

std::size_t counter_of(std::int64_t value) {
  Histogram histogram;
  histogram.record(Duration(value));
  return histogram.used() - 1;
}

}  // namespace

TEST_CASE("histogram: the layout is HdrHistogram's with three digits") {
  // Known values: hdr-histogram-js 3.0.1, lowest 1, highest 2^50 - 1, three digits.
  struct Known {
    std::int64_t value;
    std::size_t counter;
    std::int64_t lowest, highest;
  };
  for (const Known& known : {Known{0, 0, 0, 0},
                             {1, 1, 1, 1},
                             {2047, 2047, 2047, 2047},
                             {2048, 2048, 2048, 2049},
                             {2049, 2048, 2048, 2049},
                             {4095, 3071, 4094, 4095},
                             {4096, 3072, 4096, 4099},
                             {1'000'000, 11'169, 999'936, 1'000'447},
                             {123'456'789, 18'267, 123'404'288, 123'469'823},
                             {60'000'000'000, 27'388, 59'995'324'416, 60'028'878'847},
                             {1'000'000'000'000'000, 41'754, 999'456'069'648'384, 1'000'005'825'462'271}}) {
    INFO(known.value);
    CHECK(counter_of(known.value) == known.counter);
    CHECK(Histogram::lowest(known.counter) == Duration(known.lowest));
    CHECK(Histogram::highest(known.counter) == Duration(known.highest));
  }
  CHECK(counter_of(Histogram::kHighest.count()) == Histogram::kCounters - 1);
  CHECK(Histogram::kCounters == 41'984);
}

TEST_CASE("histogram: counters cover every value once, without a gap") {
  std::uint64_t gaps = 0;
  for (std::size_t i = 1; i < Histogram::kCounters; ++i)
    gaps += Histogram::lowest(i) != Histogram::highest(i - 1) + Duration(1);
  CHECK(gaps == 0);
  CHECK(Histogram::highest(Histogram::kCounters - 1) == Histogram::kHighest);
}

TEST_CASE("histogram: percentiles are those of a sorted list, within three digits") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::size_t count = 1 + draw_below({.seed = seed, .delivery = 999}, 5000);
    std::vector<Duration> values = spread_values(seed, count);
    const Histogram histogram = histogram_of(values);
    std::sort(values.begin(), values.end());
    for (const double percent : kPercents) {
      const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(count) - 1e-6));
      const Duration exact = values[std::max<std::size_t>(1, rank) - 1];
      const std::optional<Duration> found = histogram.percentile(percent);
      INFO("seed " << seed << ", " << count << " values, p" << percent << ", exact " << exact.count());
      REQUIRE(found.has_value());
      CHECK(*found >= exact);
      CHECK(*found <= exact + exact / 1024);
    }
    CHECK(histogram.min() == values.front());
    CHECK(histogram.max() == values.back());
    CHECK(histogram.count() == count);
    double sum = 0;
    for (const Duration value : values) sum += static_cast<double>(value.count());
    const double mean = sum / static_cast<double>(count);
    CHECK(std::abs(static_cast<double>(histogram.mean().count()) - mean) <= mean * 0.0005 + 1);
  }
}

TEST_CASE("histogram: values out of range count at its ends") {
  Histogram histogram;
  histogram.record(milliseconds(-5));
  histogram.record(Duration::max());
  histogram.record(Duration(3), 0);
  CHECK(histogram.count() == 2);
  CHECK(histogram.min() == Duration{});
  CHECK(histogram.max() == Histogram::kHighest);
  CHECK(histogram.percentile(100) == Histogram::kHighest);
}

TEST_CASE("histogram: empty is zero everywhere") {
  const Histogram histogram;
  CHECK(histogram.empty());
  CHECK(histogram.percentile(50) == Duration{});
  CHECK(histogram.mean() == Duration{});
  CHECK(histogram.min() == Duration{});
  CHECK(histogram.used() == 0);
  CHECK(histogram.share_above(seconds(1)) == 0);
}

TEST_CASE("histogram: merging parts in any order gives the whole") {
  const std::vector<Duration> values = spread_values(7, 10'000);
  const Histogram whole = histogram_of(values);
  std::vector<Histogram> parts(5);
  for (std::size_t i = 0; i < values.size(); ++i) parts[draw_below({.seed = 8, .delivery = i}, 5)].record(values[i]);
  Histogram forward, backward;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    forward.merge(parts[i]);
    backward.merge(parts[parts.size() - 1 - i]);
  }
  CHECK(forward == whole);
  CHECK(backward == whole);
  Histogram with_nothing = whole;
  with_nothing.merge(Histogram());
  CHECK(with_nothing == whole);
  Histogram from_nothing;
  from_nothing.merge(whole);
  CHECK(from_nothing == whole);
}

TEST_CASE("histogram: merging with itself doubles every count") {
  Histogram twice = histogram_of({Duration(5), milliseconds(7)});
  twice.record_infinite();
  twice.merge(twice);
  CHECK(twice.count() == 4);
  CHECK(twice.infinite() == 2);
  CHECK(twice.counter(5) == 2);
  CHECK(twice.min() == Duration(5));
}

TEST_CASE("histogram: a copy is equal and independent") {
  const Histogram original = histogram_of(spread_values(9, 1000));
  Histogram copy = original;
  CHECK(copy == original);
  copy.record(seconds(1));
  CHECK_FALSE(copy == original);
  copy = original;
  CHECK(copy == original);
  copy = *&copy;
  CHECK(copy == original);
  const Histogram moved = std::move(copy);
  CHECK(moved == original);
}

TEST_CASE("histogram: an infinite value is above every percentile that reaches it") {
  Histogram histogram;
  for (int i = 0; i < 97; ++i) histogram.record(milliseconds(1));
  histogram.record_infinite(3);
  CHECK(histogram.percentile(97) == milliseconds(1));
  CHECK_FALSE(histogram.percentile(97.5).has_value());
  CHECK_FALSE(histogram.percentile(100).has_value());
  CHECK(histogram.count() == 97);
  CHECK(histogram.infinite() == 3);
  CHECK(histogram.max() == milliseconds(1));
  CHECK(histogram.share_above(seconds(1)) == 0.03);
  CHECK(histogram.share_above(Duration{}) == 1);

  Histogram only;
  only.record_infinite();
  CHECK_FALSE(only.empty());
  CHECK_FALSE(only.percentile(1).has_value());
  CHECK(only.mean() == Duration{});
}

TEST_CASE("histogram: percentiles of round numbers are not off by one") {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(Duration(i));
  CHECK(histogram.percentile(99) == Duration(990));
  CHECK(histogram.percentile(99.9) == Duration(999));
  CHECK(histogram.percentile(50) == Duration(500));
  CHECK(histogram.percentile(0.1) == Duration(1));
}

TEST_CASE("histogram: the share above a limit") {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(Duration(i));
  CHECK(histogram.share_above(Duration(900)) == 0.1);
  CHECK(histogram.share_above(Duration(0)) == 1);
  CHECK(histogram.share_above(Duration(1000)) == 0);
  CHECK(histogram.share_above(Duration(-1)) == 1);
}

TEST_CASE("histogram: its encoding reads back to the same counts") {
  for (std::uint64_t seed = 20; seed < 30; ++seed) {
    const Histogram original = histogram_of(spread_values(seed, draw_below({.seed = seed, .delivery = 999}, 3000)));
    std::optional<Histogram> decoded = Histogram::decode(original.encode());
    REQUIRE(decoded.has_value());
    decoded->set_extremes(original.min(), original.max());
    CHECK(*decoded == original);
  }
  Histogram large;
  large.record(seconds(1), std::uint64_t{1} << 60);
  CHECK(Histogram::decode(large.encode())->count() == std::uint64_t{1} << 60);
  CHECK(Histogram::decode(Histogram().encode())->empty());
}

TEST_CASE("histogram: another program's encoding is understood") {
  // hdr-histogram-js 3.0.1: 1, 1000 twice, 123456, 5000000 three times, 60000000000.
  const std::optional<Histogram> decoded =
      Histogram::decode("HISTFAAAADB4nJNpmSzMwMDAz8DAwMjAwMDMAAGMDMz/wQDOZzrNz7I/j+lzCNvbG4xMAAx2DH0=");
  REQUIRE(decoded.has_value());
  CHECK(decoded->count() == 8);
  CHECK(decoded->counter(1) == 1);
  CHECK(decoded->counter(1000) == 2);
  CHECK(decoded->counter(counter_of(123'456)) == 1);
  CHECK(decoded->counter(counter_of(5'000'000)) == 3);
  CHECK(decoded->percentile(50) == Duration(123'519));
  CHECK(decoded->max() == Duration(60'028'878'847));
}

TEST_CASE("histogram: damaged encodings are refused") {
  const std::string good = histogram_of(spread_values(31, 500)).encode();
  CHECK_FALSE(Histogram::decode("").has_value());
  CHECK_FALSE(Histogram::decode("not base64!").has_value());
  CHECK_FALSE(Histogram::decode(to_base64("too short")).has_value());
  CHECK_FALSE(Histogram::decode(good.substr(0, good.size() / 8 * 4)).has_value());
  // Nine counters of 2^61 would not add up in 64 bits.
  Histogram heavy;
  for (int i = 0; i < 9; ++i) heavy.record(Duration(i), std::uint64_t{1} << 61);
  CHECK_FALSE(Histogram::decode(heavy.encode()).has_value());
  // Whatever byte is hit, the answer is a histogram that adds up, or none.
  const std::string bytes = *from_base64(good);
  for (std::uint64_t i = 0; i < 2000; ++i) {
    std::string hit = bytes;
    hit[draw_below({.seed = 32, .delivery = i}, hit.size())] = static_cast<char>(draw({.seed = 33, .delivery = i}));
    if (const auto decoded = Histogram::decode(to_base64(hit))) CHECK(decoded->percentile(100).has_value());
  }
}

}  // namespace hookdrill
