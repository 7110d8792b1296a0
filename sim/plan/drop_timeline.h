// When a DropLaw acts: its window, and within it the bursts. A pure function of the law and a seed; knows no clock.
#pragma once

#include "base/rng.h"
#include "plan/scenario.h"

namespace hookdrill {

/// Walks forward through one law's states. Times count from the beginning of the load.
class DropTimeline {
 public:
  /// `index`: which of the receiver's laws this is, so that two laws of one seed burst at different times.
  DropTimeline(const DropLaw& law, std::uint64_t seed, std::uint32_t index);

  /// The state at `time`, which must not be before an earlier call's.
  bool active_at(Duration time);
  /// When the state changes next after the last active_at(); Duration::max() = never.
  Duration next_change() const { return next_change_; }

 private:
  void step();

  Duration end_;      // of the window
  Duration mean_[2];  // of quiet times and of bursts; 0 = no bursts
  std::uint64_t seed_;
  std::uint32_t index_;
  std::uint64_t stays_ = 0;  // drawn so far
  bool active_ = false;
  Duration next_change_{};
};

}  // namespace hookdrill
