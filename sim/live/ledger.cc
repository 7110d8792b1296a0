#include "live/ledger.h"

#include <algorithm>
#include <memory_resource>
#include <mutex>
#include <tuple>
#include <unordered_map>

namespace hookdrill {

struct Ledger::Entry {
  std::string_view status;
  std::string_view timestamp;
  std::uint32_t arrivals = 0;    // under the shard's lock
  std::uint32_t duplicates = 0;  // under the shard's lock
  std::atomic<bool> accepted{false};
  Entry* next = nullptr;  // another status of the same id
};

// Ids, statuses and map nodes come from one arena, which only grows: nothing is ever removed from a ledger.
struct Ledger::Shard {
  std::mutex mutex;
  std::pmr::monotonic_buffer_resource arena;
  std::pmr::unordered_map<std::string_view, Entry> entries{&arena};

  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    char* const copy = static_cast<char*>(arena.allocate(text.size(), 1));
    std::copy(text.begin(), text.end(), copy);
    return {copy, text.size()};
  }
};

namespace {

std::string_view bounded(std::string_view text) {
  return text.substr(0, Ledger::kMaxIdBytes);
}

}  // namespace

Ledger::Ledger(std::size_t max_updates) : max_updates_(max_updates), shards_(new Shard[kShards]) {}

Ledger::~Ledger() = default;

Ledger::Shard& Ledger::shard_of(std::size_t hash) const {
  return shards_[(hash >> 32) % kShards];  // the map inside uses the low bits
}

// Null when there is no room. The shard's lock is held.
Ledger::Entry* Ledger::find_or_add(Shard& shard, const ReceivedUpdate& update) {
  const std::string_view status = bounded(update.status);
  const std::string_view timestamp = bounded(update.timestamp);
  const auto found = shard.entries.find(update.id);
  Entry* last = nullptr;
  int statuses = 0;
  for (Entry* entry = found == shard.entries.end() ? nullptr : &found->second; entry != nullptr; entry = entry->next) {
    if (entry->status == status && entry->timestamp == timestamp) return entry;
    last = entry;
    if (++statuses == kMaxStatuses) return nullptr;
  }
  if (distinct_.fetch_add(1, std::memory_order_relaxed) >= max_updates_) {
    distinct_.fetch_sub(1, std::memory_order_relaxed);
    return nullptr;
  }
  Entry* added = nullptr;
  if (last == nullptr) {
    added = &shard.entries.try_emplace(shard.keep(update.id)).first->second;
  } else {
    added = new (shard.arena.allocate(sizeof(Entry), alignof(Entry))) Entry;  // trivially destructible: the arena's
    last->next = added;
  }
  added->status = shard.keep(status);
  added->timestamp = shard.keep(timestamp);
  return added;
}

std::vector<Ledger::Entry*> Ledger::arrived(std::span<const ReceivedUpdate> updates) {
  std::vector<Entry*> entries;
  entries.reserve(updates.size());
  for (ReceivedUpdate update : updates) {
    update.id = bounded(update.id);
    Shard& shard = shard_of(std::hash<std::string_view>{}(update.id));
    const std::lock_guard lock(shard.mutex);
    Entry* const entry = find_or_add(shard, update);
    if (entry == nullptr) {
      unrecorded_.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    ++entry->arrivals;
    arrivals_.fetch_add(1, std::memory_order_relaxed);
    if (entry->accepted.load(std::memory_order_acquire)) {
      ++entry->duplicates;
      duplicates_.fetch_add(1, std::memory_order_relaxed);
    }
    entries.push_back(entry);
  }
  return entries;
}

void Ledger::accept(std::span<Entry* const> entries) {
  for (Entry* const entry : entries)
    if (!entry->accepted.exchange(true, std::memory_order_acq_rel)) accepted_.fetch_add(1, std::memory_order_relaxed);
}

bool Ledger::accepted(std::string_view id) const {
  id = bounded(id);
  Shard& shard = shard_of(std::hash<std::string_view>{}(id));
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.entries.find(id);
  for (const Entry* entry = found == shard.entries.end() ? nullptr : &found->second; entry != nullptr;
       entry = entry->next)
    if (entry->accepted.load(std::memory_order_acquire)) return true;
  return false;
}

LedgerCounts Ledger::counts() const {
  LedgerCounts counts;
  counts.arrivals = arrivals_.load(std::memory_order_relaxed);
  counts.distinct = distinct_.load(std::memory_order_relaxed);
  counts.accepted = accepted_.load(std::memory_order_relaxed);
  counts.duplicates = duplicates_.load(std::memory_order_relaxed);
  counts.unrecorded = unrecorded_.load(std::memory_order_relaxed);
  return counts;
}

void Ledger::for_each(const std::function<void(const Row&)>& visit) const {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    for (const auto& [id, first] : shards_[i].entries)
      for (const Entry* entry = &first; entry != nullptr; entry = entry->next)
        rows.push_back({{id, entry->status, entry->timestamp}, entry->arrivals, entry->duplicates, entry->accepted});
  }
  const auto key = [](const Row& row) { return std::tie(row.update.id, row.update.status, row.update.timestamp); };
  std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) { return key(a) < key(b); });
  for (const Row& row : rows) visit(row);
}

}  // namespace hookdrill
