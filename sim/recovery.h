// When an endpoint was sick, what its retries came to, and when their backlog was gone: from the rows of a run over
// time.
#pragma once

#include <vector>

#include "reports/results.h"

namespace hookdrill {

/// Every time in which more attempts failed than were answered well, in order, at most 100. A row alone says little at
/// low rates, so rows are taken together until 50 attempts are to be expected in them.
std::vector<SickTime> sick_times(const std::vector<SeriesRow>& series);

}  // namespace hookdrill
