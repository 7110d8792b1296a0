// The plugin form of Nagios, Icinga and others: one line with state and performance data, then details.
#pragma once

#include <string>

#include "reports/results.h"

namespace hookdrill {

/// "WEBHOOK CRITICAL https://...: Meta would NOT deliver: ...|time=3.200s fatal=1;;1 warnings=2;1".
std::string nagios_report(const Results& results);

/// The exit code that belongs to it: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
int nagios_exit_code(const Results& results);

}  // namespace hookdrill
