// A sweep as a page of its own: what is lost and what the retries cost over the swept value, and the table.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "reports/chart.h"
#include "reports/html_charts.h"
#include "reports/html_parts.h"
#include "reports/html_style.h"
#include "reports/sweep.h"
#include "reports/text.h"
#include "reports/xml.h"

namespace hookdrill {
namespace {

// The number that a value begins with ("0.18", "50/s"); its place in the list where it begins with none.
double position_of(const SweepPoint& point, std::size_t index) {
  double number = 0;
  const auto [rest, error] = std::from_chars(point.value.data(), point.value.data() + point.value.size(), number);
  return error == std::errc() ? number : static_cast<double>(index);
}

double share_of(std::uint64_t hits, std::uint64_t of) {
  return of == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(of);
}

using Measure = double (*)(const SweepPoint&);
double dropped_percent(const SweepPoint& point) {
  return 100 * share_of(point.dropped, point.dropped_of);
}
double lost_percent(const SweepPoint& point) {
  return 100 * share_of(point.lost(), point.deliveries.planned);
}
double tries(const SweepPoint& point) {
  return share_of(point.attempts, point.deliveries.planned);
}
double load_max(const SweepPoint& point) {
  return point.load_max;
}

/// A line for each path and measure.
std::string figure(const SweepResults& sweep, const char* id, const std::string& title, const std::string& unit,
                   const std::vector<std::pair<std::string, Measure>>& measures, const std::string& numbers) {
  std::map<std::string, std::vector<const SweepPoint*>> paths;
  for (const SweepPoint& point : sweep.points) paths[point.path].push_back(&point);
  Chart chart;
  double highest_x = 0;
  double highest_y = 0;
  for (const auto& [path, points] : paths) {
    for (const auto& [name, measure] : measures) {
      ChartSeries series;
      series.name = paths.size() == 1 ? name : path + ": " + name;
      series.style = path_style(chart.series.size());
      for (std::size_t i = 0; i < points.size(); ++i) {
        series.points.emplace_back(position_of(*points[i], i), measure(*points[i]));
        highest_x = std::max(highest_x, series.points.back().first);
        highest_y = std::max(highest_y, series.points.back().second);
      }
      chart.series.push_back(std::move(series));
    }
  }
  chart.id = id;
  chart.title = title;
  chart.description = fmt::format("{} over {}; the table below has the numbers", title, sweep.key);
  chart.x = linear_axis(highest_x > 0 ? highest_x : 1, sweep.key);
  chart.y = linear_axis(highest_y > 0 ? highest_y : 1, unit);
  return html_figure(chart, numbers);
}

std::string table(const SweepResults& sweep) {
  std::vector<std::vector<HtmlCell>> rows;
  for (const SweepPoint& point : sweep.points) {
    const std::uint64_t planned = point.deliveries.planned;
    rows.push_back({text_cell(point.value), text_cell(point.path), text_cell(point.verdict),
                    number_cell(format_share(share_of(point.dropped, point.dropped_of))),
                    number_cell(format_share(share_of(point.deliveries.delivered_first_try, planned))),
                    number_cell(format_share(share_of(point.lost(), planned), point.lost_low, point.lost_high)),
                    number_cell(fmt::format("{:.2f}", tries(point))),
                    number_cell(format_duration_or_inf(point.time_to_deliver.percentile(50))),
                    number_cell(format_duration_or_inf(point.time_to_deliver.percentile(99))),
                    number_cell(point.load_max == 0 ? "" : fmt::format("{:.1f}", point.load_max))});
  }
  return html_table({text_cell(sweep.key), text_cell("path"), text_cell("verdict"), number_cell("dropped"),
                     number_cell("first try"), number_cell("lost [95 %]"), number_cell("tries"), number_cell("p50"),
                     number_cell("p99"), number_cell("worst load")},
                    rows);
}

}  // namespace

std::string sweep_html(const SweepResults& sweep) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src "
      "data:\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{}: {} · hookdrill</title>\n<style>{}</style>\n"
      "</head>\n<body>\n<main>\n<header><h1>{}</h1><p>{} in virtual time, {} for each value</p></header>\n",
      xml_escape(sweep.scenario), xml_escape(sweep.key), kHtmlStyle, xml_escape(sweep.scenario), xml_escape(sweep.key),
      format_counted(sweep.seeds, "seed"));
  const std::string numbers = table(sweep);
  html += html_section(
      "loss", "What is lost",
      figure(sweep, "loss-chart", "Connections and messages lost", "%",
             {{"connections without an answer", dropped_percent}, {"messages lost", lost_percent}}, numbers));
  std::vector<std::pair<std::string, Measure>> loads{{"on the whole", tries}};
  if (std::any_of(sweep.points.begin(), sweep.points.end(), [](const SweepPoint& p) { return p.load_max > 0; }))
    loads.emplace_back("in the worst interval of a sick time", load_max);
  html += html_section("load", "What the retries cost",
                       figure(sweep, "load-chart", "Attempts for each delivery", "attempts", loads, numbers));
  return html + fmt::format("<p class=\"dim small\">{} · sha256 {} · seeds {} to {}</p>\n</main>\n</body>\n</html>\n",
                            xml_escape(sweep.file), xml_escape(sweep.sha256), sweep.first_seed,
                            sweep.first_seed + sweep.seeds - 1);
}

}  // namespace hookdrill
