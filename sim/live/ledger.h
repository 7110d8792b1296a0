// What the receiver has seen, update by update: how often each arrived, and whether an answer 2xx accepted it. Knows
// neither HTTP nor signatures.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace hookdrill {

/// One update as it stands in a body. Statuses of one message share its id and differ in status and timestamp.
struct ReceivedUpdate {
  std::string_view id;
  std::string_view status;     // "" for anything but a status
  std::string_view timestamp;  // of a status
};

struct LedgerCounts {
  std::uint64_t arrivals = 0;    // updates, however often they came
  std::uint64_t distinct = 0;    // different updates
  std::uint64_t accepted = 0;    // different updates that were answered with 2xx
  std::uint64_t duplicates = 0;  // arrivals of an update that was accepted before
  std::uint64_t unrecorded = 0;  // arrivals that found no room; not in the other counts
};

/// Thread-safe, in shards with a lock each. About 160 bytes an update with WhatsApp's ids of 60 letters; `max_updates`
/// bounds it, and what comes after that is only counted as unrecorded; so is a 17th status of one id (WhatsApp has
/// five). Ids above 512 bytes are cut.
class Ledger {
 public:
  static constexpr std::size_t kMaxUpdates = 4'000'000;
  static constexpr std::size_t kMaxIdBytes = 512;
  static constexpr int kMaxStatuses = 16;

  explicit Ledger(std::size_t max_updates = kMaxUpdates);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// The entry of one update; lives as long as the ledger.
  struct Entry;

  /// Counts arrivals. Returns the entries to accept() later, without those that found no room.
  std::vector<Entry*> arrived(std::span<const ReceivedUpdate> updates);

  /// Must be called before the first byte of the answer leaves, so that a client that has seen 2xx always finds its
  /// updates accepted.
  void accept(std::span<Entry* const> entries);

  /// True when an update with this id was accepted; of a message's statuses, when any was.
  bool accepted(std::string_view id) const;

  LedgerCounts counts() const;

  struct Row {
    ReceivedUpdate update;
    std::uint32_t arrivals = 0;
    std::uint32_t duplicates = 0;
    bool accepted = false;
  };
  /// Every update in order of id, status, timestamp. Arrivals during the call may be missing.
  void for_each(const std::function<void(const Row&)>& visit) const;

 private:
  struct Shard;
  static constexpr std::size_t kShards = 64;  // keeps a rehash short, besides spreading the locks

  Shard& shard_of(std::size_t hash) const;
  Entry* find_or_add(Shard& shard, const ReceivedUpdate& update);

  const std::size_t max_updates_;
  std::unique_ptr<Shard[]> shards_;
  std::atomic<std::uint64_t> arrivals_{0};
  std::atomic<std::uint64_t> distinct_{0};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> duplicates_{0};
  std::atomic<std::uint64_t> unrecorded_{0};
};

}  // namespace hookdrill
