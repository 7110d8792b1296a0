// Sweeps: the values that a range means, and that many simulations say what single ones say.
#include "sweep.h"

#include <fstream>

#include "catch.h"
#include "simulate.h"

using namespace hookdrill;

namespace {

std::vector<std::string> values(const std::string& text) {
  const Result<SweepAxis> axis = parse_sweep(text);
  INFO(text);
  REQUIRE(axis.has_value());
  return axis->values;
}

const std::string kScenario = std::string(HOOKDRILL_SOURCE_DIR) + "/scenarios/vps-drop.toml";

ScenarioOverrides quick() {
  ScenarioOverrides overrides;
  overrides.set = {"stage.0.for=20s"};
  return overrides;
}

}  // namespace

TEST_CASE("sweep: a range holds its ends, whatever rounding does to its steps") {
  CHECK(values("a.b=0:0.4:0.05") ==
        std::vector<std::string>{"0", "0.05", "0.1", "0.15", "0.2", "0.25", "0.3", "0.35", "0.4"});
  CHECK(values("a=1:2:0.6") == std::vector<std::string>{"1", "1.6"});
  CHECK(values("a=5:5:1") == std::vector<std::string>{"5"});
}

TEST_CASE("sweep: ranges may have a unit, and values may be listed") {
  CHECK(values("a=10s:30s:10s") == std::vector<std::string>{"10s", "20s", "30s"});
  CHECK(values("a=50/s:100/s:25/s") == std::vector<std::string>{"50/s", "75/s", "100/s"});
  CHECK(values("a=guide,none") == std::vector<std::string>{"guide", "none"});
  CHECK(values("a=7") == std::vector<std::string>{"7"});
}

TEST_CASE("sweep: what is no range is told") {
  for (const char* text :
       {"a", "=1:2:1", "a=", "a=1,,2", "a=1:2:0", "a=2:1:1", "a=1s:2m:1s", "a=x:y:z", "a=0:1:1e-9"}) {
    INFO(text);
    CHECK_FALSE(parse_sweep(text).has_value());
  }
}

TEST_CASE("sweep: a point says what the simulation of its value says alone") {
  const std::atomic<bool> stop{false};
  const Result<SweepResults> sweep =
      run_sweep(kScenario, quick(), *parse_sweep("paths.direct.model.drop.share=0:0.5:0.25"), 1, stop);
  REQUIRE(sweep.has_value());
  REQUIRE(sweep->points.size() == 3);
  ScenarioOverrides overrides = quick();
  overrides.set.push_back("paths.direct.model.drop.share=0.25");
  const Results alone = simulate(*load_scenario(kScenario, overrides, false), stop);
  const SweepPoint& point = sweep->points[1];
  CHECK(point.value == "0.25");
  CHECK(point.verdict == alone.verdict);
  CHECK(point.attempts == alone.paths.at("direct").attempts_total);
  CHECK(point.lost() == alone.paths.at("direct").deliveries.expired);
  CHECK(point.time_to_deliver == alone.paths.at("direct").histograms.at("time_to_deliver"));
}

TEST_CASE("sweep: several seeds add up, in an order of their own, and the same each time") {
  const std::atomic<bool> stop{false};
  const SweepAxis seeds{"seed", {"4", "5", "6", "7"}};
  const Result<SweepResults> first = run_sweep(kScenario, quick(), seeds, 1, stop);
  const Result<SweepResults> second = run_sweep(kScenario, quick(), seeds, 1, stop);
  REQUIRE(first.has_value());
  CHECK(sweep_json(*first) == sweep_json(*second));
  REQUIRE(first->points.size() == 5);
  std::uint64_t attempts = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(first->points[i].value == seeds.values[i]);
    attempts += first->points[i].attempts;
  }
  CHECK(first->points[4].value == "all");
  CHECK(first->points[4].attempts == attempts);
  CHECK(first->points[0].attempts != first->points[1].attempts);
}

TEST_CASE("sweep: a value that cannot be is told before anything is simulated") {
  const std::atomic<bool> stop{false};
  const Result<SweepResults> sweep =
      run_sweep(kScenario, quick(), *parse_sweep("paths.direct.model.drop.share=0.5:1.5:0.5"), 1, stop);
  REQUIRE_FALSE(sweep.has_value());
  CHECK(sweep.error().text().find("drop.share") != std::string::npos);
}

TEST_CASE("sweep: its table fits 100 columns") {
  const std::atomic<bool> stop{false};
  ScenarioOverrides overrides = quick();
  overrides.set.push_back("paths.direct.model.drop={of=\"refuse\",from=\"5s\",for=\"10s\"}");
  const Result<SweepResults> sweep =
      run_sweep(kScenario, overrides, *parse_sweep("retry.schedule=guide,graph-36h"), 2, stop);
  REQUIRE(sweep.has_value());
  const std::string text = sweep_text(*sweep);
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
    CHECK(text.find('\n', begin) - begin <= 100);
  CHECK(text.find("drained") != std::string::npos);
}
