#include "reports/format.h"

#include <fmt/format.h>

#include <vector>

#include "reports/ci_json.h"
#include "reports/csv.h"
#include "reports/github.h"
#include "reports/hlog.h"
#include "reports/html.h"
#include "reports/junit.h"
#include "reports/markdown.h"
#include "reports/nagios.h"
#include "reports/openmetrics.h"
#include "reports/results_json.h"
#include "reports/terminal.h"

namespace hookdrill {
namespace {

std::string plain_terminal_report(const Results& results) {
  return terminal_report(results, {});
}

constexpr ReportFormat kFormats[] = {
    {"terminal", "report.txt", plain_terminal_report, "for people, 100 columns"},
    {"json", "results.json", to_json, "results.json itself; schema: reports/results.schema.json"},
    {"html", "report.html", html_report, "one page with pictures: no network, no script"},
    {"junit", "junit.xml", junit_report, "a test case for each expectation: GitLab, Jenkins, GitHub reporters"},
    {"markdown", "report.md", markdown_report, "a GitHub step summary, at most 1 MiB"},
    {"github", "annotations.txt", github_annotations, "GitHub Actions annotations (::error title=...)"},
    {"openmetrics", "metrics.txt", openmetrics_report, "GitLab's metrics report, Prometheus"},
    {"hlog", "latency.hlog", hlog_report, "HdrHistogram log V2, a line for each path and phase"},
    {"percentiles", "latency.hgrm", percentile_report, "HdrHistogram's percentile text, for its plotter"},
    {"nagios", "nagios.txt", nagios_report, "one line with performance data, for Nagios and Icinga"},
    {"csv", "series.csv", csv_series, "the run over time, a row a second"},
    {"csv-outcomes", "outcomes.csv", csv_outcomes, "outcomes with their causes"},
    {"k6", "load-performance.json", k6_summary, "k6 summary: GitLab's load-performance widget"},
    {"benchmark", "benchmark.json", benchmark_report, "github-action-benchmark, customSmallerIsBetter"},
};

}  // namespace

std::span<const ReportFormat> report_formats() {
  return kFormats;
}

Result<const ReportFormat*> find_report_format(std::string_view name) {
  std::vector<std::string_view> names;
  for (const ReportFormat& format : kFormats) {
    if (format.name == name) return &format;
    names.push_back(format.name);
  }
  return Diagnostic{
      "", 0, 0,
      fmt::format("unknown format \"{}\"{} (formats: {})", name, did_you_mean(name, names), fmt::join(names, ", "))};
}

}  // namespace hookdrill
