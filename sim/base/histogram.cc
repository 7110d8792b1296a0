#include "base/histogram.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace hookdrill {

Histogram& Histogram::operator=(const Histogram& other) {
  if (this == &other) return *this;
  *this = Histogram();
  merge(other);
  return *this;
}

Duration Histogram::lowest(std::size_t index) {
  if (index < kSubBuckets) return Duration(static_cast<std::int64_t>(index));
  const std::size_t bucket = index / kPageSize - 1;
  return Duration(static_cast<std::int64_t>(index - bucket * kPageSize) << bucket);
}

Duration Histogram::highest(std::size_t index) {
  const std::size_t bucket = index < kSubBuckets ? 0 : index / kPageSize - 1;
  return lowest(index) + Duration((std::int64_t{1} << bucket) - 1);
}

std::uint64_t Histogram::counter(std::size_t index) const {
  const std::unique_ptr<Page>& page = pages_[index / kPageSize];
  return page ? (*page)[index % kPageSize] : 0;
}

std::size_t Histogram::used() const {
  for (std::size_t page = kPages; page-- > 0;) {
    if (!pages_[page]) continue;
    for (std::size_t i = kPageSize; i-- > 0;) {
      if ((*pages_[page])[i] != 0) return page * kPageSize + i + 1;
    }
  }
  return 0;
}

void Histogram::merge(const Histogram& other) {
  infinite_ += other.infinite_;
  if (other.count_ == 0) return;
  for (std::size_t page = 0; page < kPages; ++page) {
    if (!other.pages_[page]) continue;
    if (!pages_[page]) {
      pages_[page] = std::make_unique<Page>(*other.pages_[page]);
      continue;
    }
    for (std::size_t i = 0; i < kPageSize; ++i) (*pages_[page])[i] += (*other.pages_[page])[i];
  }
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
}

Duration Histogram::mean() const {
  if (count_ == 0) return Duration{};
  double sum = 0;
  for (std::size_t i = 0, end = used(); i < end; ++i) {
    if (const std::uint64_t n = counter(i); n != 0)
      sum += static_cast<double>(n) * 0.5 * static_cast<double>((lowest(i) + highest(i)).count());
  }
  return Duration(static_cast<std::int64_t>(sum / static_cast<double>(count_) + 0.5));
}

std::optional<Duration> Histogram::percentile(double percent) const {
  HOOKDRILL_CHECK(percent > 0 && percent <= 100);
  const std::uint64_t total = count_ + infinite_;
  if (total == 0) return Duration{};
  // The epsilon keeps 99 % of 1,000 values at 990 although 0.99 has no exact binary form.
  const auto wanted = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(percent / 100.0 * static_cast<double>(total) - 1e-6)));
  if (wanted > count_) return std::nullopt;
  std::uint64_t seen = 0;
  for (std::size_t page = 0; page < kPages; ++page) {
    if (!pages_[page]) continue;
    for (std::size_t i = 0; i < kPageSize; ++i) {
      seen += (*pages_[page])[i];
      if (seen >= wanted) return std::clamp(highest(page * kPageSize + i), min_, max_);
    }
  }
  HOOKDRILL_CHECK(seen >= wanted);  // the counters add up to count_
  return std::nullopt;
}

double Histogram::share_above(Duration limit) const {
  const std::uint64_t total = count_ + infinite_;
  if (total == 0) return 0;
  std::uint64_t above = infinite_;
  for (std::size_t i = index_of(std::clamp(limit, Duration{}, kHighest).count()) + 1; i < kCounters; ++i) {
    if (!pages_[i / kPageSize]) {
      i += kPageSize - 1 - i % kPageSize;
      continue;
    }
    above += counter(i);
  }
  return static_cast<double>(above) / static_cast<double>(total);
}

void Histogram::set_extremes(Duration min, Duration max) {
  min_ = min;
  max_ = max;
}

bool Histogram::operator==(const Histogram& other) const {
  if (count_ != other.count_ || infinite_ != other.infinite_ || min() != other.min() || max_ != other.max_)
    return false;
  for (std::size_t i = 0; i < kCounters; ++i) {
    if (counter(i) != other.counter(i)) return false;
  }
  return true;
}

}  // namespace hookdrill
