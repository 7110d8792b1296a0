#include "reports/html_charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/bins.h"
#include "reports/html_parts.h"
#include "reports/summary.h"
#include "reports/text.h"

namespace hookdrill {
namespace {

constexpr std::size_t kCurveSteps = 160;
constexpr std::size_t kBins = 48;
constexpr std::size_t kTimeRowsMax = 240;

struct NamedHistogram {
  std::string path;
  std::string style;
  const Histogram* histogram;
};

std::vector<NamedHistogram> histograms_of(const Results& results, const std::string& key) {
  std::vector<NamedHistogram> found;
  std::size_t index = 0;
  for (const auto& [name, path] : results.paths) {
    const auto at = path.histograms.find(key);
    if (at != path.histograms.end() && !at->second.empty()) found.push_back({name, path_style(index), &at->second});
    ++index;
  }
  return found;
}

std::pair<Duration, Duration> range_of(const std::vector<NamedHistogram>& histograms) {
  std::vector<const Histogram*> all;
  for (const NamedHistogram& one : histograms) all.push_back(one.histogram);
  return common_range(all);
}

double number(Duration duration) {
  return static_cast<double>(duration.count());
}

// Along log10(1/(1-p)), so that every nine has the same number of points.
ChartSeries percentile_curve(const NamedHistogram& named, double nines) {
  ChartSeries series{named.path, named.style, {}, false, false};
  for (std::size_t i = 0; i <= kCurveSteps; ++i) {
    const double x = nines * static_cast<double>(i) / kCurveSteps;
    const double percent = 100 * (1 - std::pow(10, -x));
    const std::optional<Duration> value =
        percent <= 0 ? std::optional(named.histogram->min()) : named.histogram->percentile(percent);
    if (!value) {
      series.open_end = true;
      break;
    }
    series.points.emplace_back(x, number(*value));
  }
  return series;
}

// How many nines are worth drawing: as far as the number of attempts tells them apart, and not far beyond the first
// failure.
double nines_of(const Histogram& histogram) {
  const double all = static_cast<double>(histogram.count() + histogram.infinite());
  const double failed = static_cast<double>(std::max<std::uint64_t>(1, histogram.infinite()));
  return std::log10(std::max(1.0, all / failed));
}

std::string percentile_sentence(const NamedHistogram& named) {
  const auto at = [&](double percent) { return format_duration_or_inf(named.histogram->percentile(percent)); };
  return fmt::format("{}: p50 {}, p90 {}, p99 {}. ", named.path, at(50), at(90), at(99));
}

std::string percentile_numbers(const std::vector<NamedHistogram>& histograms) {
  constexpr double kShown[] = {50, 75, 90, 95, 99, 99.9, 99.99};
  std::vector<HtmlCell> header = {text_cell("path")};
  for (const double percent : kShown) header.push_back(number_cell(fmt::format("p{:g}", percent)));
  header.push_back(number_cell("failures"));
  std::vector<std::vector<HtmlCell>> rows;
  for (const NamedHistogram& one : histograms) {
    std::vector<HtmlCell> row = {text_cell(one.path)};
    for (const double percent : kShown)
      row.push_back(number_cell(format_duration_or_inf(one.histogram->percentile(percent))));
    row.push_back(number_cell(format_count(one.histogram->infinite())));
    rows.push_back(std::move(row));
  }
  return html_table(header, rows);
}

struct Spread {
  NamedHistogram named;
  std::vector<std::uint64_t> bins;
};

std::string spread_numbers(const std::vector<Spread>& spreads, Duration low, Duration high) {
  std::vector<HtmlCell> header = {text_cell("from"), number_cell("to")};
  for (const Spread& spread : spreads) header.push_back(number_cell(spread.named.path));
  std::vector<std::vector<HtmlCell>> rows;
  for (std::size_t i = 0; i < kBins; ++i) {
    const bool any =
        std::any_of(spreads.begin(), spreads.end(), [&](const Spread& spread) { return spread.bins[i] > 0; });
    if (!any) continue;
    std::vector<HtmlCell> row = {text_cell(format_duration(bin_edge(low, high, kBins, i))),
                                 number_cell(format_duration(bin_edge(low, high, kBins, i + 1)))};
    for (const Spread& spread : spreads) row.push_back(number_cell(format_count(spread.bins[i])));
    rows.push_back(std::move(row));
  }
  return html_table(header, rows);
}

// Rows of the series put together until they are few enough to draw; counts become rates per second.
struct TimeRow {
  double second = 0;
  double planned = 0, sent = 0, delivered = 0, failed = 0, retried = 0;
  Duration lateness_max{};
};

std::vector<TimeRow> time_rows(const std::vector<SeriesRow>& series) {
  const double seconds_per_row = series.size() < 2 ? 1 : std::max(1u, series[1].second - series[0].second);
  const std::size_t together = (series.size() + kTimeRowsMax - 1) / kTimeRowsMax;
  std::vector<TimeRow> rows;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (i % together == 0) rows.push_back({.second = static_cast<double>(series[i].second)});
    const std::size_t group = std::min(together, series.size() - i / together * together);
    const double seconds = seconds_per_row * static_cast<double>(group);
    TimeRow& row = rows.back();
    row.planned += static_cast<double>(series[i].planned) / seconds;
    row.sent += static_cast<double>(series[i].sent) / seconds;
    row.delivered += static_cast<double>(series[i].delivered) / seconds;
    row.failed += static_cast<double>(series[i].failed) / seconds;
    row.retried += static_cast<double>(series[i].retried) / seconds;
    row.lateness_max = std::max(row.lateness_max, Duration(series[i].lateness_max_ns));
  }
  return rows;
}

std::string rate_text(double per_second) {
  return per_second == std::floor(per_second) ? format_count(static_cast<std::uint64_t>(per_second))
                                              : fmt::format("{:.1f}", per_second);
}

std::string time_numbers(const std::vector<TimeRow>& rows) {
  std::vector<HtmlCell> header = {text_cell("second")};
  for (const char* name : {"planned/s", "sent/s", "delivered/s", "failed/s", "retried/s", "latest sent"})
    header.push_back(number_cell(name));
  std::vector<std::vector<HtmlCell>> table;
  for (const TimeRow& row : rows) {
    table.push_back({text_cell(fmt::format("{:g}", row.second)), number_cell(rate_text(row.planned)),
                     number_cell(rate_text(row.sent)), number_cell(rate_text(row.delivered)),
                     number_cell(rate_text(row.failed)), number_cell(rate_text(row.retried)),
                     number_cell(format_duration(row.lateness_max))});
  }
  return html_table(header, table);
}

Axis time_axis(double seconds) {
  return linear_axis(std::max(1.0, seconds), "seconds since the start");
}

}  // namespace

std::string path_style(std::size_t index) {
  return fmt::format("s{}", index % 6);
}

std::string percentile_figure(const Results& results) {
  const std::vector<NamedHistogram> histograms = histograms_of(results, "latency");
  const bool answered = std::any_of(histograms.begin(), histograms.end(),
                                    [](const NamedHistogram& one) { return one.histogram->count() > 0; });
  if (!answered) return "";
  const auto [low, high] = range_of(histograms);
  double nines = 0;
  Chart chart{"percentiles", "Latency by percentile", "", {}, duration_axis(low, high, "latency"), {}};
  for (const NamedHistogram& one : histograms) nines = std::max(nines, nines_of(*one.histogram));
  chart.x = percentile_axis(nines, "% of attempts; failures count as slowest");
  for (const NamedHistogram& one : histograms) {
    chart.series.push_back(percentile_curve(one, chart.x.high));
    chart.description += percentile_sentence(one);
  }
  return html_figure(chart, percentile_numbers(histograms));
}

std::string spread_figure(const Results& results, const std::string& key, const std::string& title) {
  const std::vector<NamedHistogram> histograms = histograms_of(results, key);
  const auto [low, high] = range_of(histograms);
  std::vector<Spread> spreads;
  double most = 0;
  for (const NamedHistogram& one : histograms) {
    if (one.histogram->count() == 0) continue;
    spreads.push_back({one, logarithmic_bins(*one.histogram, low, high, kBins)});
    const std::uint64_t peak = *std::max_element(spreads.back().bins.begin(), spreads.back().bins.end());
    most = std::max(most, 100 * static_cast<double>(peak) / static_cast<double>(one.histogram->count()));
  }
  if (spreads.empty()) return "";
  Chart chart{"spread-" + key, title, "", duration_axis(low, high, "duration"), linear_axis(most, "% of attempts"), {}};
  for (const Spread& spread : spreads) {
    ChartSeries series{spread.named.path, spread.named.style, {}, true, false};
    const double all = static_cast<double>(spread.named.histogram->count());
    for (std::size_t i = 0; i < kBins; ++i) {
      const double share = 100 * static_cast<double>(spread.bins[i]) / all;
      series.points.emplace_back(number(bin_edge(low, high, kBins, i)), share);
      series.points.emplace_back(number(bin_edge(low, high, kBins, i + 1)), share);
    }
    chart.series.push_back(std::move(series));
    chart.description += percentile_sentence(spread.named);
  }
  return html_figure(chart, spread_numbers(spreads, low, high));
}

std::string time_figure(const std::string& name, const PathResults& path, std::size_t index) {
  const std::vector<TimeRow> rows = time_rows(path.series);
  if (rows.empty()) return "";
  Chart chart{fmt::format("time-{}", index), "Per second, path " + name, "", {}, {}, {}};
  chart.series = {{"sent", "sent", {}, false, false},
                  {"of these retries", "retried", {}, false, false},
                  {"delivered", "delivered", {}, false, false},
                  {"failed", "failed", {}, false, false}};
  double most = 0;
  for (const TimeRow& row : rows) {
    chart.series[0].points.emplace_back(row.second, row.sent);
    chart.series[1].points.emplace_back(row.second, row.retried);
    chart.series[2].points.emplace_back(row.second, row.delivered);
    chart.series[3].points.emplace_back(row.second, row.failed);
    most = std::max({most, row.sent, row.delivered, row.failed});
  }
  chart.x = time_axis(rows.back().second);
  chart.y = linear_axis(most, "per second");
  chart.description = fmt::format("{}: {} sent, {} failed; {} delivered.", name,
                                  format_counted(path.attempts_total, "attempt"), format_count(failed_attempts(path)),
                                  format_counted(path.deliveries.delivered, "delivery", "deliveries"));
  return html_figure(chart, time_numbers(rows));
}

std::string lateness_figure(const Results& results) {
  Chart chart{"lateness", "How late this machine sent, at worst", "", {}, {}, {}};
  double last = 0;
  Duration most{};
  std::size_t index = 0;
  std::vector<std::vector<HtmlCell>> table;
  for (const auto& [name, path] : results.paths) {
    ChartSeries series{name, results.paths.size() == 1 ? "late" : path_style(index++), {}, false, false};
    for (const TimeRow& row : time_rows(path.series)) {
      series.points.emplace_back(row.second, number(row.lateness_max));
      last = std::max(last, row.second);
      most = std::max(most, row.lateness_max);
      table.push_back({text_cell(name), number_cell(fmt::format("{:g}", row.second)),
                       number_cell(format_duration(row.lateness_max))});
    }
    if (!series.points.empty()) chart.series.push_back(std::move(series));
  }
  if (chart.series.empty()) return "";
  chart.x = time_axis(last);
  chart.y =
      duration_axis(std::chrono::microseconds(1), std::max<Duration>(most, std::chrono::microseconds(10)), "lateness");
  chart.description = fmt::format("At most {} late.", format_duration(most));
  return html_figure(chart, html_table({text_cell("path"), number_cell("second"), number_cell("at worst")}, table));
}

}  // namespace hookdrill
