// [abort_when]: ends a run that is hopeless, so that nobody waits for the rest of it. Looks at the progress counters
// only.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "plan/scenario.h"
#include "reports/results.h"

namespace hookdrill {

class AbortWatch {
 public:
  /// Both must outlive it.
  AbortWatch(const AbortRule& rule, const std::atomic<bool>& interrupted) : rule_(rule), interrupted_(interrupted) {}

  /// What the workers look at: an interrupt, or a hopeless run.
  const std::atomic<bool>& stop() const { return stop_; }

  /// Call a few times a second, with the counters of the path that runs.
  void look(const std::vector<LiveCounters>& counters);

  /// What an early end stands for; nothing when there was none.
  const std::optional<VerdictRow>& verdict() const { return verdict_; }

 private:
  void end(const std::string& metric, const std::string& limit, const std::string& observed);

  const AbortRule& rule_;
  const std::atomic<bool>& interrupted_;
  std::atomic<bool> stop_{false};
  std::optional<VerdictRow> verdict_;
};

}  // namespace hookdrill
