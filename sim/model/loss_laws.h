// Which connections a path's model loses, by the laws that the receiver keeps on sockets: the same windows and bursts,
// the same sources, and shares drawn by attempt where the receiver hashes a port. Knows no queue and no latency.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/attempt.h"
#include "plan/drop_timeline.h"
#include "plan/scenario.h"

namespace hookdrill {

/// A DropTimeline that can be asked for any time from the last forget() on, not only forward.
class ActiveTimes {
 public:
  ActiveTimes(const DropLaw& law, std::uint64_t seed, std::uint32_t index);

  bool at(Duration time);
  void forget(Duration before);

 private:
  struct Stay {
    Duration begin;
    bool active;
  };

  DropTimeline timeline_;
  std::deque<Stay> stays_;  // never empty
};

class LossLaws {
 public:
  /// `sources`: the addresses that the path sends from; empty = one that is not known.
  LossLaws(const std::vector<DropLaw>& laws, const std::vector<std::string>& sources, std::uint64_t seed);

  enum class SynFate { passes, lost, refused };
  /// The n-th SYN (from 0) of an attempt, sent at `time`, which is not before an earlier forget().
  SynFate syn(const Attempt& attempt, std::uint32_t n, std::size_t source, Time time);

  /// What becomes of an accepted connection: lost in one of the ways that follow an accept, or served.
  std::optional<DropLaw::Of> accepted(const Attempt& attempt, std::size_t source, Time time);

  /// Nothing before `time` will be asked for.
  void forget(Time time) {
    if (in_time_) forget_times(time);
  }

 private:
  struct Law {
    DropLaw settings;
    std::uint32_t index;
    bool always;                // neither a window nor bursts
    std::vector<bool> sources;  // by source: those that it takes
    ActiveTimes times;
  };

  void forget_times(Time time);
  bool active(Law& law, Time time) { return law.always || law.times.at(time.time_since_epoch()); }
  bool takes(const Law& law, const Attempt& attempt, std::size_t source, std::uint32_t packet) const;

  std::uint64_t seed_;
  bool in_time_ = false;        // some law has a window or bursts
  std::vector<Law> of_syn_;     // refuse first, as nobody filters the SYNs of a closed port
  std::vector<Law> of_accept_;  // in their order
};

}  // namespace hookdrill
