#include "plan/delay_law.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "catch.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

constexpr int kDraws = 20'000;

std::vector<Duration> draws(const DelayLaw& law) {
  std::vector<Duration> delays;
  for (std::uint64_t i = 0; i < kDraws; ++i) delays.push_back(draw_delay(law, {7, i, 0, Purpose::receiver, 0}));
  std::sort(delays.begin(), delays.end());
  return delays;
}

double milliseconds(Duration duration) {
  return to_seconds(duration) * 1e3;
}

}  // namespace

TEST_CASE("delay law: fixed is always the same") {
  const std::vector<Duration> delays = draws({DelayLaw::Kind::fixed, 5ms, {}, 0, 0});
  CHECK(delays.front() == 5ms);
  CHECK(delays.back() == 5ms);
}

TEST_CASE("delay law: uniform stays between its bounds and fills them evenly") {
  const std::vector<Duration> delays = draws({DelayLaw::Kind::uniform, 10ms, 30ms, 0, 0});
  CHECK(delays.front() >= 10ms);
  CHECK(delays.back() < 30ms);
  CHECK(milliseconds(delays[kDraws / 4]) == Approx(15).margin(0.5));
  CHECK(milliseconds(delays[kDraws * 3 / 4]) == Approx(25).margin(0.5));
}

TEST_CASE("delay law: bimodal has its share of rare delays and nothing else") {
  const std::vector<Duration> delays = draws({DelayLaw::Kind::bimodal, 2ms, 900ms, 0.05, 0});
  const auto rare = std::count(delays.begin(), delays.end(), Duration(900ms));
  CHECK(rare + std::count(delays.begin(), delays.end(), Duration(2ms)) == kDraws);
  CHECK(static_cast<double>(rare) / kDraws == Approx(0.05).margin(0.008));  // 5 standard errors
}

TEST_CASE("delay law: lognormal has its median and its spread") {
  const std::vector<Duration> delays = draws({DelayLaw::Kind::lognormal, 20ms, {}, 0, 0.5});
  CHECK(milliseconds(delays[kDraws / 2]) == Approx(20).epsilon(0.03));
  CHECK(milliseconds(delays[kDraws * 8413 / 10000]) == Approx(20 * std::exp(0.5)).epsilon(0.05));  // + one sigma
}

TEST_CASE("delay law: a wild lognormal stays within the longest delay") {
  const std::vector<Duration> delays = draws({DelayLaw::Kind::lognormal, 1s, {}, 0, 100});
  CHECK(delays.front() >= 0s);
  CHECK(delays.back() == kLongestDelay);
}

TEST_CASE("delay law: the same key gives the same delay, another key another") {
  const DelayLaw law{DelayLaw::Kind::lognormal, 20ms, {}, 0, 0.5};
  const DrawKey key{1, 2, 3, Purpose::receiver, 4};
  CHECK(draw_delay(law, key) == draw_delay(law, key));
  CHECK(draw_delay(law, key) != draw_delay(law, {1, 3, 3, Purpose::receiver, 4}));
}
