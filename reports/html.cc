#include "reports/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/compare_text.h"
#include "reports/html_charts.h"
#include "reports/html_parts.h"
#include "reports/html_style.h"
#include "reports/path_notes.h"
#include "reports/summary.h"
#include "reports/text.h"
#include "reports/xml.h"

namespace hookdrill {
namespace {

std::string key_of(const std::string& path, std::string_view rest) {
  return fmt::format("paths.{}.{}", path, rest);
}

std::string heading(const Results& results, const std::string& path) {
  return results.paths.size() == 1 ? "" : fmt::format("<h3>{}</h3>\n", xml_escape(path));
}

// The numbers that people ask for first, a line for each path.
std::string key_numbers(const Results& results) {
  std::string html;
  for (const auto& [name, path] : results.paths) {
    const auto tile = [&](const std::string& value, std::string_view meaning) {
      html += fmt::format("<li><b>{}</b> {}</li>", xml_escape(value), meaning);
    };
    html += "<ul class=\"tiles\">";
    if (results.paths.size() > 1) tile(name, "");
    tile(format_count(path.deliveries.delivered),
         fmt::format("of {} delivered", format_count(path.deliveries.planned)));
    if (path.drop.of > 0) tile(format_share(path.drop.rate), "of connections dropped");
    const auto latency = path.histograms.find("latency");
    if (latency != path.histograms.end() && !latency->second.empty()) {
      tile(format_duration_or_inf(latency->second.percentile(50)), "median latency");
      tile(format_duration_or_inf(latency->second.percentile(99)), "latency p99");
    }
    html += "</ul>\n";
  }
  return html;
}

std::string header(const Results& results) {
  std::string html =
      fmt::format("<header class=\"{}\">\n<h1><span class=\"badge\" data-key=\"verdict\">{}</span>{}</h1>\n",
                  xml_escape(results.verdict), verdict_word(results), xml_escape(results.scenario.name));
  for (const std::string& reason : verdict_reasons(results))
    html += fmt::format("<p class=\"reason\">{}</p>\n", xml_escape(reason));
  if (!results.scenario.description.empty())
    html += fmt::format("<p>{}</p>\n", xml_escape(results.scenario.description));
  html += key_numbers(results);
  return html + fmt::format("<p class=\"dim small\">{}</p>\n</header>\n", xml_escape(run_facts(results)));
}

std::string expectations(const Results& results) {
  if (results.verdicts.empty()) return "";
  std::vector<std::vector<HtmlCell>> rows;
  for (const VerdictRow& row : results.verdicts) {
    const HtmlCell status = {xml_escape(row.status), fmt::format(" class=\"status {}\"", xml_escape(row.status))};
    rows.push_back(
        {text_cell(metric_of(row)), status, text_cell(row.observed), text_cell(row.limit), text_cell(row.why)});
    rows.back()[4].attributes = " class=\"wide dim\"";
  }
  return html_section("expectations", "Expectations",
                      html_table({text_cell("metric"),
                                  text_cell("verdict"),
                                  text_cell("observed"),
                                  text_cell("wanted"),
                                  {"why", " class=\"wide\""}},
                                 rows));
}

std::string comparison(const Results& results) {
  std::string html;
  std::size_t index = 0;
  for (const ComparedPair& pair : compared_pairs(results)) {
    std::vector<std::vector<HtmlCell>> rows;
    for (const ComparisonRow* row : pair.rows) {
      const std::string place = fmt::format("comparison.{}.", index++);
      rows.push_back({text_cell(metric_label(*row)),
                      number_cell(compared_value(*row, row->baseline_value), place + "baseline_value"),
                      number_cell(compared_value(*row, row->path_value), place + "path_value"),
                      number_cell(difference_text(*row)), text_cell(answer_sentence(*row))});
    }
    html += html_table({text_cell("metric"), number_cell(pair.baseline), number_cell(pair.path),
                        number_cell("difference [95 %]"), text_cell("answer")},
                       rows);
  }
  if (html.empty()) return "";
  for (const std::string& note : {comparison_facts(results), noise_sentence(results)})
    html += note.empty() ? "" : fmt::format("<p class=\"dim small\">{}</p>\n", xml_escape(note));
  return html_section("comparison", "The paths compared", html);
}

std::string delivery_bar(const std::string& name, const PathResults& path, std::size_t index) {
  const DeliveryCounts& counts = path.deliveries;
  const std::vector<BarPart> parts = {{"first try", "delivered", counts.delivered_first_try},
                                      {"after a retry", "retried", counts.delivered_by_retry},
                                      {"expired", "expired", counts.expired},
                                      {"abandoned", "abandoned", counts.abandoned}};
  const std::string title = fmt::format(
      "{}: {} of {} delivered at the first try, {} after a retry, {} expired, {} abandoned", name,
      format_count(counts.delivered_first_try), format_counted(counts.planned, "delivery", "deliveries"),
      format_count(counts.delivered_by_retry), format_count(counts.expired), format_count(counts.abandoned));
  return "<div class=\"stack\">" + svg_stacked_bar(fmt::format("deliveries-{}", index), title, parts) + "</div>\n";
}

struct Ending {
  std::string_view label;
  std::string_view style;
  std::string_view key;
  std::uint64_t DeliveryCounts::*count;
};
constexpr Ending kEndings[] = {
    {"planned", "", "planned", &DeliveryCounts::planned},
    {"delivered at the first try", "delivered", "delivered_first_try", &DeliveryCounts::delivered_first_try},
    {"delivered after a retry", "retried", "delivered_by_retry", &DeliveryCounts::delivered_by_retry},
    {"expired: schedule used up", "expired", "expired", &DeliveryCounts::expired},
    {"abandoned: the run ended first", "abandoned", "abandoned", &DeliveryCounts::abandoned},
    {"accepted, and arrived again", "", "duplicates", &DeliveryCounts::duplicates}};

// A row for each ending and a column for each path, so that a phone has room for it.
std::string delivery_table(const Results& results) {
  std::vector<HtmlCell> names = {text_cell("deliveries")};
  for (const auto& [name, path] : results.paths) names.push_back(number_cell(name));
  std::vector<std::vector<HtmlCell>> rows;
  const bool duplicates = std::any_of(results.paths.begin(), results.paths.end(),
                                      [](const auto& path) { return path.second.deliveries.duplicates > 0; });
  for (const Ending& ending : kEndings) {
    if (ending.key == "duplicates" && !duplicates) continue;
    const std::string swatch =
        ending.style.empty() ? "" : fmt::format("<span class=\"swatch {}\"></span>", ending.style);
    rows.push_back({{swatch + std::string(ending.label), " class=\"wrap\""}});
    for (const auto& [name, path] : results.paths) {
      const std::uint64_t count = path.deliveries.*ending.count;
      const double planned = static_cast<double>(std::max<std::uint64_t>(1, path.deliveries.planned));
      const std::string place = xml_escape(key_of(name, "deliveries." + std::string(ending.key)));
      rows.back().push_back({fmt::format("<span data-key=\"{}\">{}</span> <span class=\"share dim small{}\">{}</span>",
                                         place, format_count(count), results.paths.size() > 1 ? " wide" : "",
                                         format_share(static_cast<double>(count) / planned)),
                             " class=\"num\""});
    }
  }
  return html_table(names, rows);
}

std::string deliveries(const Results& results) {
  std::string html;
  std::size_t index = 0;
  for (const auto& [name, path] : results.paths) html += heading(results, name) + delivery_bar(name, path, index++);
  return html_section("deliveries", "Deliveries", html + delivery_table(results));
}

std::string loss_table(const std::string& name, const PathResults& path) {
  std::string html =
      "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">outcome</th><th scope=\"col\" class=\"num\">"
      "attempts</th><th scope=\"col\" class=\"num\">share</th><th scope=\"col\" class=\"bar "
      "wide\"></th></tr></thead>\n<tbody>\n";
  const double all = static_cast<double>(std::max<std::uint64_t>(1, path.attempts_total));
  for (const OutcomeRow& row : failures_of(path)) {
    const double share = static_cast<double>(row.count) / all;
    html += fmt::format(
        "<tr class=\"explained\"><th scope=\"row\" class=\"nowrap\">{}</th><td class=\"num\" data-key=\"{}\">{}</td>"
        "<td class=\"num\">{}</td><td class=\"bar wide\">{}</td></tr>\n",
        xml_escape(row.code), xml_escape(key_of(name, "attempts.outcomes." + row.code)), format_count(row.count),
        format_share(share), html_bar(share, "failed"));
    const std::string curl = row.curl_errno == 0 ? "" : fmt::format(" · curl_errno {}", row.curl_errno);
    html += fmt::format("<tr class=\"explain\"><td colspan=\"4\">{} <span class=\"dim\">{}{} · {}</span></td></tr>\n",
                        xml_escape(row.meaning), xml_escape(row.detail.empty() ? "" : row.detail + " · "),
                        xml_escape(row.side == "unknown" ? "side not known" : "side: " + row.side),
                        curl.empty() ? "an HTTP answer" : curl.substr(4));
  }
  return html + "</tbody></table></div>\n";
}

std::string losses(const Results& results) {
  std::string html;
  for (const auto& [name, path] : results.paths) {
    html += heading(results, name);
    if (path.drop.of > 0) {
      html += fmt::format("<p><strong data-key=\"{}\">{}</strong> of fresh connections got no answer: {} of {}.</p>\n",
                          xml_escape(key_of(name, "drop.rate")),
                          format_share(path.drop.rate, path.drop.low, path.drop.high), format_count(path.drop.dropped),
                          format_count(path.drop.of));
    }
    for (const PathNote& note : path_notes(path))
      html += fmt::format("<p>{}: {}.</p>\n", note.title, xml_escape(note.text));
    if (failures_of(path).empty()) {
      html += fmt::format("<p>No failure in {}.</p>\n", format_counted(path.attempts_total, "attempt"));
      continue;
    }
    html += fmt::format("<p>{} of {} failed. Where: {}.</p>\n", format_count(failed_attempts(path)),
                        format_counted(path.attempts_total, "attempt"), xml_escape(blame_text(path)));
    html += loss_table(name, path);
  }
  return html_section("losses", "Losses by phase and cause", html);
}

void hide_on_phone(HtmlCell& cell) {
  cell.attributes.replace(cell.attributes.find("num"), 3, "num wide");
}

std::string percentile_table(const std::string& name, const PathResults& path) {
  constexpr std::pair<const char*, double> kColumns[] = {
      {"p50_ns", 50}, {"p90_ns", 90}, {"p95_ns", 95}, {"p99_ns", 99}, {"p999_ns", 99.9}};
  std::vector<std::vector<HtmlCell>> rows;
  for (const HistogramRow& row : histogram_rows(path.histograms)) {
    const std::string place = key_of(name, "histograms." + std::string(row.key) + ".");
    rows.push_back({{fmt::format("{} <span class=\"dim small wide\">{}</span>", row.label, row.meaning), ""}});
    for (const auto& [key, percent] : kColumns) {
      rows.back().push_back(number_cell(format_duration_or_inf(row.histogram->percentile(percent)), place + key));
      if (percent == 95 || percent == 99.9) hide_on_phone(rows.back().back());
    }
    rows.back().push_back(number_cell(format_duration_or_inf(row.histogram->percentile(100)),
                                      row.histogram->infinite() > 0 ? "" : place + "max_ns"));
  }
  std::vector<HtmlCell> names = {text_cell("phase"), number_cell("p50"),   number_cell("p90"), number_cell("p95"),
                                 number_cell("p99"), number_cell("p99.9"), number_cell("max")};
  hide_on_phone(names[3]);
  hide_on_phone(names[5]);
  return html_table(names, rows);
}

std::string stage_table(const Results& results, const std::string& name, const PathResults& path) {
  const std::vector<StageRow> stages = stage_rows(results, path);
  if (stages.empty()) return "";
  std::vector<std::vector<HtmlCell>> rows;
  for (const StageRow& row : stages) {
    const std::string place = key_of(name, "stages." + row.name + ".");
    const auto latency = row.stage->histograms.find("latency");
    const auto at = [&](double percent, std::string_view key) {
      return latency == row.stage->histograms.end()
                 ? text_cell("")
                 : number_cell(format_duration_or_inf(latency->second.percentile(percent)),
                               place + "histograms.latency." + std::string(key));
    };
    rows.push_back({text_cell(row.name),
                    number_cell(format_count(row.stage->deliveries.planned), place + "deliveries.planned"),
                    number_cell(format_count(row.stage->deliveries.delivered), place + "deliveries.delivered"),
                    number_cell(format_share(row.stage->drop.rate)), at(50, "p50_ns"), at(99, "p99_ns")});
  }
  return html_table({text_cell("stage"), number_cell("planned"), number_cell("delivered"), number_cell("dropped"),
                     number_cell("p50"), number_cell("p99")},
                    rows);
}

std::string latency(const Results& results) {
  std::string figures = percentile_figure(results);
  for (const auto& [key, title] : {std::pair("connect", "Connecting (TCP)"), std::pair("tls", "TLS handshake"),
                                   std::pair("latency", "Latency of what was answered")}) {
    figures += spread_figure(results, key, title);
  }
  std::string html = "<div class=\"figures\">\n" + figures + "</div>\n";
  if (figures.empty()) html = "<p>No attempt was answered, so there is no latency to show.</p>\n";
  for (const auto& [name, path] : results.paths) {
    html += results.paths.size() == 1 ? "<h3>Percentiles</h3>\n" : heading(results, name);
    html += percentile_table(name, path) + stage_table(results, name, path);
  }
  return html_section("latency", "How long it took", html);
}

std::string over_time(const Results& results) {
  std::string figures;
  std::size_t index = 0;
  for (const auto& [name, path] : results.paths) figures += time_figure(name, path, index++);
  figures += lateness_figure(results);
  return figures.empty()
             ? ""
             : html_section("time", "The run over time", "<div class=\"figures\">\n" + figures + "</div>\n");
}

std::string attempts(const Results& results) {
  std::string html;
  for (const auto& [name, path] : results.paths) {
    const double planned = static_cast<double>(std::max<std::uint64_t>(1, path.deliveries.planned));
    std::vector<std::vector<HtmlCell>> rows;
    const auto row = [&](const std::string& label, std::uint64_t count, std::string_view style,
                         const std::string& key) {
      const double share = static_cast<double>(count) / planned;
      rows.push_back({text_cell(label),
                      number_cell(format_count(count), key),
                      number_cell(format_share(share)),
                      {html_bar(share, style), " class=\"bar\""}});
    };
    for (std::size_t i = 0; i < path.delivered_at_attempt.size(); ++i) {
      row(i == 0 ? "first try" : fmt::format("attempt {}", i + 1), path.delivered_at_attempt[i],
          i == 0 ? "delivered" : "retried", key_of(name, fmt::format("delivered_at_attempt.{}", i)));
    }
    const std::uint64_t never = path.deliveries.expired + path.deliveries.abandoned;
    if (never > 0) row("never", never, "expired", "");
    html +=
        heading(results, name) +
        html_table({text_cell("delivered at"), number_cell("deliveries"), number_cell("share"), text_cell("")}, rows);
  }
  html += fmt::format("<p class=\"dim small\">Retries: {}{} ({})</p>\n", xml_escape(retry_schedule_text(results.retry)),
                      results.retry.time_scale == 1 || results.retry.waits.empty()
                          ? ""
                          : fmt::format(", {:g} times shorter here", results.retry.time_scale),
                      xml_escape(results.retry.source));
  return html_section("attempts", "Attempts to delivery", html);
}

// Every check of `check`, what passed and what was not reached too.
std::string all_checks(const Results& results) {
  if (results.command != "check") return "";
  std::vector<std::vector<HtmlCell>> rows;
  for (std::size_t i = 0; i < results.findings.size(); ++i) {
    const Finding& finding = results.findings[i];
    rows.push_back({text_cell(finding.severity), text_cell(finding.id), text_cell(finding.address),
                    text_cell(finding.title), text_cell(finding.observed),
                    number_cell(std::to_string(finding.curl_errno), fmt::format("findings.{}.curl_errno", i))});
  }
  return html_section("checks", "All checks",
                      html_table({text_cell("result"), text_cell("check"), text_cell("address"), text_cell("says"),
                                  text_cell("seen"), number_cell("curl_errno")},
                                 rows));
}

std::string findings(const Results& results) {
  std::string html;
  for (const Finding& finding : problems_of(results)) {
    html += fmt::format("<div class=\"finding {}\">\n<p><span class=\"status\">{}</span> <strong>{}</strong></p>\n",
                        xml_escape(finding.severity), xml_escape(finding.severity), xml_escape(finding.title));
    html += fmt::format("<p class=\"dim small\">{} {}{}</p>\n", xml_escape(finding.id), xml_escape(finding.address),
                        finding.curl_errno == 0 ? "" : fmt::format(" · curl_errno {}", finding.curl_errno));
    if (!finding.observed.empty()) html += fmt::format("<p>{}</p>\n", xml_escape(finding.observed));
    if (!finding.shown.empty())
      html += fmt::format("<p>Meta would show: <code>{}</code></p>\n", xml_escape(finding.shown));
    if (!finding.proof.empty()) html += fmt::format("<p>Proof: {}</p>\n", xml_escape(finding.proof));
    if (!finding.remedy.empty()) html += fmt::format("<pre>{}</pre>\n", xml_escape(finding.remedy));
    html += "</div>\n";
  }
  return html.empty() ? "" : html_section("findings", "Findings, and what to do", html);
}

std::string facts(const Results& results) {
  std::string html = "<dl>\n";
  const auto fact = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) html += fmt::format("<dt>{}</dt><dd>{}</dd>\n", xml_escape(name), xml_escape(value));
  };
  fact("scenario", results.scenario.file.empty() ? results.scenario.name : results.scenario.file);
  fact("sha256", results.scenario.sha256);
  fact("seed", std::to_string(results.scenario.seed));
  fact("started", start_text(results));
  for (const auto& [name, path] : results.paths) {
    fact("path " + name,
         path.address.empty() || path.tls.empty() ? path.address + path.tls : path.address + ", " + path.tls);
  }
  for (const auto& [name, value] : results.receiver) fact("receiver, " + name, value);
  for (const auto& [name, value] : results.environment) fact(name, value);
  html += "</dl>\n";
  if (!results.scenario.file.empty()) {
    html += fmt::format("<p class=\"small\">The same run again: <code>hookdrill {} {} --seed {}</code></p>\n",
                        xml_escape(results.command), xml_escape(results.scenario.file), results.scenario.seed);
  }
  return html_section("facts", "Scenario and environment", html);
}

}  // namespace

std::string html_report(const Results& results) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src "
      "data:\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>{}: {} · "
      "hookdrill</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
      xml_escape(results.scenario.name), verdict_word(results), kHtmlStyle);
  html += header(results) + expectations(results) + comparison(results);
  if (!results.paths.empty()) {
    html += deliveries(results) + losses(results) + latency(results) + over_time(results) + attempts(results);
  }
  html += findings(results) + all_checks(results) + facts(results);
  return html + "</main>\n</body>\n</html>\n";
}

}  // namespace hookdrill
