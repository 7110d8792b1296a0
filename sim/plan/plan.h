// One worker's share of the deliveries, in due order. Which worker has which share changes nothing about what is sent.
#pragma once

#include <cstdint>
#include <optional>

#include "plan/arrivals.h"

namespace hookdrill {

/// Every `of`-th delivery, beginning with `index`; of > 0, index < of.
struct Share {
  std::uint32_t index = 0;
  std::uint32_t of = 1;
};

class Plan {
 public:
  /// Deliveries are numbered from `first_number`, so that two paths of one run never send the same message.
  Plan(const Scenario& scenario, Share share, std::uint64_t first_number = 0)
      : arrivals_(scenario.stages, scenario.seed), share_(share), first_number_(first_number) {}

  std::optional<Arrival> next() {
    while (std::optional<Arrival> arrival = arrivals_.next()) {
      if (arrival->number % share_.of != share_.index) continue;
      arrival->number += first_number_;
      return arrival;
    }
    return std::nullopt;
  }

 private:
  Arrivals arrivals_;
  Share share_;
  std::uint64_t first_number_;
};

/// The first delivery number of the scenario's n-th path.
constexpr std::uint64_t first_number_of_path(std::size_t path) {
  return static_cast<std::uint64_t>(path) << 40;
}

}  // namespace hookdrill
