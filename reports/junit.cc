#include "reports/junit.h"

#include <fmt/core.h>

#include <vector>

#include "reports/summary.h"
#include "reports/text.h"
#include "reports/xml.h"

namespace hookdrill {
namespace {

struct TestCase {
  std::string name;
  std::string result;  // "" passed, else the element's name: failure, error, skipped
  std::string message;
  std::string text;
};

std::string joined(const std::string& first, const std::string& second) {
  return first.empty() || second.empty() ? first + second : first + "\n" + second;
}

std::vector<TestCase> test_cases(const Results& results) {
  std::vector<TestCase> cases;
  if (!results.untrusted_because.empty()) {
    std::string rest;
    for (std::size_t i = 1; i < results.untrusted_because.size(); ++i)
      rest = joined(rest, results.untrusted_because[i]);
    cases.push_back({"the run can be trusted", "error", results.untrusted_because[0], rest});
  }
  for (const VerdictRow& row : results.verdicts) {
    const std::string result = row.status == "fail" ? "failure" : row.status == "undecided" ? "skipped" : "";
    cases.push_back(
        {row.name, result, fmt::format("{} {}, {}", metric_of(row), row.observed, wanted_text(row)), row.why});
  }
  for (const Finding& finding : results.findings) {
    const std::string& severity = finding.severity;
    const std::string result = severity == "fatal"                              ? "failure"
                               : severity == "error"                            ? "error"
                               : severity == "skip" || severity == "not_tested" ? "skipped"
                                                                                : "";
    const std::string place = finding.address.empty() ? finding.id : finding.id + " " + finding.address;
    cases.push_back({place, result, finding.title, joined(joined(finding.observed, finding.shown), finding.remedy)});
  }
  // CI systems take an empty suite for a mistake of the job.
  if (cases.empty()) cases.push_back({"the run ended", "", "", ""});
  return cases;
}

// What happened, for whoever opens the failed case: the outcomes in the shape of Meta's dashboard.
std::string output_of(const Results& results) {
  std::string text;
  for (const auto& [name, path] : results.paths) {
    text += fmt::format("{}: {}, {} delivered, {}\n", name,
                        format_counted(path.deliveries.planned, "delivery", "deliveries"),
                        format_count(path.deliveries.delivered), format_counted(path.attempts_total, "attempt"));
    for (const OutcomeRow& row : failures_of(path)) {
      text += fmt::format("  {} × {} ({}): curl_errno = {}; {}", format_count(row.count), row.code, row.side,
                          row.curl_errno, row.meaning);
      text += (row.detail.empty() ? "" : " " + row.detail) + "\n";
    }
  }
  return text;
}

std::string element(const TestCase& test, const std::string& suite) {
  std::string xml =
      fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", xml_escape(suite), xml_escape(test.name));
  if (test.result.empty()) return xml + "/>\n";
  xml += fmt::format(">\n      <{} message=\"{}\"", test.result, xml_escape(test.message));
  if (test.result != "skipped") xml += " type=\"hookdrill\"";
  xml += test.text.empty() ? "/>\n" : fmt::format(">{}</{}>\n", xml_escape(test.text), test.result);
  return xml + "    </testcase>\n";
}

}  // namespace

std::string junit_report(const Results& results) {
  const std::vector<TestCase> cases = test_cases(results);
  const auto count = [&](std::string_view result) {
    std::size_t found = 0;
    for (const TestCase& test : cases) found += test.result == result ? 1 : 0;
    return found;
  };
  const std::string suite = results.scenario.name.empty() ? "hookdrill" : results.scenario.name;
  const std::string totals =
      fmt::format("name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\"", xml_escape(suite),
                  cases.size(), count("failure"), count("error"), static_cast<double>(results.duration_ns) * 1e-9);
  // The format's timestamp is ISO 8601 without a zone.
  const std::string timestamp = results.started_at.size() < 19
                                    ? ""
                                    : fmt::format(" timestamp=\"{}\"", xml_escape(results.started_at.substr(0, 19)));

  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  xml +=
      fmt::format("<testsuites {}>\n  <testsuite {} skipped=\"{}\"{}>\n", totals, totals, count("skipped"), timestamp);
  xml += fmt::format(
      "    <properties>\n      <property name=\"seed\" value=\"{}\"/>\n      <property name=\"verdict\" "
      "value=\"{}\"/>\n"
      "    </properties>\n",
      results.scenario.seed, xml_escape(results.verdict));
  for (const TestCase& test : cases) xml += element(test, suite);
  xml += fmt::format("    <system-out>{}</system-out>\n", xml_escape(output_of(results)));
  return xml + "  </testsuite>\n</testsuites>\n";
}

}  // namespace hookdrill
