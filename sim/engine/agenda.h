// What is due next: the plan's deliveries merged with the retries that wait. A delivery that waits for a retry is one
// entry of 24 bytes, in a heap that has room for half as many again at most.
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
  /// The most that have waited at once, and the most memory that this took, copying included.
  std::size_t waiting_max() const { return waiting_max_; }
  std::size_t waiting_bytes_max() const { return waiting_bytes_max_; }

 private:
  /// Who it is, in one word: delivery, attempt, stage, taken_before. Entries of one due time sort by it.
  struct Waiting {
    Time due;
    Time first_due;
    std::uint64_t who;
  };
  static Waiting pack(const Attempt& attempt);
  static Attempt unpack(const Waiting& waiting);
  // The delivery's number breaks ties, so that the order never depends on how the heap was filled.
  struct Later {
    bool operator()(const Waiting& a, const Waiting& b) const { return a.due != b.due ? a.due > b.due : a.who > b.who; }
  };

  void advance();
  void file(const Attempt& attempt);

  Plan plan_;
  RetrySchedule schedule_;
  std::optional<Arrival> head_;
  std::vector<Waiting> waiting_;  // retries, and repeats of the plan: a heap, earliest due first
  std::size_t waiting_max_ = 0;
  std::size_t waiting_bytes_max_ = 0;
};

}  // namespace hookdrill
