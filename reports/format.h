// The list of report formats. A new one is a function of Results in a file of its own, and one line in format.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "reports/results.h"

namespace hookdrill {

struct ReportFormat {
  std::string_view name;       // what --format takes
  std::string_view file_name;  // what the file is called in a results folder
  std::string (*render)(const Results& results);
  std::string_view summary;  // one line for --help
};

/// In the order of --help.
std::span<const ReportFormat> report_formats();

/// The format called `name`; an unknown one is a diagnostic with the nearest name.
Result<const ReportFormat*> find_report_format(std::string_view name);

}  // namespace hookdrill
