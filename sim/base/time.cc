#include "base/time.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace hookdrill {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Largest first, so that the first unit that divides a value gives its shortest text.
constexpr std::array<Unit, 7> kUnits{{{"d", 86'400'000'000'000},
                                      {"h", 3'600'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"s", 1'000'000'000},
                                      {"ms", 1'000'000},
                                      {"us", 1'000},
                                      {"ns", 1}}};

constexpr double kLongestNanoseconds = 10'000.0 * 86'400e9;

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const char* const end = text.data() + text.size();
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || text.front() == '-') return std::nullopt;
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& each) { return each.name == name; });
  if (unit == kUnits.end()) return std::nullopt;
  const double nanoseconds = value * static_cast<double>(unit->nanoseconds);
  if (!(nanoseconds <= kLongestNanoseconds)) return std::nullopt;
  // Whole numbers are exact also where a double is not: beyond 104 days.
  std::int64_t whole = 0;
  if (std::from_chars(text.data(), end, whole).ptr == rest) return Duration(whole * unit->nanoseconds);
  return Duration(static_cast<std::int64_t>(nanoseconds + 0.5));
}

std::string exact_duration(Duration duration) {
  if (duration.count() == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (duration.count() % unit.nanoseconds == 0)
      return fmt::format("{}{}", duration.count() / unit.nanoseconds, unit.name);
  }
  return fmt::format("{}ns", duration.count());
}

std::string format_duration(Duration duration) {
  const double seconds = to_seconds(duration);
  if (seconds < 0) return "-" + format_duration(-duration);
  if (duration.count() == 0) return "0 ms";
  const auto three_digits = [](double value, std::string_view unit) {
    return value < 9.995   ? fmt::format("{:.2f} {}", value, unit)
           : value < 99.95 ? fmt::format("{:.1f} {}", value, unit)
                           : fmt::format("{:.0f} {}", value, unit);
  };
  if (seconds < 999.5e-9) return fmt::format("{} ns", duration.count());
  if (seconds < 999.5e-6) return three_digits(seconds * 1e6, "us");
  if (seconds < 0.9995) return three_digits(seconds * 1e3, "ms");
  if (seconds < 59.95) return three_digits(seconds, "s");
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  const auto pair = [](std::int64_t big, std::string_view unit, std::int64_t small, std::string_view small_unit) {
    return small == 0 ? fmt::format("{} {}", big, unit) : fmt::format("{} {} {} {}", big, unit, small, small_unit);
  };
  if (whole < 3600) return pair(whole / 60, "min", whole % 60, "s");
  if (whole < 86'400) return pair(whole / 3600, "h", whole / 60 % 60, "min");
  return pair(whole / 86'400, "d", whole / 3600 % 24, "h");
}

}  // namespace hookdrill
