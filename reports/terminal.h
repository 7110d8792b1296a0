// The report for a terminal: verdict first, then losses by cause, then percentiles. Pure; readable without colour.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "reports/results.h"

namespace hookdrill {

struct TerminalStyle {
  bool colour = false;
  int width = 100;  // columns; at least 80
  std::vector<std::pair<std::string, std::string>>
      files{};  // what was written, and where: {"page", "out/x/report.html"}
  // Of `check` only.
  enum class Detail { brief, normal, verbose } detail = Detail::normal;
};

std::string terminal_report(const Results& results, const TerminalStyle& style);

/// Eight-level bars of how many values fall into each of `columns` equal steps of a logarithmic axis from `low` to
/// `high`; a step with any value shows at least the lowest bar.
std::string bar_line(const Histogram& histogram, Duration low, Duration high, std::size_t columns);

}  // namespace hookdrill
