#include "reports/markdown.h"

#include <fmt/core.h>

#include <vector>

#include "base/encoding.h"
#include "reports/compare_text.h"
#include "reports/path_notes.h"
#include "reports/summary.h"
#include "reports/text.h"

namespace hookdrill {
namespace {

// A table; cells are Markdown already.
class Table {
 public:
  explicit Table(const std::vector<std::string>& header, const std::string& alignment) {
    row(header);
    for (const char column : alignment) text_ += column == 'r' ? "|---:" : "|---";
    text_ += "|\n";
  }
  void row(const std::vector<std::string>& cells) {
    for (const std::string& cell : cells) text_ += "| " + cell + " ";
    text_ += "|\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string code(std::string_view text) {
  return "`" + std::string(text) + "`";  // for our own words only: they hold no backtick
}

std::string headline(const Results& results) {
  const std::string sign = results.verdict == "pass" ? "✅" : results.verdict == "fail" ? "❌" : "⚠️";
  std::string text =
      fmt::format("## {} {}: {}\n\n", sign, markdown_escape(results.scenario.name), verdict_word(results));
  const std::vector<std::string> reasons = verdict_reasons(results);
  for (const std::string& reason : reasons) text += (reasons.size() > 1 ? "- " : "") + markdown_escape(reason) + "\n";
  return text + "\n" + markdown_escape(run_facts(results)) + "\n\n";
}

std::string expectations(const Results& results) {
  if (results.verdicts.empty()) return "";
  Table table({"", "expectation", "observed", "wanted", "why"}, "lllll");
  for (const VerdictRow& row : results.verdicts) {
    table.row({row.status == "pass"   ? "✅"
               : row.status == "fail" ? "❌"
                                      : "undecided",
               markdown_escape(metric_of(row)), markdown_escape(row.observed), markdown_escape(row.limit),
               markdown_escape(row.why)});
  }
  return table.text() + "\n";
}

std::string comparison(const Results& results) {
  std::string text;
  for (const ComparedPair& pair : compared_pairs(results)) {
    Table table({"", markdown_escape(pair.baseline), markdown_escape(pair.path), "difference [95 %]", "answer"},
                "lrrrl");
    for (const ComparisonRow* row : pair.rows) {
      table.row({markdown_escape(metric_label(*row)), compared_value(*row, row->baseline_value),
                 compared_value(*row, row->path_value), markdown_escape(difference_text(*row)),
                 markdown_escape(answer_sentence(*row))});
    }
    text += table.text() + "\n";
  }
  if (text.empty()) return "";
  const std::string noise = noise_sentence(results);
  return text + markdown_escape(comparison_facts(results)) + (noise.empty() ? "" : "; " + markdown_escape(noise)) +
         "\n\n";
}

std::string deliveries(const Results& results) {
  if (results.paths.empty()) return "";
  Table table({"path", "planned", "first try", "after a retry", "expired", "abandoned", "dropped"}, "lrrrrrr");
  for (const auto& [name, path] : results.paths) {
    const DeliveryCounts& counts = path.deliveries;
    table.row({markdown_escape(name), format_count(counts.planned), format_count(counts.delivered_first_try),
               format_count(counts.delivered_by_retry), format_count(counts.expired), format_count(counts.abandoned),
               markdown_escape(format_share(path.drop.rate, path.drop.low, path.drop.high))});
  }
  return table.text() + "\n";
}

std::string notes(const Results& results) {
  std::string text;
  for (const auto& [name, path] : results.paths) {
    for (const PathNote& note : path_notes(path))
      text += fmt::format("* {}, {}: {}\n", markdown_escape(name), lower_case(note.title), markdown_escape(note.text));
  }
  return text.empty() ? "" : text + "\n";
}

std::string failures(const std::string& name, const PathResults& path) {
  const std::vector<OutcomeRow> rows = failures_of(path);
  if (rows.empty()) return "";
  std::string text =
      fmt::format("**{}: {} of {} failed**: {}\n\n", markdown_escape(name), format_count(failed_attempts(path)),
                  format_counted(path.attempts_total, "attempt"), markdown_escape(blame_text(path)));
  Table table({"outcome", "attempts", "side", "curl", "what it means"}, "lrlrl");
  for (const OutcomeRow& row : rows) {
    const std::string meaning = row.detail.empty() ? row.meaning : row.meaning + " " + row.detail;
    table.row({code(row.code), format_count(row.count), row.side,
               row.curl_errno == 0 ? "" : std::to_string(row.curl_errno), markdown_escape(meaning)});
  }
  return text + table.text() + "\n";
}

std::string percentiles(const std::string& name, const PathResults& path) {
  const std::vector<HistogramRow> rows = histogram_rows(path.histograms);
  if (rows.empty()) return "";
  Table table({markdown_escape(name), "p50", "p90", "p99", "p99.9", "max"}, "lrrrrr");
  for (const HistogramRow& row : rows) {
    const auto at = [&](double percent) { return format_duration_or_inf(row.histogram->percentile(percent)); };
    table.row({std::string(row.label), at(50), at(90), at(99), at(99.9), at(100)});
  }
  return table.text() + "\n";
}

std::string finding_text(const Finding& finding) {
  std::string text = fmt::format("**{} {}** {}: {}\n\n{}\n\n", finding.severity == "warn" ? "⚠️" : "❌",
                                 markdown_escape(finding.id), markdown_escape(finding.address),
                                 markdown_escape(finding.title), markdown_escape(finding.observed));
  if (!finding.shown.empty()) text += "Meta would show: " + markdown_escape(finding.shown) + "\n\n";
  if (!finding.proof.empty()) text += "Proof: " + markdown_escape(finding.proof) + "\n\n";
  return finding.remedy.empty() ? text : text + "Mend: " + markdown_escape(finding.remedy) + "\n\n";
}

// Every check of `check`, what passed and what was not reached too.
std::string all_checks(const Results& results) {
  if (results.command != "check") return "";
  std::string text = fmt::format("<details><summary>all checks: {}</summary>\n\n", check_counts(results));
  text += "| result | check | address | says |\n|---|---|---|---|\n";
  for (const Finding& finding : merged(results.findings)) {
    text += fmt::format(
        "| {} | {} | {} | {} |\n", markdown_escape(finding.severity), markdown_escape(finding.id),
        markdown_escape(finding.address),
        markdown_escape(finding.observed.empty() ? finding.title : finding.title + ": " + finding.observed));
  }
  return text + "\n</details>\n\n";
}

std::string facts(const Results& results) {
  std::string text = "<details><summary>retries and environment</summary>\n\n";
  text += fmt::format("- retries: {} ({})\n", markdown_escape(retry_schedule_text(results.retry)),
                      markdown_escape(results.retry.source));
  for (const auto& [key, value] : results.receiver)
    text += fmt::format("- receiver, {}: {}\n", markdown_escape(key), markdown_escape(value));
  for (const auto& [key, value] : results.environment)
    text += fmt::format("- {}: {}\n", markdown_escape(key), markdown_escape(value));
  return text + "\n</details>\n";
}

}  // namespace

std::string markdown_escape(std::string_view text) {
  constexpr std::string_view kMeaningful = "\\`*_[]#|~<>&";
  std::string escaped;
  for (const char c : valid_utf8(text)) {
    if (c == '\n' || c == '\r' || c == '\t') {
      escaped += ' ';
    } else {
      if (kMeaningful.find(c) != std::string_view::npos) escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string markdown_report(const Results& results) {
  std::vector<std::string> blocks = {headline(results), expectations(results), comparison(results),
                                     deliveries(results) + notes(results)};
  for (const Finding& finding : problems_of(results)) blocks.push_back(finding_text(finding));
  for (const auto& [name, path] : results.paths) blocks.push_back(failures(name, path));
  for (const auto& [name, path] : results.paths) blocks.push_back(percentiles(name, path));
  blocks.push_back(all_checks(results));
  blocks.push_back(facts(results));

  std::string text;
  std::size_t left_out = 0;
  for (const std::string& block : blocks) {
    if (text.size() + block.size() > kMarkdownBytesMax) {
      ++left_out;
    } else {
      text += block;
    }
  }
  if (left_out > 0)
    text += fmt::format("{} left out: too long for a summary; see results.json.\n", format_counted(left_out, "part"));
  return text;
}

}  // namespace hookdrill
