#include "base/rng.h"

#include <cmath>
#include <set>

#include "catch.h"

namespace hookdrill {
namespace {

constexpr int kDraws = 100'000;

}  // namespace

TEST_CASE("rng: a key always gives the same draw, on every machine") {
  CHECK(draw({42, 0, 0, Purpose::arrival, 0}) == 913299959463196302U);
  CHECK(draw({42, 7, 3, Purpose::payload, 9}) == 6297439139614014924U);
}

TEST_CASE("rng: every part of a key matters") {
  const std::set<std::uint64_t> draws{draw({1, 1, 1, Purpose::payload, 1}), draw({2, 1, 1, Purpose::payload, 1}),
                                      draw({1, 2, 1, Purpose::payload, 1}), draw({1, 1, 2, Purpose::payload, 1}),
                                      draw({1, 1, 1, Purpose::source, 1}),  draw({1, 1, 1, Purpose::payload, 2})};
  CHECK(draws.size() == 6);
}

TEST_CASE("rng: draws below a bound are even") {
  int counts[10] = {};
  for (std::uint64_t i = 0; i < kDraws; ++i) ++counts[draw_below({.seed = 5, .delivery = i}, 10)];
  for (const int count : counts) CHECK(std::abs(count - kDraws / 10) < 500);  // 5 standard deviations
  CHECK(draw_below({.seed = 5}, 1) == 0);
}

TEST_CASE("rng: unit, exponential and normal draws have their mean and spread") {
  double unit = 0, exponential = 0, normal = 0, square = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const DrawKey key{.seed = 6, .delivery = i};
    const double u = draw_unit(key);
    REQUIRE((u >= 0 && u < 1));
    REQUIRE(draw_exponential(key) >= 0);
    unit += u;
    exponential += draw_exponential(key);
    normal += draw_normal(key);
    square += draw_normal(key) * draw_normal(key);
  }
  CHECK(unit / kDraws == Approx(0.5).margin(0.005));
  CHECK(exponential / kDraws == Approx(1).margin(0.016));
  CHECK(normal / kDraws == Approx(0).margin(0.016));
  CHECK(square / kDraws == Approx(1).margin(0.023));
}

}  // namespace hookdrill
