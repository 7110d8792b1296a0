#include "model/server_queue.h"

#include <algorithm>
#include <functional>

namespace hookdrill {

ServerQueue::ServerQueue(std::size_t workers, std::size_t queue) : free_at_(workers, kRunStart), queue_(queue) {}

std::optional<Time> ServerQueue::take(Time at, Duration work) {
  while (!begins_.empty() && begins_.front() <= at) begins_.pop_front();
  const Time begin = std::max(at, free_at_.front());
  if (begin > at && begins_.size() >= queue_) return std::nullopt;
  if (begin > at) begins_.push_back(begin);
  std::pop_heap(free_at_.begin(), free_at_.end(), std::greater<>());
  free_at_.back() = begin + work;
  std::push_heap(free_at_.begin(), free_at_.end(), std::greater<>());
  return begin;
}

SourceGate::SourceGate(const SourceLimit& limit, std::size_t sources)
    : interval_(from_seconds(1 / limit.per_second)), room_(interval_ * limit.burst), full_at_(sources, kRunStart) {}

// A leaky bucket as one time for each source (generic cell rate algorithm): each connection moves it by 1/rate, and it
// may be at most burst/rate ahead of now.
bool SourceGate::over(std::size_t source, Time at) {
  const Time after = std::max(full_at_[source], at) + interval_;
  if (after > at + room_) return true;
  full_at_[source] = after;
  return false;
}

}  // namespace hookdrill
