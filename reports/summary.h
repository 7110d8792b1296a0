// What every report says in words, once for all formats: the headline, who is to blame, the retries, the order of rows.
// Plain text; layout and escaping are the formats' own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/results.h"

namespace hookdrill {

/// "PASS", "FAIL", "UNTRUSTED".
std::string verdict_word(const Results& results);

/// Why the verdict is what it is, most important first, one sentence each; at least one.
/// "direct.drop.rate 18.1 % [17.4, 18.9], wanted below 1%", "all 3 expectations hold".
std::vector<std::string> verdict_reasons(const Results& results);

/// The expectation without its limit: "direct.drop.rate".
std::string metric_of(const VerdictRow& row);

/// "wanted below 1%".
std::string wanted_text(const VerdictRow& row);

/// "2026-11-21 22:10:04 UTC", or "virtual time".
std::string start_text(const Results& results);

/// "2026-11-21 22:10:04 UTC · seed 42 · 1 min 40 s".
std::string run_facts(const Results& results);

/// Outcomes other than ok, most frequent first, and how many attempts they are.
std::vector<OutcomeRow> failures_of(const PathResults& path);
std::uint64_t failed_attempts(const PathResults& path);

/// Who is to blame for most failures, as far as one end of the wire can tell; "" without failures.
std::string blame_text(const PathResults& path);

/// "guide 5m 10m 20m 40m 90m", shortened when long; "none".
std::string retry_schedule_text(const RetryFacts& retry);

/// What the retries of this run would have taken at Meta's pace: "5 min to 2 h 45 min"; "" without retries, or when the
/// waits do not say.
std::string retry_duration_text(const Results& results);

/// A row of a table of percentiles: the key in results.json, what people call it, and the histogram.
struct HistogramRow {
  std::string_view key;
  std::string_view label;
  std::string_view meaning;
  const Histogram* histogram = nullptr;
};
/// Those that hold values, in the order in which an attempt passes them.
std::vector<HistogramRow> histogram_rows(const std::map<std::string, Histogram>& histograms);

/// The stages of a path in the order of the scenario; nothing when there is only one, which the path itself tells.
struct StageRow {
  std::string name;
  const PathResults* stage = nullptr;
};
std::vector<StageRow> stage_rows(const Results& results, const PathResults& path);

/// The verdict of `check` in one sentence: "Meta would NOT deliver: the TLS certificate chain is incomplete."
std::string check_sentence(const Results& results);

/// "17 passed, 2 warnings, 1 fatal, 21 not reached".
std::string check_counts(const Results& results);

/// Findings that say the same of several addresses, as one with all of them.
std::vector<Finding> merged(const std::vector<Finding>& findings);

/// Fatal, error and warn findings, worst first, merged.
std::vector<Finding> problems_of(const Results& results);

}  // namespace hookdrill
