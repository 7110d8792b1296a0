// What is due next: the plan's deliveries merged with the retries that wait. A waiting retry is one 40-byte entry.
#pragma once

#include <optional>
#include <vector>

#include "engine/attempt.h"
#include "plan/plan.h"
#include "plan/retry_schedule.h"

namespace hookdrill {

/// What became of the delivery when one of its attempts ended.
enum class Ending : std::uint8_t { delivered, retrying, expired };

class Agenda {
 public:
  Agenda(Plan plan, RetrySchedule schedule);

  /// kNever when nothing is left. Retries of attempts in flight are not known yet.
  Time next_due() const;
  bool empty() const { return next_due() == kNever; }

  /// The attempt that is due first; must not be empty(). A retry goes before a first try that is due at the same time.
  Attempt pop();

  /// What an attempt was worth: the delivery is done, is to be tried again, or cannot be mended by trying again.
  enum class Judgement { delivered, failed, lost };

  /// Decides what happens after an attempt, and files the retry if there is one.
  Ending settle(const Attempt& attempt, Time done, Judgement judgement);

  /// Retries that wait.
  std::size_t waiting() const { return waiting_.size(); }

 private:
  void advance();
  void file(const Attempt& attempt);

  Plan plan_;
  RetrySchedule schedule_;
  std::optional<Arrival> head_;
  std::vector<Attempt> waiting_;  // retries, and repeats of the plan: a heap, earliest due first
};

}  // namespace hookdrill
