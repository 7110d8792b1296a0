// A log-linear histogram of durations: three significant digits from 1 ns to 13 days, exact to merge, bounded in size.
// The bucket layout is HdrHistogram's (3 digits, lowest value 1), so that its tools can read what we write.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace hookdrill {

/// At most 328 KiB when every bucket is in use; pages that hold nothing are not allocated. Not thread-safe.
class Histogram {
 public:
  static constexpr int kSubBuckets = 2048;   // linear steps in the lowest bucket: 3 significant digits
  static constexpr int kSubBucketBits = 11;  // 2^11 = kSubBuckets
  static constexpr int kBuckets = 40;        // each further bucket doubles the range: up to 2^50 ns
  static constexpr int kPageSize = kSubBuckets / 2;
  static constexpr int kPages = kBuckets + 1;
  static constexpr std::size_t kCounters = std::size_t{kPages} * kPageSize;
  static constexpr Duration kHighest{(std::int64_t{1} << 50) - 1};

  Histogram() = default;
  Histogram(const Histogram& other) { merge(other); }
  Histogram& operator=(const Histogram& other);
  Histogram(Histogram&&) = default;
  Histogram& operator=(Histogram&&) = default;

  /// Negative values count as 0; values above kHighest count as kHighest.
  void record(Duration value) { record(value, 1); }
  void record(Duration value, std::uint64_t count) {
    if (count == 0) return;
    value = std::clamp(value, Duration{}, kHighest);
    at(index_of(value.count())) += count;
    min_ = count_ == 0 ? value : std::min(min_, value);
    max_ = std::max(max_, value);
    count_ += count;
  }

  /// A value that never came (a failure, where failures count): larger than every finite value.
  void record_infinite(std::uint64_t count = 1) { infinite_ += count; }

  void merge(const Histogram& other);

  /// Finite values only.
  std::uint64_t count() const { return count_; }
  std::uint64_t infinite() const { return infinite_; }
  bool empty() const { return count_ + infinite_ == 0; }

  /// The exact extremes, and the mean by bucket (within 0.05 %), of the finite values; zero when there are none.
  Duration min() const { return count_ == 0 ? Duration{} : min_; }
  Duration max() const { return max_; }
  Duration mean() const;

  /// The smallest bucket bound that at least `percent` % of all values, infinite ones included, do not exceed; 0 <
  /// percent
  /// <= 100. Nothing when that value is infinite, zero when the histogram is empty.
  std::optional<Duration> percentile(double percent) const;

  /// Share of all values, infinite ones included, that are above `limit` (by bucket).
  double share_above(Duration limit) const;

  std::uint64_t counter(std::size_t index) const;
  /// The lowest and the highest value that counter `index` stands for.
  static Duration lowest(std::size_t index);
  static Duration highest(std::size_t index);
  /// One more than the last counter in use.
  std::size_t used() const;

  /// The HdrHistogram V2 compressed form in base64, finite values only: what an .hlog line holds.
  std::string encode() const;
  /// Reads encode()'s text back; nothing when it is damaged or of another resolution. min and max come from the buckets
  /// until set_extremes() restores them.
  static std::optional<Histogram> decode(std::string_view base64);
  void set_extremes(Duration min, Duration max);

  bool operator==(const Histogram& other) const;

 private:
  using Page = std::array<std::uint64_t, kPageSize>;

  // HdrHistogram's layout: bucket b holds kSubBuckets steps of 2^b; of every bucket but the first only the upper half
  // is new, so counters run on in pages of half a bucket.
  static std::size_t index_of(std::int64_t value) {
    const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(value) | (kSubBuckets - 1)));
    const int bucket = bits - kSubBucketBits;
    const auto step = static_cast<std::size_t>(value >> bucket);
    return static_cast<std::size_t>(bucket) * kPageSize + step;
  }
  std::uint64_t& at(std::size_t index) {
    std::unique_ptr<Page>& page = pages_[index / kPageSize];
    if (!page) page = std::make_unique<Page>();
    return (*page)[index % kPageSize];
  }

  std::array<std::unique_ptr<Page>, kPages> pages_;
  std::uint64_t count_ = 0;
  std::uint64_t infinite_ = 0;
  Duration min_{};
  Duration max_{};
};

}  // namespace hookdrill
