// Time as the whole program counts it: integer nanoseconds from the start of the run. Knows no clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hookdrill {

using Duration = std::chrono::nanoseconds;

/// The clock that a Time belongs to: it starts with the run. Tag only; a Transport owns the real one.
struct RunClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<RunClock, Duration>;
  static constexpr bool is_steady = true;
};

/// A point in time since the start of the run.
using Time = std::chrono::time_point<RunClock, Duration>;

inline constexpr Time kRunStart{};
inline constexpr Time kNever = Time::max();

/// Reads "250us", "5ms", "1.5s", "10m", "36h", "7d"; nothing for any other text, a negative value, or more than 10,000
/// days.
std::optional<Duration> parse_duration(std::string_view text);

/// Three significant digits (two below 1 ms) and a unit for people: "5.20 ms", "1.21 s", "2 h 45 min".
std::string format_duration(Duration duration);

/// The shortest text that parse_duration() reads back to the same value: "20s", "1500ms".
std::string exact_duration(Duration duration);

constexpr double to_seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

/// Nearest nanosecond; the value must fit (|seconds| < 9e9).
constexpr Duration from_seconds(double seconds) {
  return Duration(static_cast<std::int64_t>(seconds * 1e9 + (seconds < 0 ? -0.5 : 0.5)));
}

}  // namespace hookdrill
