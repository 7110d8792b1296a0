#include "reports/html_parts.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/xml.h"

namespace hookdrill {
namespace {

std::string row_of(const std::vector<HtmlCell>& cells, bool header) {
  std::string html = "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const char* tag = header || i == 0 ? "th" : "td";
    const char* scope = header ? " scope=\"col\"" : i == 0 ? " scope=\"row\"" : "";
    html += fmt::format("<{0}{1}{2}>{3}</{0}>", tag, scope, cells[i].attributes, cells[i].html);
  }
  return html + "</tr>\n";
}

}  // namespace

HtmlCell text_cell(std::string_view text) {
  return {xml_escape(text), ""};
}

HtmlCell number_cell(std::string_view text, std::string_view key) {
  const std::string place = key.empty() ? "" : fmt::format(" data-key=\"{}\"", xml_escape(key));
  return {xml_escape(text), " class=\"num\"" + place};
}

std::string html_table(const std::vector<HtmlCell>& header, const std::vector<std::vector<HtmlCell>>& rows) {
  std::string html = "<div class=\"scroll\"><table>\n<thead>" + row_of(header, true) + "</thead>\n<tbody>\n";
  for (const std::vector<HtmlCell>& row : rows) html += row_of(row, false);
  return html + "</tbody></table></div>\n";
}

std::string html_details(std::string_view summary, const std::string& html) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", xml_escape(summary), html);
}

std::string html_legend(const std::vector<ChartSeries>& series) {
  if (series.size() == 1) return "";
  std::string html = "<ul class=\"legend\">";
  for (const ChartSeries& one : series)
    html += fmt::format("<li>{}{}</li>", svg_legend_mark(one.style), xml_escape(one.name));
  return html + "</ul>\n";
}

std::string html_figure(const Chart& chart, const std::string& numbers) {
  return fmt::format("<figure>\n<figcaption>{}</figcaption>\n{}{}{}</figure>\n", xml_escape(chart.title),
                     html_legend(chart.series), svg_chart(chart), html_details("the numbers", numbers));
}

std::string html_section(std::string_view id, std::string_view title, const std::string& html) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-heading\">\n<h2 id=\"{0}-heading\">{1}</h2>\n{2}</section>\n", id,
      xml_escape(title), html);
}

std::string html_bar(double share, std::string_view style) {
  return fmt::format("<i class=\"{}\" style=\"width:{:.1f}%\"></i>", style, std::clamp(share, 0.0, 1.0) * 100);
}

}  // namespace hookdrill
