// One path of a run: as many threads as the scenario asks for, each with a loop, transport and stats of its own; merged
// after.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "live/live_transport.h"

namespace hookdrill {

struct PathRun {
  PathStats stats;
  std::string negotiated;              // TLS, of the first connection
  std::string certificate_expires;     // of the same
  std::vector<std::string> addresses;  // that were connected to
  double cpu_share_max = 0;            // of the busiest worker: CPU time over wall time
  double machine_busy = 0;             // share of all cores' time that anything used during the run
};

/// Which part of the plan a run is, and what is kept of it.
struct PathLoad {
  std::uint64_t first_number = 0;
  Window window;
  ConnectionKind kind = ConnectionKind::any;
  bool keep_delivered = false;
  AttemptLog* log = nullptr;
  Duration spent{};  // of limits.max_duration, by earlier runs of the same path
};

/// The number of sending threads for a scenario: its own value, or one per 1,000 deliveries/s up to the number of
/// cores.
int worker_count(const Scenario& scenario);

/// Runs one path to its end, or until `stop`. Calls `tick` about five times a second from the calling thread, for
/// progress.
PathRun run_path(const Scenario& scenario, const LivePath& path, const PathLoad& load, const TrustStore& trust,
                 const Payloads& payloads, const std::atomic<bool>& stop, std::vector<LiveCounters>& counters,
                 const std::function<void(Duration elapsed)>& tick);

}  // namespace hookdrill
