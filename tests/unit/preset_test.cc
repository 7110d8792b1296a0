#include "catch.h"
#include "judge.h"
#include "plan/expectation_presets.h"
#include "plan/scenario_toml.h"
#include "series_metrics.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

Scenario scenario_with(const std::string& expectations) {
  const Result<Scenario> scenario = parse_scenario(
      "schema = 1\n[receiver]\n[[stage]]\nrate = \"1/s\"\nfor = \"1s\"\n" + expectations, "s.toml", {}, false);
  INFO((scenario ? "" : scenario.error().text()));
  REQUIRE(scenario.has_value());
  return *scenario;
}

// A path that is as good as a preset demands, or as bad as given.
Results results_with(double failed_share, Duration latency) {
  Results results;
  results.started_at = "2026-11-21T22:10:04Z";
  PathResults path;
  path.deliveries.planned = path.deliveries.delivered = 4000;
  path.certificate_expires = "2026-12-31 08:00 UTC";
  path.histograms["latency"].record(latency, 4000);
  for (std::uint32_t second = 0; second < 400; ++second) {
    SeriesRow row;
    row.second = second;
    row.failed = second < 100 ? static_cast<std::uint64_t>(failed_share * 100) : 0;
    row.delivered = 100 - row.failed;
    path.series.push_back(row);
  }
  results.paths["direct"] = path;
  return results;
}

Results judged(const Scenario& scenario, Results results) {
  judge(scenario, results);
  return results;
}

}  // namespace

TEST_CASE("presets: guide-alerts judges errors in five minutes, p95, duplicates and the certificate") {
  const Scenario scenario = scenario_with("[[expect]]\npreset = \"guide-alerts\"\n");
  const Results good = judged(scenario, results_with(0, 10ms));
  CHECK(good.verdict == "pass");
  CHECK(good.verdicts.size() == 4);
  CHECK(good.verdicts[0].why.find("guide") != std::string::npos);
  CHECK(judged(scenario, results_with(0, 16s)).verdict == "fail");
  // 20 % in 100 of 300 seconds are 6.7 % over five minutes, and 5 % of all.
  const Results burst = judged(scenario, results_with(0.20, 10ms));
  CHECK(burst.verdict == "fail");
  CHECK(burst.verdicts[0].observed.find("6.67 %") == 0);
  Results old = results_with(0, 10ms);
  old.paths["direct"].certificate_expires = "2026-12-10 08:00 UTC";
  CHECK(judged(scenario, old).verdicts[3].observed == "19");
  CHECK(judged(scenario, old).verdict == "fail");
}

TEST_CASE("presets: what was not measured is left out of a preset, and undecided when it was asked for") {
  Results plain = results_with(0, 10ms);
  plain.paths["direct"].certificate_expires = "";
  CHECK(judged(scenario_with("[[expect]]\npreset = \"guide-alerts\"\n"), plain).verdicts.size() == 3);
  const Scenario asked = scenario_with("[[expect]]\nmetric = \"certificate.days_left\"\nat_least = 30\n");
  CHECK(judged(asked, plain).verdict == "untrusted");
}

TEST_CASE("presets: meta-slo asks for three times the outgoing and once the incoming messages") {
  const Scenario scenario =
      scenario_with("[[expect]]\npreset = \"meta-slo\"\noutgoing = \"30/s\"\nincoming = \"9/s\"\n");
  REQUIRE(scenario.expectations.size() == 3);
  CHECK(scenario.expectations[2].limit == 99);
  CHECK(judged(scenario, results_with(0, 10ms)).verdict == "pass");
  CHECK(judged(scenario, results_with(0.5, 300ms)).verdict == "fail");
  CHECK(scenario_with("[[expect]]\npreset = \"meta-slo\"\n").expectations.size() == 2);
}

TEST_CASE("presets: an unknown one is told the nearest, and limits do not stand beside a preset") {
  const std::string head = "schema = 1\n[receiver]\n[[stage]]\nrate = \"1/s\"\nfor = \"1s\"\n[[expect]]\n";
  const auto mistake = [&](const std::string& rest) {
    return parse_scenario(head + rest, "s.toml", {}, false).error().message;
  };
  CHECK(mistake("preset = \"guide-alert\"\n").find("guide-alerts") != std::string::npos);
  CHECK(mistake("preset = \"guide-alerts\"\nbelow = \"1%\"\n").find("below") != std::string::npos);
  CHECK(mistake("metric = \"drop.rate\"\nbelow = \"-1%\"\n").find("-1%") != std::string::npos);
}

TEST_CASE("presets: every metric of every preset is one that is known") {
  for (const std::string_view name : expectation_preset_names()) {
    for (const Expectation& expectation : expand_preset({name, 1, 1}, 1)) {
      INFO(expectation.metric);
      CHECK(parse_metric(scenario_with(""), expectation).has_value());
      CHECK_FALSE(expectation.source.empty());
    }
  }
}

TEST_CASE("series metrics: days are counted between dates, and what is no date is none") {
  CHECK(days_between("2026-11-21T22:10:04Z", "2026-12-10 08:00 UTC") == 19);
  CHECK(days_between("2026-11-21T22:10:04Z", "2026-11-20 08:00 UTC") == -1);
  CHECK_FALSE(days_between("", "2026-12-10").has_value());
  CHECK_FALSE(days_between("2026-13-01", "2026-12-10").has_value());
}
