// The report as one HTML page: no network, no script; verdict first, pictures with the numbers behind them.
#pragma once

#include <string>

#include "reports/results.h"

namespace hookdrill {

/// Elements that show a number of results.json carry its place in data-key ("paths.direct.deliveries.planned").
std::string html_report(const Results& results);

}  // namespace hookdrill
