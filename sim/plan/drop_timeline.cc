#include "plan/drop_timeline.h"

#include <algorithm>

namespace hookdrill {
namespace {

constexpr Duration kNoChange = Duration::max();
constexpr std::uint32_t kStayDraw = 1000;  // DrawKey::index; those below belong to answers

}  // namespace

DropTimeline::DropTimeline(const DropLaw& law, std::uint64_t seed, std::uint32_t index)
    : end_(law.length ? law.from + *law.length : kNoChange),
      mean_{law.burst_every, law.burst_length},
      seed_(seed),
      index_(index),
      next_change_(law.from) {}

bool DropTimeline::active_at(Duration time) {
  while (next_change_ <= time) step();
  return active_;
}

// To the state after next_change_. A window begins with a quiet time when the law comes in bursts.
void DropTimeline::step() {
  if (next_change_ >= end_) {
    active_ = false;
    next_change_ = kNoChange;
    return;
  }
  const bool bursts = mean_[1] > Duration{};
  active_ = bursts ? stays_ % 2 == 1 : true;
  if (!bursts) {
    next_change_ = end_;
    return;
  }
  const double stay = draw_exponential({seed_, stays_, index_, Purpose::receiver, kStayDraw});
  const Duration length = from_seconds(to_seconds(mean_[active_ ? 1 : 0]) * stay);
  ++stays_;
  next_change_ = std::min(end_, next_change_ + std::max(length, Duration(1)));
}

}  // namespace hookdrill
