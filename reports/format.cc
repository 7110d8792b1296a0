#include "reports/format.h"

#include <fmt/format.h>

#include <vector>

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
      fmt::format("unknown format \"{}\"{}; formats: {}", name, did_you_mean(name, names), fmt::join(names, ", "))};
}

}  // namespace hookdrill
