#include "model/loss_laws.h"

#include <algorithm>

#include "base/rng.h"
#include "plan/connection_hash.h"

namespace hookdrill {
namespace {

// DrawKey::index: the n-th law draws by flow from n, by packet from kFirstPacket + n × kPackets on.
constexpr std::uint32_t kFirstPacket = 100;
constexpr std::uint32_t kPackets = 64;

bool follows_accept(DropLaw::Of of) {
  return of != DropLaw::Of::syn && of != DropLaw::Of::refuse;
}

std::vector<bool> sources_taken(const DropLaw& law, std::uint32_t salt, const std::vector<std::string>& sources) {
  std::vector<bool> taken;
  const std::uint64_t threshold = hash_threshold(law.share);
  for (const std::string& source : sources) taken.push_back(source_hash(salt, source) < threshold);
  if (taken.empty()) taken.push_back(mix_hash(salt) < threshold);
  return taken;
}

}  // namespace

ActiveTimes::ActiveTimes(const DropLaw& law, std::uint64_t seed, std::uint32_t index) : timeline_(law, seed, index) {
  stays_.push_back({Duration{}, timeline_.active_at(Duration{})});
}

bool ActiveTimes::at(Duration time) {
  while (timeline_.next_change() <= time) {
    const Duration change = timeline_.next_change();
    stays_.push_back({change, timeline_.active_at(change)});
  }
  auto stay = std::prev(stays_.end());
  while (stay->begin > time && stay != stays_.begin()) --stay;
  return stay->active;
}

void ActiveTimes::forget(Duration before) {
  while (stays_.size() > 1 && stays_[1].begin <= before) stays_.pop_front();
}

LossLaws::LossLaws(const std::vector<DropLaw>& laws, const std::vector<std::string>& sources, std::uint64_t seed)
    : seed_(seed) {
  for (std::uint32_t i = 0; i < laws.size(); ++i) {
    const DropLaw& law = laws[i];
    const bool always = law.from == Duration{} && !law.length && law.burst_length == Duration{};
    in_time_ = in_time_ || !always;
    std::vector<bool> taken;
    if (law.by == DropBy::source) taken = sources_taken(law, drop_salt(seed, i), sources);
    Law ready{law, i, always, std::move(taken), ActiveTimes(law, seed, i)};
    (follows_accept(law.of) ? of_accept_ : of_syn_).push_back(std::move(ready));
  }
  std::stable_partition(of_syn_.begin(), of_syn_.end(),
                        [](const Law& law) { return law.settings.of == DropLaw::Of::refuse; });
}

bool LossLaws::takes(const Law& law, const Attempt& attempt, std::size_t source, std::uint32_t packet) const {
  if (law.settings.by == DropBy::source) return law.sources[source];
  const std::uint32_t index =
      law.settings.by == DropBy::flow ? law.index : kFirstPacket + law.index * kPackets + packet;
  return draw_unit({seed_, attempt.delivery, attempt.number, Purpose::model, index}) < law.settings.share;
}

LossLaws::SynFate LossLaws::syn(const Attempt& attempt, std::uint32_t n, std::size_t source, Time time) {
  for (Law& law : of_syn_) {
    if (!active(law, time)) continue;
    if (law.settings.of == DropLaw::Of::refuse) return SynFate::refused;
    if (takes(law, attempt, source, n)) return SynFate::lost;
  }
  return SynFate::passes;
}

std::optional<DropLaw::Of> LossLaws::accepted(const Attempt& attempt, std::size_t source, Time time) {
  for (Law& law : of_accept_) {
    if (active(law, time) && takes(law, attempt, source, 0)) return law.settings.of;
  }
  return std::nullopt;
}

void LossLaws::forget_times(Time time) {
  for (std::vector<Law>* laws : {&of_syn_, &of_accept_}) {
    for (Law& law : *laws) law.times.forget(time.time_since_epoch());
  }
}

}  // namespace hookdrill
