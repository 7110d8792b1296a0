// When a failed delivery is tried again, and when it is given up. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "plan/scenario.h"

namespace hookdrill {

class RetrySchedule {
 public:
  RetrySchedule(const RetrySettings& settings, std::uint64_t seed);

  /// The wait between the end of attempt `attempt` (0 = first) and the due time of the next, jittered and divided by
  /// time_scale; nothing when the schedule is used up.
  std::optional<Duration> wait_after(std::uint64_t delivery, std::uint32_t attempt) const;

  /// At Meta's pace, without jitter.
  const std::vector<Duration>& waits() const { return waits_; }
  /// Attempts of a delivery that never succeeds.
  std::uint32_t attempts_max() const { return static_cast<std::uint32_t>(waits_.size()) + 1; }
  /// The sum of all waits at Meta's pace.
  Duration window() const;

  const std::string& name() const { return name_; }
  /// Where the waits come from, honest about what nobody published.
  std::string_view source() const { return source_; }

 private:
  std::string name_;
  std::string_view source_;
  std::vector<Duration> waits_;
  double jitter_;
  double time_scale_;
  std::uint64_t seed_;
};

/// The names that a scenario may use instead of a list.
std::vector<std::string_view> retry_schedule_names();

}  // namespace hookdrill
