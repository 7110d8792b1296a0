#include "catch.h"
#include "judge.h"
#include "merge_results.h"
#include "reports/results_json.h"
#include "run_results.h"
#include "simulate.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

Scenario scenario_of(std::uint64_t seed) {
  Scenario scenario;
  scenario.name = "shards";
  scenario.seed = seed;
  scenario.paths.emplace_back();
  scenario.paths[0].model.server.drops = {DropLaw()};
  scenario.paths[0].model.server.drops[0].share = 0.1;
  scenario.retry.schedule = "none";
  Stage stage;
  stage.name = "load";
  stage.rate_from = stage.rate_to = 50;
  stage.length = 4s;
  scenario.stages = {stage};
  Expectation expectation;
  expectation.metric = "drop.rate";
  expectation.limit = 0.15;
  expectation.limit_text = "15%";
  scenario.expectations = {expectation};
  return scenario;
}

Shard shard_of(std::uint64_t seed) {
  std::atomic<bool> stop{false};
  return {"shard-" + std::to_string(seed), simulate(scenario_of(seed), stop)};
}

}  // namespace

TEST_CASE("merge: counts, histograms and seconds are exact sums, and the sum is judged") {
  const std::vector<Shard> shards = {shard_of(1), shard_of(2), shard_of(3), shard_of(4), shard_of(5)};
  const Result<Results> merged = merge_results(shards);
  REQUIRE(merged.has_value());
  const PathResults& path = merged->paths.at("direct");
  Histogram latency;
  std::uint64_t planned = 0, dropped = 0, sent = 0;
  for (const Shard& shard : shards) {
    const PathResults& part = shard.results.paths.at("direct");
    latency.merge(part.histograms.at("latency"));
    planned += part.deliveries.planned;
    dropped += part.drop.dropped;
    for (const SeriesRow& row : part.series) sent += row.sent;
  }
  CHECK(path.histograms.at("latency") == latency);
  CHECK(path.deliveries.planned == planned);
  CHECK(path.deliveries.planned == 1000);
  CHECK(path.drop.dropped == dropped);
  CHECK(path.drop.rate == Approx(static_cast<double>(dropped) / 1000));
  for (const SeriesRow& row : path.series) sent -= row.sent;
  CHECK(sent == 0);
  // 20 of 200 leave a limit of 15 % undecided; 100 of 1,000 do not.
  CHECK(shards[0].results.verdict == "untrusted");
  CHECK(merged->verdict == "pass");
  CHECK(merged->untrusted_because.empty());
}

TEST_CASE("merge: the order of the shards changes no number") {
  const Shard a = shard_of(1), b = shard_of(2), c = shard_of(3);
  const Result<Results> one = merge_results({a, b, c}), other = merge_results({c, a, b});
  REQUIRE(one.has_value());
  REQUIRE(other.has_value());
  const auto paths_of = [](Results results) {
    Results paths;
    paths.paths = std::move(results.paths);
    return to_json(paths);
  };
  CHECK(paths_of(*one) == paths_of(*other));
}

TEST_CASE("merge: the same run twice, another scenario, or a comparison is refused") {
  const Shard a = shard_of(1);
  CHECK(merge_results({a, a}).error().message.find("the same run") != std::string::npos);
  Shard other = shard_of(2);
  other.results.scenario.name = "another";
  CHECK(merge_results({a, other}).error().message.find("another scenario") != std::string::npos);
  Shard compared = shard_of(2);
  compared.results.command = "compare";
  CHECK(merge_results({a, compared}).has_error());
}

TEST_CASE("merge: what a shard said against itself stays, and so does a verdict that no expectation stands for") {
  Shard a = shard_of(1), b = shard_of(2);
  b.results.untrusted_because = {"The run was interrupted."};
  VerdictRow ledger;
  ledger.name = "the receiver's ledger holds every delivered update";
  ledger.status = "pass";
  a.results.verdicts.push_back(ledger);
  ledger.status = "fail";
  b.results.verdicts.push_back(ledger);
  const Result<Results> merged = merge_results({a, b});
  REQUIRE(merged.has_value());
  CHECK(merged->verdict == "untrusted");
  CHECK(merged->untrusted_because == std::vector<std::string>{"shard-2: The run was interrupted."});
  REQUIRE_FALSE(merged->verdicts.empty());
  CHECK(merged->verdicts[0].status == "fail");
}
