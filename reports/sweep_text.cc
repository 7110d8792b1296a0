// A sweep as a table for a terminal.
#include <fmt/core.h>

#include <algorithm>

#include "reports/sweep.h"
#include "reports/text.h"

namespace hookdrill {
namespace {

double share_of(std::uint64_t hits, std::uint64_t of) {
  return of == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(of);
}

std::string drained_text(const SweepPoint& point) {
  if (point.load_max == 0) return "-";
  return point.drained ? format_duration(std::chrono::seconds(point.drained_s)) : "never";
}

}  // namespace

std::string sweep_text(const SweepResults& sweep) {
  using Align = TextTable::Align;
  const bool one_path = std::all_of(sweep.points.begin(), sweep.points.end(),
                                    [&](const SweepPoint& point) { return point.path == sweep.points.front().path; });
  const bool sick =
      std::any_of(sweep.points.begin(), sweep.points.end(), [](const SweepPoint& point) { return point.load_max > 0; });
  std::vector<Align> columns{Align::right, Align::left};
  std::vector<std::string> head{sweep.key.substr(sweep.key.rfind('.') + 1), "verdict"};
  const auto column = [&](const char* name) {
    columns.push_back(Align::right);
    head.emplace_back(name);
  };
  if (!one_path) head.insert(head.begin() + 1, "path"), columns.insert(columns.begin() + 1, Align::left);
  // What matters least makes room: a terminal has 100 columns.
  column("dropped");
  column("first try");
  column("lost");
  if (one_path) column("95 %");
  column("tries");
  if (!sick) column("p50");
  column("p99");
  if (sick) column("load"), column("drained");
  TextTable table(columns);
  table.row(head);
  for (const SweepPoint& point : sweep.points) {
    const std::uint64_t planned = point.deliveries.planned;
    std::vector<std::string> row{fit_width(point.value, 14), point.verdict};
    if (!one_path) row.insert(row.begin() + 1, fit_width(point.path, 12));
    row.push_back(format_share(share_of(point.dropped, point.dropped_of)));
    row.push_back(format_share(share_of(point.deliveries.delivered_first_try, planned)));
    row.push_back(format_share(share_of(point.lost(), planned)));
    if (one_path) row.push_back(fmt::format("[{:.3g}, {:.3g}]", point.lost_low * 100, point.lost_high * 100));
    row.push_back(fmt::format("{:.2f}", share_of(point.attempts, planned)));
    if (!sick) row.push_back(format_duration_or_inf(point.time_to_deliver.percentile(50)));
    row.push_back(format_duration_or_inf(point.time_to_deliver.percentile(99)));
    if (sick) {
      row.push_back(point.load_max == 0 ? "-" : fmt::format("{:.1f}", point.load_max));
      row.push_back(drained_text(point));
    }
    table.row(std::move(row));
  }
  const auto values = std::count_if(sweep.points.begin(), sweep.points.end(),
                                    [&](const SweepPoint& p) { return p.path == sweep.points[0].path; });
  std::string text = sweep.key == "seed"
                         ? fmt::format("{}: {} in virtual time\n\n", sweep.scenario,
                                       format_counted(static_cast<std::uint64_t>(values) - 1, "seed"))
                         : fmt::format("{}: {} over {} values, {} each, in virtual time\n\n", sweep.scenario, sweep.key,
                                       values, format_counted(sweep.seeds, "seed"));
  text += table.text();
  text += "\nlost: not delivered after all retries; tries: attempts for each delivery; p50, p99: to deliver\n";
  if (sick) text += "load: attempts for each delivery due, in the worst interval; drained: until it was normal again\n";
  if (sweep.interrupted) text += "interrupted: the values after these were not simulated\n";
  return text;
}

}  // namespace hookdrill
