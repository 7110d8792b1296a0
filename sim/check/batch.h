// Probes that are made side by side, within what is left of the time that the whole check may take.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "live/probe.h"

namespace hookdrill {

/// The time that a check may take, from its construction on.
class Budget {
 public:
  explicit Budget(Duration whole) : end_(std::chrono::steady_clock::now() + whole) {}

  Duration left() const {
    const auto now = std::chrono::steady_clock::now();
    return now < end_ ? Duration(end_ - now) : Duration(0);
  }
  bool used_up() const { return left() == Duration(0); }

 private:
  std::chrono::steady_clock::time_point end_;
};

class Batch {
 public:
  static constexpr int kAtOnce = 16;

  explicit Batch(const Budget& budget, int at_once = kAtOnce) : budget_(budget), at_once_(at_once) {}

  /// `to` must outlive run(); it stays empty when there was no time left for the probe.
  void add(std::optional<ProbeResult>& to, Probe probe) {
    places_.push_back(&to);
    probes_.push_back(std::move(probe));
  }

  /// Blocks until all have ended. A probe never gets more than what is left of the budget; those that have to wait for
  /// their turn share it.
  void run();

 private:
  const Budget& budget_;
  int at_once_;
  std::vector<std::optional<ProbeResult>*> places_;
  std::vector<Probe> probes_;
};

}  // namespace hookdrill
