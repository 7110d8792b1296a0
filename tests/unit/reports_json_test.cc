#include <boost/json.hpp>

#include "catch.h"
#include "reports/json_text.h"
#include "reports/results_json.h"
#include "reports_samples.h"

using namespace hookdrill;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text) {
  const Result<Results> results = from_json(text, "results.json");
  REQUIRE(results.has_error());
  return results.error().text();
}

}  // namespace

TEST_CASE("json: short lists and their elements take one line, doubles their shortest form") {
  const boost::json::value value = {{"empty", boost::json::array{}},
                                    {"rate", 0.1},
                                    {"whole", 2.0},
                                    {"rows", {{{"a", 1}, {"b", nullptr}}, {{"a", 2}}}},
                                    {"text", "a\"\n\xff"}};
  CHECK(json_text(value) == R"({
  "empty": [],
  "rate": 0.1,
  "whole": 2,
  "rows": [
    {"a": 1, "b": null},
    {"a": 2}
  ],
  "text": "a\"\n)"
                            "\xef\xbf\xbd"
                            R"("
}
)");
}

TEST_CASE("json: a syntax error has its place") {
  const auto error = parse_json("{\n  \"a\": nul\n}", "f.json");
  REQUIRE(error.has_error());
  CHECK(error.error().line == 2);
  CHECK(error.error().file == "f.json");
  CHECK(parse_json("{\"a\": 1", "f").has_error());
  CHECK(parse_json("{} x", "f").error().column == 4);
  CHECK(parse_json("", "f").has_error());
}

TEST_CASE("results.json: reading and writing again gives the same bytes") {
  for (const NamedSample& sample : all_samples()) {
    INFO(sample.name);
    const std::string text = to_json(sample.results);
    const Result<Results> again = from_json(text, "results.json");
    REQUIRE(again.has_value());
    CHECK(to_json(*again) == text);
    CHECK(to_json(sample.results) == text);
  }
}

TEST_CASE("results.json: histograms come back whole") {
  const Results results = dropping_sample();
  const Result<Results> again = from_json(to_json(results), "results.json");
  REQUIRE(again.has_value());
  const PathResults& path = results.paths.at("direct");
  CHECK(again->paths.at("direct").histograms == path.histograms);
  CHECK(again->paths.at("direct").failed_histograms == path.failed_histograms);
}

TEST_CASE("results.json: the keys of the contract are there") {
  const auto document = parse_json(to_json(dropping_sample()), "results.json");
  REQUIRE(document.has_value());
  const auto at = [&](std::string_view pointer) { return boost::json::serialize(document->at_pointer(pointer)); };
  CHECK(at("/schema_version") == "1");
  CHECK(at("/verdict") == "\"fail\"");
  CHECK(at("/scenario/seed") == "42");
  CHECK(at("/verdicts/0/status") == "\"fail\"");
  CHECK(at("/paths/direct/deliveries/planned") == "10000");
  CHECK(at("/paths/direct/deliveries/delivered_by_retry") == "1808");
  CHECK(at("/paths/direct/attempts/outcomes/connect.timeout") == "2209");
  CHECK(at("/paths/direct/attempts/causes/1/code") == "\"connect.timeout\"");
  CHECK(at("/paths/direct/attempts/causes/1/side") == "\"path\"");
  CHECK(document->at_pointer("/paths/direct/drop/rate").as_double() == 0.1812);
  CHECK(at("/paths/direct/drop/of") == "12210");
  CHECK(at("/paths/direct/histograms/latency/count") == "9998");
  CHECK(at("/paths/direct/histograms/latency/infinite") == "2212");
  CHECK(at("/paths/direct/histograms/latency/p99_ns") == "null");  // 18 % never came
  CHECK(at("/paths/direct/histograms/connect/max_ns") == "3000000");
  CHECK(at("/paths/direct/series/99/second") == "99");
}

TEST_CASE("results.json: a damaged file is refused with the place") {
  const std::string text = to_json(certificate_sample());
  CHECK(error_of("[]") == "results.json: not a results file of hookdrill: no \"schema_version\"");
  CHECK(error_of(replaced(text, "\"schema_version\": 1", "\"schema_version\": 2")) ==
        "results.json: schema_version is 2; this hookdrill reads 1");
  CHECK(error_of(replaced(text, "\"planned\": 40", "\"planned\": -1")) ==
        "results.json: paths.direct.deliveries.planned is not a whole number in range");
  CHECK(error_of(replaced(text, "\"of\": 40", "\"off\": 40")) == "results.json: paths.direct.drop.of is missing");
  CHECK(error_of(replaced(text, "\"hdr\": \"H", "\"hdr\": \"I")) ==
        "results.json: paths.direct.histograms.connect is not a whole histogram");
  CHECK(error_of(replaced(text, "\"count\": 40", "\"count\": 41")) ==
        "results.json: paths.direct.histograms.connect is not a whole histogram");
  CHECK(error_of(replaced(text, "\"verdict\": \"fail\"", "\"verdict\": 7")) == "results.json: verdict is not text");
}

TEST_CASE("results.json: keys that a newer writer added are ignored") {
  const std::string text = to_json(passing_sample());
  const Result<Results> results =
      from_json(replaced(text, "\"command\"", "\"later\": {\"x\": [1]},\n  \"command\""), "f");
  REQUIRE(results.has_value());
  CHECK(to_json(*results) == text);
}

TEST_CASE("results.json: a missing file or folder is named") {
  CHECK(load_results("/nonexistent").error().text().find("/nonexistent: cannot be read") == 0);
}
