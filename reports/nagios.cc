#include "reports/nagios.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/summary.h"

namespace hookdrill {
namespace {

// "|" begins the performance data, and a line end the details.
std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '|' || c == '\n' || c == '\r'; }, ' ');
  return text;
}

}  // namespace

int nagios_exit_code(const Results& results) {
  if (results.verdict == "fail") return 2;
  if (results.verdict != "pass") return 3;
  return problems_of(results).empty() ? 0 : 1;
}

std::string nagios_report(const Results& results) {
  constexpr std::string_view kStates[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  const std::vector<Finding> problems = problems_of(results);
  const auto fatal = std::count_if(problems.begin(), problems.end(),
                                   [](const Finding& finding) { return finding.severity == "fatal"; });
  const auto warnings = std::count_if(problems.begin(), problems.end(),
                                      [](const Finding& finding) { return finding.severity == "warn"; });
  const std::string sentence = results.command == "check" ? check_sentence(results) : verdict_reasons(results).front();
  std::string text = fmt::format("WEBHOOK {} {}: {}|time={:.3f}s fatal={};;1 warnings={};1\n",
                                 kStates[nagios_exit_code(results)], one_line(results.scenario.name),
                                 one_line(sentence), static_cast<double>(results.duration_ns) * 1e-9, fatal, warnings);
  for (const Finding& finding : problems)
    text += one_line(fmt::format("{} {} {} {} {}", finding.severity, finding.id, finding.address, finding.title,
                                 finding.observed)) +
            "\n";
  return text;
}

}  // namespace hookdrill
