#include "reports/sick_text.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/text.h"

namespace hookdrill {
namespace {

std::string after_text(const SickTime& time) {
  if (!time.over) return "it did not end while deliveries were due";
  if (!time.drained) return "the load did not come back to normal before the next one, or the plan's end";
  if (time.drained_s == 0) return "the load was normal at once after it";
  return fmt::format("the load was normal again {} after it", format_duration(std::chrono::seconds(time.drained_s)));
}

}  // namespace

const SickTime* longest_sick_time(const PathResults& path) {
  const auto longest = std::max_element(
      path.sick_times.begin(), path.sick_times.end(),
      [](const SickTime& a, const SickTime& b) { return a.until_s - a.from_s < b.until_s - b.from_s; });
  return longest == path.sick_times.end() ? nullptr : &*longest;
}

std::string sick_text(const PathResults& path) {
  const SickTime* time = longest_sick_time(path);
  if (time == nullptr) return "";
  const std::string others =
      path.sick_times.size() == 1 ? "" : fmt::format("; the longest of {} such times", path.sick_times.size());
  return fmt::format(
      "most attempts failed for {} (from {} on): {:.2g} attempts for each delivery due, {:.2g} at worst; {}{}",
      format_duration(std::chrono::seconds(time->until_s - time->from_s)),
      format_duration(std::chrono::seconds(time->from_s)), time->load, time->load_max, after_text(*time), others);
}

}  // namespace hookdrill
