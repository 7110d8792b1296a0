#include "plan/plan.h"

#include <cmath>
#include <vector>

#include "catch.h"
#include "engine/statistics.h"
#include "plan/arrivals.h"
#include "plan/retry_schedule.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

Stage stage(double from, double to, Duration length, Stage::Arrivals arrivals = Stage::Arrivals::constant) {
  Stage result;
  result.rate_from = from;
  result.rate_to = to;
  result.length = length;
  result.arrivals = arrivals;
  return result;
}

std::vector<Arrival> all(const std::vector<Stage>& stages, std::uint64_t seed) {
  Arrivals arrivals(stages, seed);
  std::vector<Arrival> result;
  while (const auto arrival = arrivals.next()) result.push_back(*arrival);
  return result;
}

}  // namespace

TEST_CASE("arrivals: a constant rate is evenly spaced from the start of its stage") {
  const auto arrivals = all({stage(4, 4, 2s), stage(2, 2, 1s)}, 1);
  REQUIRE(arrivals.size() == 10);
  CHECK(arrivals[0].due == kRunStart);
  CHECK(arrivals[7].due == kRunStart + 1750ms);
  CHECK(arrivals[8].due == kRunStart + 2s);
  CHECK(arrivals[9].due == kRunStart + 2500ms);
  CHECK(arrivals[8].stage == 1);
}

TEST_CASE("arrivals: a rate times a length that is a whole number gives that number, for every rate") {
  for (int rate = 1; rate <= 2000; ++rate) {
    REQUIRE(count_arrivals({stage(rate / 10.0, rate / 10.0, 10s)}, 1) == static_cast<std::uint64_t>(rate));
  }
}

TEST_CASE("arrivals: a ramp sends the area under its line, ever faster") {
  const auto arrivals = all({stage(0, 100, 10s)}, 1);
  REQUIRE(arrivals.size() == 500);
  // Half of the time holds a quarter of the deliveries.
  CHECK(arrivals[125].due == kRunStart + 5s);
  for (std::size_t i = 2; i < arrivals.size(); ++i) {
    CHECK(arrivals[i].due - arrivals[i - 1].due < arrivals[i - 1].due - arrivals[i - 2].due);
  }
}

TEST_CASE("arrivals: Poisson gaps have the mean and the spread of an exponential law") {
  const auto arrivals = all({stage(1000, 1000, 100s, Stage::Arrivals::poisson)}, 5);
  double sum = 0;
  double squares = 0;
  for (std::size_t i = 1; i < arrivals.size(); ++i) {
    const double gap = to_seconds(arrivals[i].due - arrivals[i - 1].due) * 1000;
    REQUIRE(gap >= 0);
    sum += gap;
    squares += gap * gap;
  }
  const auto n = static_cast<double>(arrivals.size() - 1);
  CHECK(sum / n == Approx(1).epsilon(0.02));
  CHECK(std::sqrt(squares / n - sum * sum / n / n) == Approx(1).epsilon(0.02));
  CHECK(arrivals.size() == all({stage(1000, 1000, 100s, Stage::Arrivals::poisson)}, 5).size());
  CHECK(arrivals.size() != all({stage(1000, 1000, 100s, Stage::Arrivals::poisson)}, 6).size());
}

TEST_CASE("plan: shares are disjoint and complete") {
  Scenario scenario;
  scenario.stages = {stage(100, 100, 1s)};
  std::vector<int> seen(100);
  for (std::uint32_t i = 0; i < 3; ++i) {
    Plan plan(scenario, {i, 3}, first_number_of_path(1));
    while (const auto arrival = plan.next()) ++seen[arrival->number - first_number_of_path(1)];
  }
  for (const int times : seen) CHECK(times == 1);
}

TEST_CASE("retry: the guide's waits, compressed by time_scale") {
  RetrySettings settings;
  settings.time_scale = 600;
  const RetrySchedule schedule(settings, 1);
  CHECK(schedule.wait_after(0, 0) == Duration(500ms));
  CHECK(schedule.wait_after(0, 4) == Duration(9s));
  CHECK_FALSE(schedule.wait_after(0, 5));
  CHECK(schedule.window() == 165min);
}

TEST_CASE("retry: the documented windows are used up, never exceeded") {
  for (const auto& [name, window] : {std::pair{"graph-36h", Duration(36h)}, std::pair{"whatsapp-7d", Duration(168h)}}) {
    RetrySettings settings;
    settings.schedule = name;
    const RetrySchedule schedule(settings, 1);
    CHECK(schedule.waits().front() == Duration(0));
    CHECK(schedule.window() <= window);
    CHECK(schedule.window() + 2 * schedule.waits().back() > window);
    CHECK_FALSE(schedule.source().empty());
  }
}

TEST_CASE("retry: jitter stays within its share and depends on nothing but the seed and the attempt") {
  RetrySettings settings;
  settings.jitter = 0.1;
  const RetrySchedule schedule(settings, 3);
  for (std::uint64_t delivery = 0; delivery < 1000; ++delivery) {
    const Duration wait = *schedule.wait_after(delivery, 1);
    REQUIRE(wait >= 9min);
    REQUIRE(wait <= 11min);
    REQUIRE(wait == *RetrySchedule(settings, 3).wait_after(delivery, 1));
  }
}

TEST_CASE("statistics: Wilson's interval equals published values") {
  // Newcombe (1998), Stat. Med. 17, table I: 81 of 263 and 0 of 20.
  CHECK(wilson(81, 263).low == Approx(0.2553).epsilon(0.001));
  CHECK(wilson(81, 263).high == Approx(0.3662).epsilon(0.001));
  CHECK(wilson(0, 20).low == 0);
  CHECK(wilson(0, 20).high == Approx(0.1611).epsilon(0.001));
  CHECK(wilson(20, 20).high == 1);
}

TEST_CASE("statistics: the sample that is said to be needed decides, one less does not") {
  const std::uint64_t needed = trials_needed(0, 0.01);
  CHECK(wilson(0, needed).high < 0.01);
  CHECK(wilson(0, needed - 1).high >= 0.01);
}
