// The report of `check` for a terminal: the verdict in one sentence, then findings by severity, each with what to do.
#pragma once

#include <string>

#include "reports/page.h"
#include "reports/results.h"

namespace hookdrill {

/// brief: one line a finding. verbose: also what passed, with the values seen.
std::string check_report(const Results& results, const TerminalStyle& style);

/// One finding: severity, id and addresses, then its sentences, what Meta would show, and the remedies.
void show_finding(const Finding& finding, Page& page);

}  // namespace hookdrill
