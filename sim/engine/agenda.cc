#include "engine/agenda.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace hookdrill {
namespace {

// The delivery's number breaks ties, so that the order never depends on how the heap was filled.
bool later(const Attempt& a, const Attempt& b) {
  return std::tie(a.due, a.delivery, a.number) > std::tie(b.due, b.delivery, b.number);
}

}  // namespace

Agenda::Agenda(Plan plan, RetrySchedule schedule) : plan_(std::move(plan)), schedule_(std::move(schedule)) {
  advance();
}

void Agenda::file(const Attempt& attempt) {
  waiting_.push_back(attempt);
  std::push_heap(waiting_.begin(), waiting_.end(), later);
}

void Agenda::advance() {
  while ((head_ = plan_.next()) && head_->repeats) file({head_->number, head_->due, head_->due, 0, head_->stage});
}

Time Agenda::next_due() const {
  Time due = head_ ? head_->due : kNever;
  if (!waiting_.empty()) due = std::min(due, waiting_.front().due);
  return due;
}

Attempt Agenda::pop() {
  HOOKDRILL_CHECK(!empty());
  if (!waiting_.empty() && (!head_ || waiting_.front().due <= head_->due)) {
    std::pop_heap(waiting_.begin(), waiting_.end(), later);
    const Attempt attempt = waiting_.back();
    waiting_.pop_back();
    return attempt;
  }
  const Attempt attempt{head_->number, head_->due, head_->due, 0, head_->stage};
  advance();
  return attempt;
}

Ending Agenda::settle(const Attempt& attempt, Time done, Judgement judgement) {
  if (judgement == Judgement::delivered) return Ending::delivered;
  if (judgement == Judgement::lost) return Ending::expired;
  const std::optional<Duration> wait = schedule_.wait_after(attempt.delivery, attempt.number);
  if (!wait) return Ending::expired;
  Attempt retry = attempt;
  retry.due = done + *wait;
  ++retry.number;
  file(retry);
  return Ending::retrying;
}

}  // namespace hookdrill
