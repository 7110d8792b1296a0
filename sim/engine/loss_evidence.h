// What a path's fresh connections tell about the kind of its losses, counted as they end: by sender, by address, by
// time, and how often a repeated SYN was answered. Bounded, exact to merge; engine/loss_kind.h draws the conclusions.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "engine/attempt.h"

namespace hookdrill {

/// Lost connections of all connections of one group.
struct Tally {
  std::uint64_t lost = 0;
  std::uint64_t of = 0;

  void add(bool was_lost) {
    lost += was_lost ? 1 : 0;
    ++of;
  }
  void add(const Tally& other) {
    lost += other.lost;
    of += other.of;
  }
};

/// A sender's connections, and how busy it was when they were lost and when not. A connection is hit when it was lost
/// or its SYN was.
struct SenderTally : Tally {
  std::uint64_t hit = 0;
  // Sums of how much busier than the average it was: of x, x², and of x where hit.
  double busier = 0;
  double busier_squared = 0;
  double busier_hit = 0;
  // Sums of how busy it was, in any case and where hit.
  double busy = 0;
  double busy_hit = 0;

  void record(const Finished& finished);
  void merge(const SenderTally& other);
};

struct LossEvidence {
  static constexpr std::size_t kSendersMax = 4096;  // source addresses beyond share a tally with others
  static constexpr std::size_t kAddressesMax = 64;  // further ones are left out
  static constexpr std::size_t kSynsMax = 16;       // more repetitions count as the last
  static constexpr std::size_t kBinsMax = 1024;
  static constexpr Duration kFirstBin = std::chrono::milliseconds(10);

  Tally all;                                         // fresh connections that client.* did not spoil
  std::uint64_t silent = 0;                          // connect.timeout among the lost
  std::array<std::uint64_t, kSynsMax> answered{};    // [n]: connections whose SYN was answered when sent n times again
  std::array<std::uint64_t, kSynsMax> unanswered{};  // [n]: silent ones given up after n repetitions
  std::vector<SenderTally> senders;                  // by source address, where the scenario names any
  std::map<std::string, Tally> addresses;            // by destination, where there is more than one
  std::vector<Tally> bins;                           // by the time at which they were sent
  Duration bin = kFirstBin;                          // length of one; doubled when there are too many

  /// Counts a fresh attempt that was not spoilt by this machine; others are ignored.
  void record(const Finished& finished);
  void merge(const LossEvidence& other);

  /// Connections that opened after a SYN or its answer had been lost: only late, not lost.
  std::uint64_t delayed_by_lost_syn() const;

 private:
  Tally& bin_at(Time sent);
  void coarsen();
};

}  // namespace hookdrill
