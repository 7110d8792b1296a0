#include "judge.h"

#include "catch.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

Expectation expect(const std::string& metric, Expectation::Relation relation, double limit) {
  Expectation expectation;
  expectation.metric = metric;
  expectation.relation = relation;
  expectation.limit = limit;
  expectation.limit_text = "the limit";
  return expectation;
}

Scenario scenario_with(std::vector<Expectation> expectations) {
  Scenario scenario;
  scenario.paths = {PathSettings()};
  Stage stage;
  stage.name = "burst";
  scenario.stages = {stage};
  scenario.expectations = std::move(expectations);
  return scenario;
}

Results results_with(const PathResults& path) {
  Results results;
  results.paths["direct"] = path;
  return results;
}

Results judged(const std::vector<Expectation>& expectations, const PathResults& path) {
  const Scenario scenario = scenario_with(expectations);
  Results results = results_with(path);
  judge(scenario, results);
  return results;
}

PathResults dropping(std::uint64_t dropped, std::uint64_t of) {
  PathResults path;
  path.drop.dropped = dropped;
  path.drop.of = of;
  return path;
}

using Relation = Expectation::Relation;

}  // namespace

TEST_CASE("judge: a rate passes or fails only when its whole interval does") {
  const std::vector<Expectation> below{expect("drop.rate", Relation::below, 0.01)};
  CHECK(judged(below, dropping(0, 1000)).verdict == "pass");
  CHECK(judged(below, dropping(180, 1000)).verdict == "fail");
  const Results open = judged(below, dropping(1, 120));
  CHECK(open.verdict == "untrusted");
  CHECK(open.verdicts.at(0).status == "undecided");
  CHECK(open.verdicts.at(0).why.find("would decide") != std::string::npos);
}

TEST_CASE("judge: a limit of zero is about this run, not about an interval around it") {
  CHECK(judged({expect("drop.rate", Relation::at_most, 0)}, dropping(0, 10)).verdict == "pass");
  CHECK(judged({expect("drop.rate", Relation::equals, 0)}, dropping(1, 1'000'000)).verdict == "fail");
}

TEST_CASE("judge: failures make a percentile infinite, and infinite is over every limit") {
  PathResults path;
  for (int i = 0; i < 970; ++i) path.histograms["latency"].record(10ms);
  path.histograms["latency"].record_infinite(30);
  const Results results =
      judged({expect("latency.p95", Relation::below, 0.1), expect("latency.p99", Relation::below, 1e9)}, path);
  CHECK(results.verdicts.at(0).status == "pass");
  CHECK(results.verdicts.at(1).status == "fail");
  CHECK(results.verdicts.at(1).observed == "infinite (failures)");
}

TEST_CASE("judge: a percentile of too few samples is undecided") {
  PathResults path;
  for (int i = 0; i < 99; ++i) path.histograms["latency"].record(10ms);
  CHECK(judged({expect("latency.p99", Relation::below, 1)}, path).verdicts.at(0).status == "undecided");
  path.histograms["latency"].record(10ms);
  CHECK(judged({expect("latency.p99", Relation::below, 1)}, path).verdicts.at(0).status == "pass");
}

TEST_CASE("judge: an expectation can name a path, a stage, a count, an outcome") {
  PathResults path;
  path.attempts_total = 100;
  path.outcomes = {{"ok", "server", 0, 90, "", ""}, {"http.503", "server", 0, 10, "", ""}};
  path.deliveries.planned = 95;
  path.deliveries.expired = 2;
  path.deliveries.abandoned = 1;
  path.stages["burst"].deliveries.planned = 7;
  const Results results = judged(
      {expect("direct.deliveries.lost", Relation::equals, 3), expect("burst.deliveries.planned", Relation::at_least, 7),
       expect("direct.burst.deliveries.planned", Relation::above, 7),
       expect("attempts.http.503", Relation::at_most, 10), expect("attempts.failed.rate", Relation::below, 0.5)},
      path);
  REQUIRE(results.verdicts.size() == 5);
  CHECK(results.verdicts[0].status == "pass");
  CHECK(results.verdicts[1].status == "pass");
  CHECK(results.verdicts[2].status == "fail");
  CHECK(results.verdicts[3].status == "pass");
  CHECK(results.verdicts[4].status == "pass");
  CHECK(results.verdict == "fail");
}

TEST_CASE("judge: distrust outweighs every verdict") {
  const Scenario scenario = scenario_with({expect("drop.rate", Relation::below, 0.01)});
  Results results = results_with(dropping(500, 1000));
  results.untrusted_because = {"late"};
  judge(scenario, results);
  CHECK(results.verdicts.at(0).status == "fail");
  CHECK(results.verdict == "untrusted");
}

TEST_CASE("judge: an unknown metric names the nearest one and its line") {
  Expectation expectation = expect("latency.p9", Relation::below, 1);
  expectation.line = 12;
  const Result<Metric> metric = parse_metric(scenario_with({}), expectation);
  REQUIRE_FALSE(metric.has_value());
  CHECK(metric.error().line == 12);
  CHECK(metric.error().message.find("did you mean \"latency.p9") != std::string::npos);
}
