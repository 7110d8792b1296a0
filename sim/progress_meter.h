// Draws the progress line while a path runs: one line redrawn on a terminal, a plain line now and then elsewhere. On
// stderr.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"
#include "plan/scenario.h"

namespace hookdrill {

class ProgressMeter {
 public:
  /// `counters` are those of the path's workers and must outlive the meter. `quiet`: never prints.
  ProgressMeter(const Scenario& scenario, const std::string& path, std::vector<LiveCounters>& counters, bool quiet);
  /// Clears the line.
  ~ProgressMeter();
  ProgressMeter(const ProgressMeter&) = delete;
  ProgressMeter& operator=(const ProgressMeter&) = delete;

  /// Call a few times a second.
  void tick(Duration elapsed);

 private:
  struct Totals {
    std::uint64_t planned = 0, sent = 0, delivered = 0, failed = 0, in_flight = 0, waiting = 0;
    std::int64_t lateness_max_ns = 0;
    std::uint32_t last_failure = 0;
  };
  Totals take();

  std::vector<LiveCounters>& counters_;
  std::string title_;
  Duration planned_length_;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  Duration drawn_at_{};
  Totals before_;
};

}  // namespace hookdrill
