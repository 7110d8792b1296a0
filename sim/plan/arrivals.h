// When deliveries are due: unit steps (constant) or a unit Poisson process, sent through the inverse of each stage's
// cumulative rate, so that constant rates, ramps and Poisson arrivals are one formula. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "plan/scenario.h"

namespace hookdrill {

struct Arrival {
  std::uint64_t number = 0;  // counts from 0 over all stages
  Time due{};
  std::uint32_t stage = 0;
  bool repeats = false;  // see Plan
};

/// The arrivals of all stages in due order. What comes out depends on (stages, seed) alone.
class Arrivals {
 public:
  Arrivals(std::vector<Stage> stages, std::uint64_t seed);

  /// Nothing after the last one.
  std::optional<Arrival> next();

 private:
  bool stage_is_over() const;

  std::vector<Stage> stages_;
  std::uint64_t seed_;
  std::size_t stage_ = 0;
  Time stage_start_{};
  double position_ = 0;  // expected deliveries since the start of the stage
  double expected_ = 0;  // expected deliveries of the whole stage
  std::uint64_t number_ = 0;
  bool entered_ = false;
};

/// The sum of the stages' lengths.
Duration total_length(const std::vector<Stage>& stages);

/// How many deliveries are due in all; walks the arrivals (about 30 ns each).
std::uint64_t count_arrivals(const std::vector<Stage>& stages, std::uint64_t seed);

}  // namespace hookdrill
