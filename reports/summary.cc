#include "reports/summary.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/text.h"

namespace hookdrill {
namespace {

struct HistogramName {
  std::string_view key, label, meaning;
};

constexpr HistogramName kHistogramNames[] = {
    {"dns", "dns", "name resolution"},
    {"connect", "connect", "TCP connection"},
    {"tls", "tls", "TLS handshake"},
    {"write", "write", "sending the request"},
    {"wait", "wait", "until the first byte of the answer"},
    {"read", "read", "the rest of the answer"},
    {"service", "service", "from sent to answered"},
    {"latency", "latency", "from due to answered; failures count as infinite"},
    {"time_to_deliver", "delivered", "from first due to delivered, retries included"},
    {"lateness", "late", "how late this machine sent"},
};

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::size_t count_status(const Results& results, std::string_view status) {
  return static_cast<std::size_t>(std::count_if(results.verdicts.begin(), results.verdicts.end(),
                                                [&](const VerdictRow& row) { return row.status == status; }));
}

std::string verdict_sentence(const VerdictRow& row) {
  const std::string text = fmt::format("{} {}, {}", metric_of(row), row.observed, wanted_text(row));
  return row.status == "undecided" ? text + ": too few samples to decide" : text;
}

int severity_rank(const Finding& finding) {
  constexpr std::string_view kOrder[] = {"fatal", "error", "warn"};
  const auto at = std::find(std::begin(kOrder), std::end(kOrder), finding.severity);
  return static_cast<int>(at - std::begin(kOrder));
}

std::size_t count_severity(const std::vector<Finding>& findings, std::string_view severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& row) { return row.severity == severity; }));
}

}  // namespace

std::string check_sentence(const Results& results) {
  const std::vector<Finding> problems = problems_of(results);
  if (results.verdict == "fail" && !problems.empty()) {
    const Finding& worst = problems.front();
    const auto commas = static_cast<std::size_t>(std::count(worst.address.begin(), worst.address.end(), ','));
    const std::string where = worst.address.empty() || commas == 0 ? "" : fmt::format(" ({} addresses)", commas + 1);
    return fmt::format("Meta would NOT deliver: {}{}.", worst.title, where);
  }
  if (results.verdict == "untrusted") {
    return fmt::format("NOT DECIDED: {}", results.untrusted_because.empty() ? "not everything could be tested."
                                                                            : results.untrusted_because.front());
  }
  const std::size_t warnings = count_severity(problems, "warn");
  return warnings == 0 ? "Meta would deliver."
                       : fmt::format("Meta would deliver, with {}.", format_counted(warnings, "warning"));
}

std::string check_counts(const Results& results) {
  std::string text;
  const std::vector<Finding> findings = merged(results.findings);
  const auto add = [&](std::string_view severity, std::string_view one, std::string_view many) {
    const std::size_t count = count_severity(findings, severity);
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, count == 1 ? one : many);
  };
  add("pass", "passed", "passed");
  add("warn", "warning", "warnings");
  add("fatal", "fatal", "fatal");
  add("error", "error of this machine", "errors of this machine");
  add("info", "note", "notes");
  add("not_tested", "not tested", "not tested");
  add("skip", "not run", "not run");
  return text;
}

std::string verdict_word(const Results& results) {
  return results.verdict == "pass" ? "PASS" : results.verdict == "fail" ? "FAIL" : "UNTRUSTED";
}

std::vector<std::string> verdict_reasons(const Results& results) {
  std::vector<std::string> reasons;
  if (results.verdict == "untrusted") reasons = results.untrusted_because;
  for (const VerdictRow& row : results.verdicts) {
    if (row.status == "fail") reasons.push_back(verdict_sentence(row));
  }
  for (const Finding& finding : problems_of(results)) {
    if (finding.severity != "warn") reasons.push_back(finding.title);
  }
  for (const VerdictRow& row : results.verdicts) {
    if (row.status == "undecided") reasons.push_back(verdict_sentence(row));
  }
  if (!reasons.empty()) return reasons;
  if (results.command == "check") return {check_sentence(results)};
  const std::size_t count = count_status(results, "pass");
  return {count == 0   ? "nothing was demanded, nothing failed"
          : count == 1 ? verdict_sentence(results.verdicts[0])
                       : fmt::format("all {} expectations hold", count)};
}

std::string metric_of(const VerdictRow& row) {
  const std::string suffix = " " + row.limit;
  if (row.limit.empty() || !ends_with(row.name, suffix)) return row.name;
  return row.name.substr(0, row.name.size() - suffix.size());
}

std::string wanted_text(const VerdictRow& row) {
  for (const std::string_view equals : {"equals ", "equal to "}) {
    if (row.limit.rfind(equals, 0) == 0) return "wanted " + row.limit.substr(equals.size());
  }
  return "wanted " + row.limit;
}

std::string start_text(const Results& results) {
  if (results.started_at.empty()) return "virtual time";
  std::string text = results.started_at;
  if (const std::size_t t = text.find('T'); t != std::string::npos) text[t] = ' ';
  if (ends_with(text, "Z")) text.replace(text.size() - 1, 1, " UTC");
  return text;
}

std::string run_facts(const Results& results) {
  return fmt::format("{} · seed {} · {}", start_text(results), results.scenario.seed,
                     format_duration(Duration(results.duration_ns)));
}

std::vector<OutcomeRow> failures_of(const PathResults& path) {
  std::vector<OutcomeRow> failures;
  std::copy_if(path.outcomes.begin(), path.outcomes.end(), std::back_inserter(failures),
               [](const OutcomeRow& row) { return row.code != "ok" && row.count > 0; });
  std::stable_sort(failures.begin(), failures.end(),
                   [](const OutcomeRow& a, const OutcomeRow& b) { return a.count > b.count; });
  return failures;
}

std::uint64_t failed_attempts(const PathResults& path) {
  std::uint64_t count = 0;
  for (const OutcomeRow& row : failures_of(path)) count += row.count;
  return count;
}

std::string blame_text(const PathResults& path) {
  std::map<std::string, std::uint64_t> by_side;
  for (const OutcomeRow& row : failures_of(path)) by_side[row.side] += row.count;
  const auto most = std::max_element(by_side.begin(), by_side.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == by_side.end()) return "";
  const std::string answered = [&]() -> std::string {
    const auto wait = path.histograms.find("wait");
    if (wait == path.histograms.end() || wait->second.count() == 0) return "nothing was answered";
    return fmt::format("answers took {} (p99)", format_duration_or_inf(wait->second.percentile(99)));
  }();
  if (most->first == "path") return "the path or a provider on it, not the endpoint: " + answered;
  if (most->first == "server") return "the endpoint, or what stands in front of it";
  if (most->first == "client") return "this machine, not the endpoint";
  return "one end of the wire cannot tell path from endpoint; " + answered;
}

std::string retry_schedule_text(const RetryFacts& retry) {
  if (retry.waits.empty()) return retry.schedule.empty() ? "none" : retry.schedule;
  constexpr std::size_t kShown = 8;
  std::string text = retry.schedule;
  for (std::size_t i = 0; i < retry.waits.size() && i < kShown; ++i) text += " " + retry.waits[i];
  return retry.waits.size() > kShown ? fmt::format("{} … ({} waits)", text, retry.waits.size()) : text;
}

std::string retry_duration_text(const Results& results) {
  std::size_t most = 0;  // retries of the delivery that needed most
  for (const auto& [name, path] : results.paths) {
    for (std::size_t i = 1; i < path.delivered_at_attempt.size(); ++i) {
      if (path.delivered_at_attempt[i] > 0) most = std::max(most, i);
    }
  }
  if (most == 0 || results.retry.waits.size() < most) return "";
  Duration first{}, sum{};
  for (std::size_t i = 0; i < most; ++i) {
    const std::optional<Duration> wait = parse_duration(results.retry.waits[i]);
    if (!wait) return "";
    if (i == 0) first = *wait;
    sum += *wait;
  }
  return most == 1 ? format_duration(first) : format_duration(first) + " to " + format_duration(sum);
}

std::vector<HistogramRow> histogram_rows(const std::map<std::string, Histogram>& histograms) {
  std::vector<HistogramRow> rows;
  for (const HistogramName& name : kHistogramNames) {
    const auto at = histograms.find(std::string(name.key));
    if (at != histograms.end() && !at->second.empty())
      rows.push_back({name.key, name.label, name.meaning, &at->second});
  }
  return rows;
}

std::vector<StageRow> stage_rows(const Results& results, const PathResults& path) {
  std::vector<StageRow> rows;
  if (path.stages.size() < 2) return rows;
  for (const std::string& name : results.scenario.stages) {
    if (const auto at = path.stages.find(name); at != path.stages.end()) rows.push_back({name, &at->second});
  }
  for (const auto& [name, stage] : path.stages) {
    const auto& known = results.scenario.stages;
    if (std::find(known.begin(), known.end(), name) == known.end()) rows.push_back({name, &stage});
  }
  return rows;
}

std::vector<Finding> merged(const std::vector<Finding>& findings) {
  std::vector<Finding> rows;
  for (const Finding& finding : findings) {
    const auto same = std::find_if(rows.begin(), rows.end(), [&](const Finding& row) {
      return row.id == finding.id && row.severity == finding.severity && row.title == finding.title &&
             row.observed == finding.observed && row.path == finding.path;
    });
    if (same == rows.end()) {
      rows.push_back(finding);
    } else if (!finding.address.empty()) {
      same->address += (same->address.empty() ? "" : ", ") + finding.address;
    }
  }
  return rows;
}

std::vector<Finding> problems_of(const Results& results) {
  std::vector<Finding> problems;
  std::copy_if(results.findings.begin(), results.findings.end(), std::back_inserter(problems),
               [](const Finding& finding) { return severity_rank(finding) < 3; });
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Finding& a, const Finding& b) { return severity_rank(a) < severity_rank(b); });
  return merged(problems);
}

}  // namespace hookdrill
