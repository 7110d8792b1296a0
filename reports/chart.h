// Pictures as inline SVG: axes, lines, areas, a stacked bar. Each carries a title and a description for those who
// cannot see it. Colours and sizes of text are the page's (html_style.h), so that light, dark and phones need no second
// picture.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"

namespace hookdrill {

struct Tick {
  double at = 0;
  std::string label;  // "" = a line without a label
};

/// Values in the units of the data; a logarithmic axis must not reach 0.
struct Axis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::string label;
  std::vector<Tick> ticks;
};

/// From 0 to a round number at or above `high`, with four to six ticks.
Axis linear_axis(double high, std::string label);

/// Nanoseconds on a logarithmic axis that holds `low` and `high`, from and to 1, 2 or 5 times a power of ten.
Axis duration_axis(Duration low, Duration high, std::string label);

/// Percentiles as log10(1/(1-p)), from 0 to at least `nines` (2 = 99 %), at most 6: each further nine takes the same
/// room.
Axis percentile_axis(double nines, std::string label);

struct ChartSeries {
  std::string name;
  std::string style;  // class of the page: "s0" to "s5", "delivered", "failed", ...
  std::vector<std::pair<double, double>> points;
  bool area = false;      // filled down to the axis
  bool open_end = false;  // goes on to infinity after its last point: ends in an arrow
};

struct Chart {
  std::string id;           // unique in the page
  std::string title;        // text alternative, short
  std::string description;  // text alternative, what the picture shows
  Axis x;
  Axis y;
  std::vector<ChartSeries> series;
};

/// Points outside the axes are moved to their edge.
std::string svg_chart(const Chart& chart);

/// The sample of a series in a legend.
std::string svg_legend_mark(const std::string& style);

struct BarPart {
  std::string name;
  std::string style;
  std::uint64_t count = 0;
};

/// One bar whose parts fill it; a part that is not 0 is at least a hairline.
std::string svg_stacked_bar(const std::string& id, const std::string& title, const std::vector<BarPart>& parts);

}  // namespace hookdrill
