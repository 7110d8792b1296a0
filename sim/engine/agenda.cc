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

void Agenda::advance() {
  head_ = plan_.next();
}

Time Agenda::next_due() const {
  Time due = head_ ? head_->due : kNever;
  if (!retries_.empty()) due = std::min(due, retries_.front().due);
  return due;
}

Attempt Agenda::pop() {
  HOOKDRILL_CHECK(!empty());
  if (!retries_.empty() && (!head_ || retries_.front().due <= head_->due)) {
    std::pop_heap(retries_.begin(), retries_.end(), later);
    const Attempt attempt = retries_.back();
    retries_.pop_back();
    return attempt;
  }
  const Attempt attempt{head_->number, head_->due, head_->due, 0, head_->stage};
  advance();
  return attempt;
}

Ending Agenda::settle(const Attempt& attempt, Time done, bool delivered) {
  if (delivered) return Ending::delivered;
  const std::optional<Duration> wait = schedule_.wait_after(attempt.delivery, attempt.number);
  if (!wait) return Ending::expired;
  Attempt retry = attempt;
  retry.due = done + *wait;
  ++retry.number;
  retries_.push_back(retry);
  std::push_heap(retries_.begin(), retries_.end(), later);
  return Ending::retrying;
}

}  // namespace hookdrill
