// Building blocks of the HTML page: text, tables, figures. Know nothing about results.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/chart.h"

namespace hookdrill {

/// A cell: its HTML, and attributes of its own.
struct HtmlCell {
  std::string html;
  std::string attributes;
};

HtmlCell text_cell(std::string_view text);
/// Right-aligned; `key` is the number's place in results.json, "" for none.
HtmlCell number_cell(std::string_view text, std::string_view key = {});

/// The first row is the header; the first cell of each other row names it.
std::string html_table(const std::vector<HtmlCell>& header, const std::vector<std::vector<HtmlCell>>& rows);

/// Closed at first: the numbers behind a picture.
std::string html_details(std::string_view summary, const std::string& html);

/// A list of what the lines of a chart are; "" for a single one without a name.
std::string html_legend(const std::vector<ChartSeries>& series);

/// Caption, legend, picture, and the numbers behind it.
std::string html_figure(const Chart& chart, const std::string& numbers);

std::string html_section(std::string_view id, std::string_view title, const std::string& html);

/// A share as a bar in a table; `style` gives its colour.
std::string html_bar(double share, std::string_view style);

}  // namespace hookdrill
