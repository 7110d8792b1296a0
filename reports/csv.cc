#include "reports/csv.h"

#include <fmt/core.h>

namespace hookdrill {

std::string csv_text(std::string_view text) {
  std::string cell(text);
  if (!cell.empty() && std::string_view("=+-@\t\r").find(cell[0]) != std::string_view::npos) cell.insert(0, "'");
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_series(const Results& results) {
  std::string text = "path,second,planned,sent,delivered,failed,retried,lateness_max_ns,latency_max_ns\n";
  for (const auto& [name, path] : results.paths) {
    for (const SeriesRow& row : path.series) {
      text += fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_text(name), row.second, row.planned, row.sent,
                          row.delivered, row.failed, row.retried, row.lateness_max_ns, row.latency_max_ns);
    }
  }
  return text;
}

std::string csv_outcomes(const Results& results) {
  std::string text = "path,outcome,side,curl_errno,attempts,meaning,detail\n";
  for (const auto& [name, path] : results.paths) {
    for (const OutcomeRow& row : path.outcomes) {
      text += fmt::format("{},{},{},{},{},{},{}\n", csv_text(name), csv_text(row.code), csv_text(row.side),
                          row.curl_errno, row.count, csv_text(row.meaning), csv_text(row.detail));
    }
  }
  return text;
}

}  // namespace hookdrill
