// One worker's share of the deliveries, in due order. Which worker has which share changes nothing about what is sent.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "plan/arrivals.h"
#include "plan/payload.h"

namespace hookdrill {

/// Every `of`-th delivery, beginning with `index`; of > 0, index < of.
struct Share {
  std::uint32_t index = 0;
  std::uint32_t of = 1;
};

/// A piece of the plan's time: what is due at `from` or later, and before `to`.
struct Window {
  Time from = kRunStart;
  Time to = kNever;
};

class Plan {
 public:
  /// Deliveries are numbered from `first_number`, so that two paths of one run never send the same message. With
  /// `payloads`, a delivery that repeats the one before it at once is due right after that one, wherever it stands. Due
  /// times count from the beginning of the window; numbers do not change with it.
  Plan(const Scenario& scenario, Share share, std::uint64_t first_number = 0, const Payloads* payloads = nullptr,
       Window window = {})
      : arrivals_(scenario.stages, scenario.seed),
        share_(share),
        first_number_(first_number),
        payloads_(payloads),
        window_(window) {}

  /// In due order, but for repeats (`repeats` is set), which are due a little earlier than their place tells.
  std::optional<Arrival> next() {
    while (std::optional<Arrival> arrival = arrivals_.next()) {
      const Time before = std::exchange(before_, arrival->due);
      if (arrival->due >= window_.to) return std::nullopt;
      if (arrival->due < window_.from || arrival->number % share_.of != share_.index) continue;
      arrival->number += first_number_;
      if (payloads_ != nullptr && payloads_->negative(arrival->number) == Negative::repeated_at_once) {
        arrival->due = std::max(window_.from, before + payloads_->repeat_gap(arrival->number));
        arrival->repeats = true;
      }
      arrival->due -= window_.from.time_since_epoch();
      return arrival;
    }
    return std::nullopt;
  }

 private:
  Arrivals arrivals_;
  Share share_;
  std::uint64_t first_number_;
  const Payloads* payloads_;
  Window window_;
  Time before_{};
};

/// The first delivery number of the scenario's n-th path.
constexpr std::uint64_t first_number_of_path(std::size_t path) {
  return static_cast<std::uint64_t>(path) << 40;
}
constexpr std::size_t path_of_delivery(std::uint64_t number) {
  return static_cast<std::size_t>(number >> 40);
}

}  // namespace hookdrill
