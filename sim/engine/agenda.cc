#include "engine/agenda.h"

#include <algorithm>

#include "base/check.h"

namespace hookdrill {
namespace {

// The fields of Waiting::who, from the lowest bit: taken_before, stage, attempt, delivery.
constexpr int kStageShift = 1;
constexpr int kStageBits = 10;
constexpr int kNumberShift = kStageShift + kStageBits;
constexpr int kNumberBits = 7;
constexpr int kDeliveryShift = kNumberShift + kNumberBits;
constexpr int kDeliveryBits = 64 - kDeliveryShift;

constexpr std::uint64_t mask(int bits) {
  return (std::uint64_t{1} << bits) - 1;
}

Attempt first_try(const Arrival& arrival) {
  return {arrival.number, arrival.due, arrival.due, 0, arrival.stage};
}

}  // namespace

Agenda::Waiting Agenda::pack(const Attempt& attempt) {
  HOOKDRILL_CHECK(attempt.delivery <= mask(kDeliveryBits) && attempt.number <= mask(kNumberBits) &&
                  attempt.stage <= mask(kStageBits));
  return {attempt.due, attempt.first_due,
          attempt.delivery << kDeliveryShift | std::uint64_t{attempt.number} << kNumberShift |
              std::uint64_t{attempt.stage} << kStageShift | std::uint64_t{attempt.taken_before}};
}

Attempt Agenda::unpack(const Waiting& waiting) {
  Attempt attempt;
  attempt.delivery = waiting.who >> kDeliveryShift;
  attempt.due = waiting.due;
  attempt.first_due = waiting.first_due;
  attempt.number = static_cast<std::uint32_t>(waiting.who >> kNumberShift & mask(kNumberBits));
  attempt.stage = static_cast<std::uint32_t>(waiting.who >> kStageShift & mask(kStageBits));
  attempt.taken_before = (waiting.who & 1) != 0;
  return attempt;
}

Agenda::Agenda(Plan plan, RetrySchedule schedule) : plan_(std::move(plan)), schedule_(std::move(schedule)) {
  advance();
}

void Agenda::file(const Attempt& attempt) {
  if (waiting_.size() == waiting_.capacity()) {
    const std::size_t before = waiting_.capacity();
    waiting_.reserve(before + before / 2 + 16);
    waiting_bytes_max_ = (before + waiting_.capacity()) * sizeof(Waiting);
  }
  waiting_.push_back(pack(attempt));
  waiting_max_ = std::max(waiting_max_, waiting_.size());
  std::push_heap(waiting_.begin(), waiting_.end(), Later());
}

void Agenda::advance() {
  while ((head_ = plan_.next()) && head_->repeats) file(first_try(*head_));
}

Time Agenda::next_due() const {
  Time due = head_ ? head_->due : kNever;
  if (!waiting_.empty()) due = std::min(due, waiting_.front().due);
  return due;
}

Attempt Agenda::pop() {
  HOOKDRILL_CHECK(!empty());
  if (!waiting_.empty() && (!head_ || waiting_.front().due <= head_->due)) {
    std::pop_heap(waiting_.begin(), waiting_.end(), Later());
    const Attempt attempt = unpack(waiting_.back());
    waiting_.pop_back();
    return attempt;
  }
  const Attempt attempt = first_try(*head_);
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
