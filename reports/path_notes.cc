#include "reports/path_notes.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/text.h"

namespace hookdrill {
namespace {

// "sticky by connection, not by sender (p = 0.61): ...".
std::string loss_kind_text(const PathResults& path) {
  const DropRate& drop = path.drop;
  if (drop.kind.empty() || drop.kind == "none") return "";
  if (drop.kind != "undecided") return drop.why;
  return drop.samples_needed == 0 ? fmt::format("undecided: {}", drop.why)
                                  : fmt::format("undecided: {}; about {} connections would tell", drop.why,
                                                format_count(drop.samples_needed));
}

std::string delayed_text(const PathResults& path) {
  if (path.delayed_by_lost_syn == 0) return "";
  return fmt::format("{} opened only when the SYN was sent again: late, but not lost",
                     format_counted(path.delayed_by_lost_syn, "connection"));
}

std::string after_text(const SickTime& time) {
  if (!time.over) return "it did not end while deliveries were due";
  if (!time.drained) return "the load did not come back to normal before the next one, or the plan's end";
  if (time.drained_s == 0) return "the load was normal at once after it";
  return fmt::format("the load was normal again {} after it", format_duration(std::chrono::seconds(time.drained_s)));
}

// Of the longest, where there are several.
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

}  // namespace

const SickTime* longest_sick_time(const PathResults& path) {
  const auto longest = std::max_element(
      path.sick_times.begin(), path.sick_times.end(),
      [](const SickTime& a, const SickTime& b) { return a.until_s - a.from_s < b.until_s - b.from_s; });
  return longest == path.sick_times.end() ? nullptr : &*longest;
}

std::vector<PathNote> path_notes(const PathResults& path) {
  std::vector<PathNote> notes = {{"Delayed", "Delayed", delayed_text(path)},
                                 {"Kind", "Kind of loss", loss_kind_text(path)},
                                 {"Sick", "Sick time", sick_text(path)}};
  notes.erase(std::remove_if(notes.begin(), notes.end(), [](const PathNote& note) { return note.text.empty(); }),
              notes.end());
  return notes;
}

}  // namespace hookdrill
