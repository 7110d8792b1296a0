#include "engine/loss_evidence.h"

#include <algorithm>
#include <numeric>

namespace hookdrill {
namespace {

void add_each(std::vector<Tally>& to, const std::vector<Tally>& from) {
  if (to.size() < from.size()) to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i].add(from[i]);
}

}  // namespace

void SenderTally::record(const Finished& finished) {
  const bool lost_now = finished.outcome.dropped();
  const double load = finished.sender_pace.own;
  const double more = load - finished.sender_pace.of_all;
  add(lost_now);
  busy += load;
  busier += more;
  busier_squared += more * more;
  if (!lost_now && finished.syns_repeated <= 0) return;
  ++hit;
  busy_hit += load;
  busier_hit += more;
}

void SenderTally::merge(const SenderTally& other) {
  add(other);
  hit += other.hit;
  busier += other.busier;
  busier_squared += other.busier_squared;
  busier_hit += other.busier_hit;
  busy += other.busy;
  busy_hit += other.busy_hit;
}

void LossEvidence::record(const Finished& finished) {
  if (!finished.fresh || outcome_side(finished.outcome) == Side::client) return;
  const bool lost = finished.outcome.dropped();
  all.add(lost);
  bin_at(finished.sent).add(lost);
  const bool silence = finished.outcome.kind == OutcomeKind::connect_timeout;
  silent += silence ? 1 : 0;
  // An RST or an ICMP message answers a SYN as well, but nothing says which of several.
  const bool opened = finished.phases[static_cast<std::size_t>(Phase::connect)] != kNotReached &&
                      finished.outcome.kind != OutcomeKind::connect_refused &&
                      finished.outcome.kind != OutcomeKind::connect_unreachable &&
                      finished.outcome.kind != OutcomeKind::connect_reset;
  if (opened && finished.syns_repeated != kNotKnown) {
    const std::size_t repeated = std::min(static_cast<std::size_t>(finished.syns_repeated), kSynsMax - 1);
    ++(silence ? unanswered : answered)[repeated];
  }
  if (finished.source != kNotKnown) {
    const std::size_t sender = static_cast<std::size_t>(finished.source) % kSendersMax;
    if (sender >= senders.size()) senders.resize(sender + 1);
    senders[sender].record(finished);
  }
  if (finished.address && (addresses.size() < kAddressesMax || addresses.count(*finished.address) > 0))
    addresses[*finished.address].add(lost);
}

Tally& LossEvidence::bin_at(Time sent) {
  const std::int64_t since = std::max<std::int64_t>(0, sent.time_since_epoch().count());
  std::int64_t number = since / bin.count();
  for (; number >= static_cast<std::int64_t>(kBinsMax); number /= 2) coarsen();
  const auto index = static_cast<std::size_t>(number);
  if (index >= bins.size()) bins.resize(index + 1);
  return bins[index];
}

void LossEvidence::coarsen() {
  for (std::size_t i = 0; i < bins.size(); ++i) {
    const Tally each = bins[i];
    if (i % 2 == 0) bins[i / 2] = {};
    bins[i / 2].add(each);
  }
  bins.resize((bins.size() + 1) / 2);
  bin *= 2;
}

void LossEvidence::merge(const LossEvidence& other) {
  all.add(other.all);
  silent += other.silent;
  for (std::size_t i = 0; i < kSynsMax; ++i) {
    answered[i] += other.answered[i];
    unanswered[i] += other.unanswered[i];
  }
  if (senders.size() < other.senders.size()) senders.resize(other.senders.size());
  for (std::size_t i = 0; i < other.senders.size(); ++i) senders[i].merge(other.senders[i]);
  for (const auto& [address, tally] : other.addresses) {
    if (addresses.size() < kAddressesMax || addresses.count(address) > 0) addresses[address].add(tally);
  }
  LossEvidence same_bins;
  same_bins.bins = other.bins;
  same_bins.bin = other.bin;
  while (bin < same_bins.bin) coarsen();
  while (same_bins.bin < bin) same_bins.coarsen();
  add_each(bins, same_bins.bins);
}

std::uint64_t LossEvidence::delayed_by_lost_syn() const {
  return std::accumulate(answered.begin() + 1, answered.end(), std::uint64_t{0});
}

}  // namespace hookdrill
