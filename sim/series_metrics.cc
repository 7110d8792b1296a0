#include "series_metrics.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace hookdrill {
namespace {

constexpr std::uint32_t kFiveMinutes = 300;

std::uint32_t seconds_per_row(const PathResults& path) {
  return path.series.size() < 2 ? 1 : std::max(1U, path.series[1].second - path.series[0].second);
}

std::optional<std::chrono::sys_days> date_of(const std::string& text) {
  int year = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(text.c_str(), "%d-%u-%u", &year, &month, &day) != 3) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

}  // namespace

FailedIn worst_five_minutes(const PathResults& path) {
  const std::size_t rows = std::max(1U, kFiveMinutes / seconds_per_row(path));
  FailedIn worst, now;
  for (std::size_t i = 0; i < path.series.size(); ++i) {
    now.failed += path.series[i].failed;
    now.of += path.series[i].failed + path.series[i].delivered;
    if (i >= rows) {
      now.failed -= path.series[i - rows].failed;
      now.of -= path.series[i - rows].failed + path.series[i - rows].delivered;
    }
    const bool whole = i + 1 >= std::min(rows, path.series.size());
    // Cross-multiplied, so that equal shares of more attempts win.
    const bool worse = now.failed * std::max<std::uint64_t>(1, worst.of) >= worst.failed * now.of;
    if (whole && now.of > 0 && (worst.of == 0 || worse)) worst = now;
  }
  return worst;
}

double peak_rate(const PathResults& path) {
  std::uint64_t most = 0;
  for (const SeriesRow& row : path.series) most = std::max(most, row.delivered);
  return static_cast<double>(most) / seconds_per_row(path);
}

std::optional<std::int64_t> days_between(const std::string& from, const std::string& to) {
  const auto first = date_of(from), last = date_of(to);
  if (!first || !last) return std::nullopt;
  return (*last - *first).count();
}

}  // namespace hookdrill
