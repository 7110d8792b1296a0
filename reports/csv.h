// Comma-separated values (RFC 4180, with \n): the run over time, and the outcomes. Single attempts are written by the
// run.
#pragma once

#include <string>
#include <string_view>

#include "reports/results.h"

namespace hookdrill {

/// A row for each path and second.
std::string csv_series(const Results& results);

/// A row for each path and outcome.
std::string csv_outcomes(const Results& results);

/// Quoted when needed; text that a spreadsheet would take for a formula gets a ' in front.
std::string csv_text(std::string_view text);

}  // namespace hookdrill
