#include "reports/terminal.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/bins.h"
#include "reports/compare_text.h"
#include "reports/page.h"
#include "reports/path_notes.h"
#include "reports/summary.h"
#include "reports/terminal_check.h"
#include "reports/text.h"

namespace hookdrill {
namespace {

constexpr std::size_t kBarColumns = 32;
constexpr std::size_t kCausesShown = 8;

void headline(const Results& results, Page& page) {
  const std::vector<std::string> reasons = verdict_reasons(results);
  const std::string title = fmt::format("{}: {}   ", results.scenario.name, verdict_word(results));
  const std::string start =
      page.bold(results.scenario.name + ": ") + page.verdict(results.verdict, verdict_word(results)) + "   ";
  const std::string facts = run_facts(results);
  const std::size_t used = display_width(title) + display_width(reasons[0]);
  const bool one_line = used + 3 + display_width(facts) <= page.width();
  if (one_line) {
    const std::size_t gap = page.width() - used - display_width(facts);
    page.line(start + reasons[0] + std::string(gap, ' ') + page.dim(facts));
  } else {
    page.line(start + hanging_text(reasons[0], page.width(), display_width(title), 4));
  }
  const std::size_t more = results.verdict == "untrusted" ? results.untrusted_because.size() : 0;
  for (std::size_t i = 1; i < more; ++i) page.indented(reasons[i], 4);
  if (!one_line) page.line(page.dim("    " + facts));
  if (!results.scenario.description.empty()) page.indented(results.scenario.description, 4);
}

// A single one is the headline, so only its reason is left to say.
void expectations(const Results& results, Page& page) {
  if (results.verdicts.size() == 1 && results.verdict != "untrusted") {
    if (!results.verdicts[0].why.empty()) page.indented(results.verdicts[0].why, 4);
    return;
  }
  TextTable table({TextTable::Align::left, TextTable::Align::left, TextTable::Align::left, TextTable::Align::left});
  for (const VerdictRow& row : results.verdicts)
    table.row({row.status == "fail" ? "FAIL" : row.status, metric_of(row), row.observed, wanted_text(row)});
  if (!results.verdicts.empty()) page.line();
  page.fitted(table.text(4));
}

void deliveries(const PathResults& path, Page& page) {
  const DeliveryCounts& counts = path.deliveries;
  page.labelled("Deliveries", fmt::format("{} planned   {} first try   {} after a retry   {} expired   {} abandoned",
                                          format_count(counts.planned), format_count(counts.delivered_first_try),
                                          format_count(counts.delivered_by_retry), format_count(counts.expired),
                                          format_count(counts.abandoned)));
  if (counts.duplicates > 0) {
    page.labelled("Duplicates", fmt::format("{} arrived after one that had been accepted",
                                            format_counted(counts.duplicates, "delivery", "deliveries")));
  }
}

void failures(const PathResults& path, Page& page) {
  if (path.drop.of > 0) {
    page.labelled("Dropped", fmt::format("{} of fresh connections: {} of {} got no answer",
                                         format_share(path.drop.rate, path.drop.low, path.drop.high),
                                         format_count(path.drop.dropped), format_count(path.drop.of)));
  }
  const std::vector<OutcomeRow> rows = failures_of(path);
  const std::uint64_t failed = failed_attempts(path);
  page.labelled("Failures", rows.empty() ? fmt::format("none in {}", format_counted(path.attempts_total, "attempt"))
                                         : fmt::format("{} of {}", format_count(failed),
                                                       format_counted(path.attempts_total, "attempt")));
  for (std::size_t i = 0; i < rows.size() && i < kCausesShown; ++i) {
    const OutcomeRow& row = rows[i];
    const double share =
        static_cast<double>(row.count) / static_cast<double>(std::max<std::uint64_t>(1, path.attempts_total));
    const std::string side =
        row.curl_errno == 0 ? row.side : fmt::format("{:<9}curl_errno {}", row.side, row.curl_errno);
    page.line(fmt::format("  {}{}  {}  {}", page.bold(pad_right(row.code, 18)), pad_left(format_count(row.count), 9),
                          pad_left(format_share(share), 8), side));
    page.indented(row.meaning, 6);
    if (!row.detail.empty() && row.detail != row.meaning) page.indented(row.detail, 6);
  }
  if (rows.size() > kCausesShown) page.indented(fmt::format("and {} more causes", rows.size() - kCausesShown), 6);
  if (!rows.empty()) page.labelled("Where", blame_text(path));
  for (const PathNote& note : path_notes(path)) page.labelled(note.label, note.text);
}

// What adds nothing to the rows beside it is left out: write and read when they are small, service when latency says
// it.
bool worth_a_row(const HistogramRow& row, const std::map<std::string, Histogram>& histograms) {
  if (row.key != "write" && row.key != "read" && row.key != "service") return true;
  const auto latency = histograms.find("latency");
  if (latency == histograms.end() || latency->second.count() == 0) return true;
  const double mine = to_seconds(row.histogram->percentile(99).value_or(row.histogram->max()));
  const double whole = to_seconds(latency->second.percentile(99).value_or(latency->second.max()));
  return row.key == "service" ? mine < 0.8 * whole : mine > 0.1 * whole;
}

void percentiles(const PathResults& path, Page& page) {
  std::vector<HistogramRow> rows = histogram_rows(path.histograms);
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const HistogramRow& row) { return !worth_a_row(row, path.histograms); }),
             rows.end());
  if (rows.empty()) return;
  std::vector<const Histogram*> drawn;
  bool any_infinite = false;
  for (const HistogramRow& row : rows) {
    any_infinite = any_infinite || row.histogram->infinite() > 0;
    if (row.key != "lateness") drawn.push_back(row.histogram);
  }
  const auto [low, high] = common_range(drawn);
  const bool bars = page.width() >= 64 + kBarColumns;
  const std::string from = format_duration(low), to = format_duration(high);
  const std::string axis = from + pad_left(to, kBarColumns - std::min(kBarColumns, display_width(from)));

  TextTable table({TextTable::Align::left, TextTable::Align::right, TextTable::Align::right, TextTable::Align::right,
                   TextTable::Align::right, TextTable::Align::right, TextTable::Align::left});
  table.row({"", "p50", "p90", "p99", "p99.9", "max", bars ? " " + axis : ""});
  for (const HistogramRow& row : rows) {
    const Histogram& h = *row.histogram;
    const auto at = [&](double percent) { return format_duration_or_inf(h.percentile(percent)); };
    table.row({std::string(row.label), at(50), at(90), at(99), at(99.9), at(100),
               bars && row.key != "lateness" ? " " + bar_line(h, low, high, kBarColumns) : ""});
  }
  page.line();
  page.raw(table.text());
  if (any_infinite) page.note_infinite();
}

void stages(const Results& results, const PathResults& path, Page& page) {
  const std::vector<StageRow> rows = stage_rows(results, path);
  if (rows.empty()) return;
  TextTable table({TextTable::Align::left, TextTable::Align::right, TextTable::Align::right, TextTable::Align::right,
                   TextTable::Align::right, TextTable::Align::right});
  table.row({"stage", "planned", "delivered", "dropped", "latency p50", "p99"});
  for (const StageRow& row : rows) {
    const auto latency = row.stage->histograms.find("latency");
    const auto at = [&](double percent) {
      return latency == row.stage->histograms.end() ? "" : format_duration_or_inf(latency->second.percentile(percent));
    };
    table.row({row.name, format_count(row.stage->deliveries.planned), format_count(row.stage->deliveries.delivered),
               format_share(row.stage->drop.rate), at(50), at(99)});
  }
  page.line();
  page.raw(table.text());
}

void comparison(const Results& results, Page& page) {
  for (const ComparedPair& pair : compared_pairs(results)) {
    TextTable table({TextTable::Align::left, TextTable::Align::right, TextTable::Align::right, TextTable::Align::left,
                     TextTable::Align::left});
    table.row({"", pair.baseline, pair.path, "difference [95 %]", ""});
    for (const ComparisonRow* row : pair.rows) {
      table.row({metric_label(*row), compared_value(*row, row->baseline_value), compared_value(*row, row->path_value),
                 difference_text(*row), answer_sentence(*row)});
    }
    page.line();
    page.fitted(table.text());
  }
  if (results.comparison.empty()) return;
  for (const std::string& note : {comparison_facts(results), noise_sentence(results)})
    if (!note.empty()) page.line(page.dim(hanging_text(note, page.width(), 0, 0)));
}

void retries(const Results& results, Page& page) {
  std::string text = retry_schedule_text(results.retry);
  if (!results.retry.waits.empty() && results.retry.time_scale != 1)
    text += fmt::format(", {:g} times shorter here", results.retry.time_scale);
  const std::string duration = retry_duration_text(results);
  if (!duration.empty()) text += fmt::format("; at Meta's pace {}", duration);
  page.labelled("Retries", text);
}

}  // namespace

std::string bar_line(const Histogram& histogram, Duration low, Duration high, std::size_t columns) {
  static constexpr std::string_view kBars[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::vector<std::uint64_t> counts = logarithmic_bins(histogram, low, high, columns);
  const std::uint64_t most = std::max<std::uint64_t>(1, *std::max_element(counts.begin(), counts.end()));
  std::string line;
  for (const std::uint64_t count : counts) line += kBars[(count * 8 + most - 1) / most];
  return line;
}

std::string terminal_report(const Results& results, const TerminalStyle& style) {
  if (results.command == "check") return check_report(results, style);
  Page page(style);
  headline(results, page);
  expectations(results, page);
  comparison(results, page);
  for (const auto& [name, path] : results.paths) {
    page.line();
    std::string where = path.address;
    if (!path.tls.empty()) where += (where.empty() ? "" : " · ") + path.tls;
    if (results.paths.size() > 1) {
      page.labelled("Path " + name, where.empty() ? where : "  " + where);
    } else if (!where.empty()) {
      page.labelled("Endpoint", where);
    }
    deliveries(path, page);
    failures(path, page);
    percentiles(path, page);
    stages(results, path, page);
  }
  for (const Finding& finding : problems_of(results)) {
    page.line();
    show_finding(finding, page);
  }
  page.line();
  if (!results.paths.empty()) retries(results, page);
  if (!results.receiver.empty()) {
    std::vector<std::string> facts;
    for (const auto& [key, value] : results.receiver) facts.push_back(key + " " + value);
    page.labelled("Receiver", fmt::format("{}", fmt::join(facts, ", ")));
  }
  for (const auto& [label, file] : style.files) page.labelled(label, file);
  return page.take();
}

}  // namespace hookdrill
