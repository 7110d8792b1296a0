// What retries made of an endpoint's bad times, in words: load, drain, recovery.
#pragma once

#include <string>

#include "reports/results.h"

namespace hookdrill {

/// "2 h (from 1 h): 1.8 attempts for each delivery due, 2.4 at worst; the load was normal again 1 h 30 min after". Of
/// the longest, where there are several; "" where more attempts went well than failed all the time.
std::string sick_text(const PathResults& path);

/// The longest of a path's sick times, or null.
const SickTime* longest_sick_time(const PathResults& path);

}  // namespace hookdrill
