// A modelled server's workers and the connections that wait for one: first come, first served. And the limit that it
// keeps for each source. Both take arrivals in order of time.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "base/time.h"
#include "plan/scenario.h"

namespace hookdrill {

class ServerQueue {
 public:
  /// At least one worker.
  ServerQueue(std::size_t workers, std::size_t queue);

  /// When a worker takes up what arrives at `at` and keeps it busy for `work`; nothing when the queue is full.
  std::optional<Time> take(Time at, Duration work);

 private:
  std::vector<Time> free_at_;  // of each worker: a heap, earliest first
  std::deque<Time> begins_;    // of those that wait
  std::size_t queue_;
};

/// The receiver's rule for SourceLimit, in virtual time: a bucket for each source.
class SourceGate {
 public:
  SourceGate(const SourceLimit& limit, std::size_t sources);

  /// Counts a connection of a source; true when it is beyond the limit.
  bool over(std::size_t source, Time at);

 private:
  Duration interval_;
  Duration room_;
  std::vector<Time> full_at_;  // when a source's bucket would be full again
};

}  // namespace hookdrill
