// What each format does with text that means something to it, and with too much of it.
#include <boost/json.hpp>
#include <sstream>

#include "catch.h"
#include "reports/ci_json.h"
#include "reports/csv.h"
#include "reports/github.h"
#include "reports/hlog.h"
#include "reports/junit.h"
#include "reports/markdown.h"
#include "reports/openmetrics.h"
#include "reports/xml.h"
#include "reports_samples.h"

using namespace hookdrill;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("xml: markup is escaped, and what XML cannot hold is replaced") {
  CHECK(xml_escape("a<b> & \"c\"") == "a&lt;b&gt; &amp; &quot;c&quot;");
  CHECK(xml_escape("\x1b[1m\tx") == "\xef\xbf\xbd[1m\tx");
  CHECK(xml_escape("ü\xff") == "ü\xef\xbf\xbd");
}

TEST_CASE("junit: control characters of an answer do not break the document") {
  Results results = certificate_sample();
  results.verdicts[0].why = "got \x01\x02 </failure>";
  CHECK(has(junit_report(results), "got \xef\xbf\xbd\xef\xbf\xbd &lt;/failure&gt;"));
}

TEST_CASE("junit: a run that cannot be trusted is an error") {
  const std::string xml = junit_report(untrusted_sample());
  CHECK(has(xml, "tests=\"2\" failures=\"0\" errors=\"1\""));
  CHECK(has(xml, "<error message=\"This machine was late"));
}

TEST_CASE("markdown: received text cannot become markup") {
  CHECK(markdown_escape("a|b `c` <d> [e](f)\n*g*") == "a\\|b \\`c\\` \\<d\\> \\[e\\](f) \\*g\\*");
}

TEST_CASE("markdown: a report stays below GitHub's limit and says what it left out") {
  Results results = certificate_sample();
  for (int i = 0; i < 3000; ++i) {
    results.findings.push_back(
        {"tls.chain", "fatal", std::to_string(i), std::string(1000, 'x'), "", 60, "203.0.113.7:443", ""});
  }
  const std::string text = markdown_report(results);
  CHECK(text.size() <= std::size_t{1} << 20);
  CHECK(has(text, "left out: too long for a summary"));
}

TEST_CASE("github: annotations escape what ends a command, and there are at most ten of a kind") {
  Results results = certificate_sample();
  results.findings[0].observed = "50 %\r\nnext";
  CHECK(has(github_annotations(results), "50 %25%0D%0Anext"));
  CHECK(has(github_annotations(results), "title=tls.chain%3A The"));
  for (int i = 0; i < 30; ++i) {
    results.findings.push_back(results.findings[0]);
    results.findings.back().title += std::to_string(i);
  }
  std::istringstream lines(github_annotations(results));
  int errors = 0;
  std::string last_error;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("::error ", 0) != 0) continue;
    ++errors;
    last_error = line;
  }
  CHECK(errors == 10);
  CHECK(has(last_error, "and 23 more"));
  CHECK(github_annotations(passing_sample()).rfind("::notice ", 0) == 0);
}

TEST_CASE("openmetrics: labels are escaped, bounds are cumulative, failures are in the last bucket only") {
  Results results = dropping_sample();
  results.scenario.name = "a\"b\\c\nd";
  const std::string text = openmetrics_report(results);
  CHECK(has(text, "scenario=\"a\\\"b\\\\c\\nd\""));
  CHECK(has(text, "phase=\"latency\",le=\"1.0\"} 9998\n"));
  CHECK(has(text, "phase=\"latency\",le=\"+Inf\"} 12210\n"));
  CHECK(text.substr(text.size() - 6) == "# EOF\n");
}

TEST_CASE("csv: cells are quoted when needed, and none is a formula") {
  CHECK(csv_text("plain") == "plain");
  CHECK(csv_text("a,\"b\"") == "\"a,\"\"b\"\"\"");
  CHECK(csv_text("=1+1") == "'=1+1");
  CHECK(csv_text("") == "");
}

TEST_CASE("hlog: each line holds the histogram that the results hold") {
  const Results results = dropping_sample();
  std::istringstream lines(hlog_report(results));
  int read = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("Tag=direct.", 0) != 0 || line.rfind("Tag=direct.failed.", 0) == 0) continue;
    const std::string key = line.substr(11, line.find(',') - 11);
    const std::optional<Histogram> decoded = Histogram::decode(line.substr(line.rfind(',') + 1));
    REQUIRE(decoded.has_value());
    const Histogram& wanted = results.paths.at("direct").histograms.at(key);
    CHECK(decoded->count() == wanted.count());
    ++read;
  }
  CHECK(read == 9);
}

TEST_CASE("hlog: a path's name cannot end its tag") {
  Results results;
  results.paths["a, b"] = passing_sample().paths.at("direct");
  CHECK(has(hlog_report(results), "Tag=a__b.connect,0.000,"));
}

TEST_CASE("ci json: an infinite percentile is left out, not invented") {
  const std::string text = benchmark_report(dropping_sample());
  CHECK(has(text, "vps-drop/direct latency p50"));
  CHECK_FALSE(has(text, "latency p99"));
  CHECK(has(text, "\"value\": 18.12, \"range\": \"17.440 … 18.810\""));
}
