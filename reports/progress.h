// The line that is shown while a run works. A pure function of a snapshot: it reads no clock and writes nowhere.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace hookdrill {

/// What the workers last published. Rates are of the last second or so, not of the whole run.
struct ProgressSnapshot {
  std::string scenario;
  Duration elapsed{};
  Duration remaining{};           // of the planned stages; zero when only retries are left
  double planned_per_second = 0;  // deliveries due
  double sent_per_second = 0;     // attempts begun
  double delivered_per_second = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t retrying = 0;  // deliveries that wait for their next attempt
  double lost_share = 0;       // of all attempts so far, those that failed
  std::string top_cause;       // outcome code of most of them; "" without any
  Duration lateness_max{};  // since the line before
};

/// One line of at most `width` columns, without a newline; what matters least is left out first.
std::string progress_line(const ProgressSnapshot& snapshot, int width);

/// The same for a log: no bar, nothing left out, "0:52 of 1:40: sent 5,210/s, ...".
std::string progress_log_line(const ProgressSnapshot& snapshot);

}  // namespace hookdrill
