#include "reports/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reports/text.h"
#include "reports/xml.h"

namespace hookdrill {
namespace {

// The picture in user units. Margins leave room for labels at the larger size that the page gives them on a phone.
constexpr double kWidth = 640, kHeight = 320;
constexpr double kLeft = 108, kRight = 40, kTop = 18, kBottom = 62;
constexpr double kPlotRight = kWidth - kRight, kPlotBottom = kHeight - kBottom;
constexpr double kBarHeight = 28;

double share_of(const Axis& axis, double value) {
  if (axis.high <= axis.low) return 0;
  const double share = axis.logarithmic ? (std::log10(std::max(value, axis.low)) - std::log10(axis.low)) /
                                              (std::log10(axis.high) - std::log10(axis.low))
                                        : (value - axis.low) / (axis.high - axis.low);
  return std::clamp(share, 0.0, 1.0);
}

double x_of(const Chart& chart, double value) {
  return kLeft + share_of(chart.x, value) * (kPlotRight - kLeft);
}

double y_of(const Chart& chart, double value) {
  return kPlotBottom - share_of(chart.y, value) * (kPlotBottom - kTop);
}

std::string labelled_svg(const std::string& id, double width, double height, const std::string& title,
                         const std::string& description) {
  std::string svg = fmt::format("<svg viewBox=\"0 0 {:g} {:g}\" role=\"img\" aria-labelledby=\"{}-title{}\">\n", width,
                                height, id, description.empty() ? "" : " " + id + "-desc");
  svg += fmt::format("<title id=\"{}-title\">{}</title>\n", id, xml_escape(title));
  if (!description.empty()) svg += fmt::format("<desc id=\"{}-desc\">{}</desc>\n", id, xml_escape(description));
  return svg;
}

std::string grid(const Chart& chart) {
  std::string svg;
  for (const Tick& tick : chart.y.ticks) {
    const double y = y_of(chart, tick.at);
    svg += fmt::format("<line class=\"grid\" x1=\"{:g}\" x2=\"{:g}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>\n", kLeft,
                       kPlotRight, y, y);
    if (!tick.label.empty()) {
      svg += fmt::format("<text x=\"{:g}\" y=\"{:.1f}\" dy=\".35em\" text-anchor=\"end\">{}</text>\n", kLeft - 8, y,
                         xml_escape(tick.label));
    }
  }
  for (const Tick& tick : chart.x.ticks) {
    const double x = x_of(chart, tick.at);
    svg += fmt::format("<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:g}\" y2=\"{:g}\"/>\n", x, x, kTop,
                       kPlotBottom);
    if (!tick.label.empty()) {
      svg += fmt::format("<text x=\"{:.1f}\" y=\"{:g}\" dy=\"1.2em\" text-anchor=\"middle\">{}</text>\n", x,
                         kPlotBottom, xml_escape(tick.label));
    }
  }
  svg += fmt::format("<path class=\"axis\" d=\"M{0:g} {1:g}V{2:g}H{3:g}\"/>\n", kLeft, kTop, kPlotBottom, kPlotRight);
  svg += fmt::format("<text class=\"axis-label\" x=\"{:g}\" y=\"{:g}\" text-anchor=\"middle\">{}</text>\n",
                     (kLeft + kPlotRight) / 2, kHeight - 8, xml_escape(chart.x.label));
  return svg + fmt::format(
                   "<text class=\"axis-label\" transform=\"translate(14 {:g}) rotate(-90)\" "
                   "text-anchor=\"middle\">{}</text>\n",
                   (kTop + kPlotBottom) / 2, xml_escape(chart.y.label));
}

std::string drawn(const Chart& chart, const ChartSeries& series) {
  if (series.points.empty()) return "";
  std::string line;
  for (const auto& [x, y] : series.points) {
    line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", x_of(chart, x), y_of(chart, y));
  }
  std::string svg;
  const double last_x = x_of(chart, series.points.back().first);
  if (series.area) {
    svg += fmt::format("<path class=\"area {}\" d=\"{}L{:.1f} {:g}L{:.1f} {:g}Z\"/>\n", series.style, line, last_x,
                       kPlotBottom, x_of(chart, series.points.front().first), kPlotBottom);
  }
  svg += fmt::format("<path class=\"line {}\" d=\"{}\"/>\n", series.style, line);
  if (series.open_end) {
    svg += fmt::format("<path class=\"line {}\" d=\"M{:.1f} {:.1f}V{:g}\"/>\n", series.style, last_x,
                       y_of(chart, series.points.back().second), kTop + 8);
    svg += fmt::format("<path class=\"arrow {}\" d=\"M{:.1f} {:g}l-6 12h12z\"/>\n", series.style, last_x, kTop - 2);
  }
  return svg;
}

std::string duration_label(double nanoseconds) {
  static constexpr std::pair<double, const char*> kUnits[] = {{1e9, "s"}, {1e6, "ms"}, {1e3, "µs"}, {1, "ns"}};
  for (const auto& [size, unit] : kUnits) {
    if (nanoseconds >= size * 0.999)
      return fmt::format("{} {}", format_count(static_cast<std::uint64_t>(std::llround(nanoseconds / size))), unit);
  }
  return "0";
}

}  // namespace

Axis linear_axis(double high, std::string label) {
  high = std::max(high, 1e-9);
  const double power = std::pow(10, std::floor(std::log10(high / 5)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (high / (factor * power) <= 6) step = factor * power;
  }
  Axis axis{0, step * std::ceil(high / step - 1e-9), false, std::move(label), {}};
  for (int i = 0; i * step <= axis.high * 1.0001; ++i) {
    const double at = i * step;
    axis.ticks.push_back(
        {at, at >= 1000 ? format_count(static_cast<std::uint64_t>(std::llround(at))) : fmt::format("{:g}", at)});
  }
  return axis;
}

Axis duration_axis(Duration low, Duration high, std::string label) {
  // All of 1, 2, 5 × 10^n, from the last one at or below `low` to the first one at or above `high`.
  const double from = std::max(1.0, static_cast<double>(low.count()));
  const double to = std::max(from, static_cast<double>(high.count()));
  std::vector<double> steps;
  for (double power = 1; power <= 1e15; power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) steps.push_back(factor * power);
  }
  auto first = std::upper_bound(steps.begin(), steps.end(), from * 1.0001) - 1;
  auto last = std::lower_bound(first, steps.end() - 1, to * 0.9999);
  if (last - first < 2) last = std::min(first + 2, steps.end() - 1);
  Axis axis{*first, *last, true, std::move(label), {}};

  // Below two decades every step has its line, above powers of ten only; labels keep their distance on a phone.
  const bool powers_only = std::log10(axis.high / axis.low) > 2.05;
  std::vector<double> shown;
  for (auto step = first; step <= last; ++step) {
    if (!powers_only || (step - steps.begin()) % 3 == 0) shown.push_back(*step);
  }
  const std::size_t every = 1 + (shown.size() - 1) / 5;
  for (std::size_t tick = 0; tick < shown.size(); ++tick)
    axis.ticks.push_back({shown[tick], tick % every == 0 ? duration_label(shown[tick]) : ""});
  return axis;
}

Axis percentile_axis(double nines, std::string label) {
  Axis axis{0, std::clamp(std::ceil(nines - 1e-9), 2.0, 6.0), false, std::move(label), {}};
  axis.ticks.push_back({0, axis.high <= 4 ? "0" : ""});
  axis.ticks.push_back({std::log10(2), "50"});
  for (int i = 1; i <= static_cast<int>(axis.high); ++i) {
    const std::string text = i == 1 ? "90" : i == 2 ? "99" : "99." + std::string(static_cast<std::size_t>(i - 2), '9');
    axis.ticks.push_back({static_cast<double>(i), text});
  }
  return axis;
}

std::string svg_chart(const Chart& chart) {
  std::string svg = labelled_svg(chart.id, kWidth, kHeight, chart.title, chart.description) + grid(chart);
  for (const ChartSeries& series : chart.series) svg += drawn(chart, series);
  return svg + "</svg>\n";
}

std::string svg_legend_mark(const std::string& style) {
  return fmt::format(
      "<svg class=\"mark\" viewBox=\"0 0 28 12\" aria-hidden=\"true\"><path class=\"line {}\" d=\"M1 6H27\"/></svg>",
      style);
}

std::string svg_stacked_bar(const std::string& id, const std::string& title, const std::vector<BarPart>& parts) {
  std::uint64_t total = 0;
  for (const BarPart& part : parts) total += part.count;
  std::string svg = labelled_svg(id, kWidth, kBarHeight, title, "");
  double x = 0;
  for (const BarPart& part : parts) {
    if (part.count == 0) continue;
    const double share = static_cast<double>(part.count) / static_cast<double>(total);
    const double width = std::max(2.0, share * kWidth);
    svg += fmt::format(
        "<rect class=\"part {}\" x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"{:g}\"><title>{}: {} "
        "({})</title></rect>\n",
        part.style, std::min(x, kWidth - 2), width, kBarHeight, xml_escape(part.name), format_count(part.count),
        format_share(share));
    x += width;
  }
  return svg + "</svg>\n";
}

}  // namespace hookdrill
