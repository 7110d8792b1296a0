#include "plan/arrivals.h"

#include <cmath>

#include "base/rng.h"

namespace hookdrill {
namespace {

// Expected arrivals are compared with a count; this absorbs rounding in rate × length (0.1 × 3 must hold 0.3 steps, not
// one more).
constexpr double kRounding = 1e-9;

double expected_arrivals(const Stage& stage) {
  return (stage.rate_from + stage.rate_to) / 2 * to_seconds(stage.length);
}

// The time in the stage at which `position` arrivals are expected: the root of rate_from t + slope t^2 / 2 = position,
// in the form that also holds for slope 0.
Duration time_at(const Stage& stage, double position) {
  if (position <= 0) return Duration{};
  if (stage.rate_from == stage.rate_to) return from_seconds(position / stage.rate_from);  // the same, without a root
  const double slope = (stage.rate_to - stage.rate_from) / to_seconds(stage.length);
  const double root = std::sqrt(std::fmax(0.0, stage.rate_from * stage.rate_from + 2 * slope * position));
  return from_seconds(2 * position / (stage.rate_from + root));
}

}  // namespace

Arrivals::Arrivals(std::vector<Stage> stages, std::uint64_t seed) : stages_(std::move(stages)), seed_(seed) {}

bool Arrivals::stage_is_over() const {
  return position_ >= expected_ - kRounding;
}

std::optional<Arrival> Arrivals::next() {
  while (stage_ < stages_.size()) {
    const Stage& stage = stages_[stage_];
    const bool poisson = stage.arrivals == Stage::Arrivals::poisson;
    const auto step = [&] { return poisson ? draw_exponential({seed_, number_, 0, Purpose::arrival}) : 1.0; };
    if (!entered_) {
      entered_ = true;
      expected_ = expected_arrivals(stage);
      position_ = poisson ? step() : 0;
    }
    if (!stage_is_over()) {
      const Arrival arrival{number_, stage_start_ + time_at(stage, position_), static_cast<std::uint32_t>(stage_),
                            false};
      ++number_;
      position_ += step();
      return arrival;
    }
    stage_start_ += stage.length;
    ++stage_;
    entered_ = false;
  }
  return std::nullopt;
}

Duration total_length(const std::vector<Stage>& stages) {
  Duration total{};
  for (const Stage& stage : stages) total += stage.length;
  return total;
}

std::uint64_t count_arrivals(const std::vector<Stage>& stages, std::uint64_t seed) {
  Arrivals arrivals(stages, seed);
  std::uint64_t count = 0;
  while (arrivals.next()) ++count;
  return count;
}

}  // namespace hookdrill
