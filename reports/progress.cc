#include "reports/progress.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "reports/text.h"

namespace hookdrill {
namespace {

constexpr std::size_t kBarColumns = 20;

// "0:52", "1:02:09".
std::string clock_text(Duration duration) {
  const std::int64_t seconds = std::max<std::int64_t>(0, duration.count()) / 1'000'000'000;
  return seconds < 3600 ? fmt::format("{}:{:02}", seconds / 60, seconds % 60)
                        : fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

std::string rate_text(double per_second) {
  const double rate = std::max(0.0, per_second);
  return rate < 9.95 && rate != std::floor(rate) ? fmt::format("{:.1f}", rate)
                                                 : format_count(static_cast<std::uint64_t>(std::llround(rate)));
}

double done_share(const ProgressSnapshot& snapshot) {
  const double total = to_seconds(snapshot.elapsed + snapshot.remaining);
  return total <= 0 ? 1 : std::clamp(to_seconds(snapshot.elapsed) / total, 0.0, 1.0);
}

// Filled to an eighth of a column.
std::string bar(double share) {
  static constexpr std::string_view kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<std::size_t>(share * kBarColumns * 8);
  std::string filled;
  for (std::size_t i = 0; i < eighths / 8; ++i) filled += "█";
  return "[" + pad_right(filled + std::string(kParts[eighths % 8]), kBarColumns) + "]";
}

struct Part {
  int rank;  // the highest is left out first
  std::string text;
};

std::vector<Part> parts_of(const ProgressSnapshot& snapshot) {
  const bool behind = std::abs(snapshot.planned_per_second - snapshot.sent_per_second) >
                      0.02 * std::max(1.0, snapshot.planned_per_second);
  std::string lost = "lost " + format_share(snapshot.lost_share);
  if (!snapshot.top_cause.empty()) lost += " (" + snapshot.top_cause + ")";
  std::vector<Part> parts;
  if (behind) parts.push_back({7, fmt::format("planned {}/s", rate_text(snapshot.planned_per_second))});
  parts.push_back({3, fmt::format("sent {}/s", rate_text(snapshot.sent_per_second))});
  parts.push_back({4, fmt::format("delivered {}/s", rate_text(snapshot.delivered_per_second))});
  parts.push_back({6, fmt::format("in flight {}", format_count(snapshot.in_flight))});
  parts.push_back({5, fmt::format("retrying {}", format_count(snapshot.retrying))});
  parts.push_back({2, std::move(lost)});
  parts.push_back({8, fmt::format("late max {}", format_duration(snapshot.lateness_max))});
  return parts;
}

std::string joined(const std::vector<Part>& parts, std::string_view between) {
  std::string text;
  for (const Part& part : parts) text += (text.empty() ? "" : std::string(between)) + part.text;
  return text;
}

}  // namespace

std::string progress_line(const ProgressSnapshot& snapshot, int width) {
  const auto columns = static_cast<std::size_t>(std::max(0, width));
  std::vector<Part> parts = {
      {10, snapshot.scenario},
      {9, bar(done_share(snapshot))},
      {1, clock_text(snapshot.elapsed) + "/" + clock_text(snapshot.elapsed + snapshot.remaining)}};
  for (Part& part : parts_of(snapshot)) parts.push_back(std::move(part));
  while (parts.size() > 1 && display_width(joined(parts, "  ")) > columns) {
    parts.erase(
        std::max_element(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.rank < b.rank; }));
  }
  return fit_width(joined(parts, "  "), columns);
}

std::string progress_log_line(const ProgressSnapshot& snapshot) {
  return fmt::format("{} of {}: {}", clock_text(snapshot.elapsed), clock_text(snapshot.elapsed + snapshot.remaining),
                     joined(parts_of(snapshot), ", "));
}

}  // namespace hookdrill
