#include "engine/loss_kind.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "engine/homogeneity.h"
#include "engine/statistics.h"

namespace hookdrill {
namespace {

constexpr std::uint64_t kLostMin = 3;  // fewer say nothing about what they have in common
constexpr double kLostPerBin = 5;      // losses in a span of time, for its share to mean anything
constexpr std::size_t kBinsMin = 4;
constexpr double kOutageShare = 0.8;  // lost of the connections at the time of a loss, in an outage
constexpr double kRejects = 9.5495;   // likelihood ratio whose one-sided p-value is kAlpha

double log_or_zero(double count, double share) {
  return count == 0 ? 0 : count * std::log(std::max(share, 1e-300));
}

double log_likelihood(const LossEvidence& evidence, double flow, double packet) {
  double sum = 0;
  for (std::size_t n = 0; n < LossEvidence::kSynsMax; ++n) {
    const auto answered = static_cast<double>(evidence.answered[n]);
    const auto unanswered = static_cast<double>(evidence.unanswered[n]);
    sum += log_or_zero(answered, (1 - flow) * (1 - packet)) + log_or_zero(answered * static_cast<double>(n), packet);
    sum += log_or_zero(unanswered, flow + (1 - flow) * std::pow(packet, static_cast<double>(n + 1)));
  }
  return sum;
}

std::uint64_t repeated(const LossEvidence& evidence) {
  std::uint64_t sum = evidence.delayed_by_lost_syn();
  for (std::size_t n = 1; n < LossEvidence::kSynsMax; ++n) sum += evidence.unanswered[n];
  return sum;
}

LossTest packet_test(const LossEvidence& evidence) {
  LossTest test{"packet", 0, 1, repeated(evidence)};
  test.statistic =
      std::max(0.0, 2 * (fit_syn_loss(evidence).log_likelihood - fit_packet_loss(evidence).log_likelihood));
  // No share of flow below 0: half of the chi-square distribution's weight is at 0 (Self and Liang 1987).
  test.p_value = test.statistic < 1e-6 ? 1 : chi_square_tail(test.statistic, 1) / 2;
  return test;
}

/// Are a sender's connections hit when it is busier than the others? Compared within each sender, so that senders that
/// always or never lose say nothing; and with the others at the same time, so that neither does a rush of all.
struct SenderRate {
  double z = 0;
  double ratio = 1;  // how busy a sender was for a connection that was hit, over the same for one that was not
  std::uint64_t senders = 0;
};

SenderRate sender_rate(const std::vector<SenderTally>& senders) {
  double covariance = 0, variance = 0, hit = 0, others = 0, busy_hit = 0, busy_others = 0;
  SenderRate rate;
  for (const SenderTally& sender : senders) {
    const auto n = static_cast<double>(sender.of);
    const auto y = static_cast<double>(sender.hit);
    if (y == 0 || y == n) continue;
    ++rate.senders;
    covariance += sender.busier_hit - sender.busier * y / n;
    variance += y * (n - y) / (n * (n - 1)) * (sender.busier_squared - sender.busier * sender.busier / n);
    hit += y;
    others += n - y;
    busy_hit += sender.busy_hit;
    busy_others += sender.busy - sender.busy_hit;
  }
  if (variance < 1e-9) return {};  // all as busy as the others
  rate.z = covariance / std::sqrt(variance);
  if (busy_hit > 0 && busy_others > 0) rate.ratio = busy_hit / hit / (busy_others / others);
  return rate;
}

// Spans of time just long enough that each would hold some losses if they came evenly.
std::vector<Tally> spans_of_time(const LossEvidence& evidence) {
  const auto wanted = static_cast<std::size_t>(static_cast<double>(evidence.all.lost) / kLostPerBin);
  std::vector<Tally> spans = evidence.bins;
  while (spans.size() > std::max(wanted, kBinsMin)) {
    for (std::size_t i = 0; i < spans.size(); ++i) {
      const Tally each = spans[i];
      if (i % 2 == 0) spans[i / 2] = {};
      spans[i / 2].add(each);
    }
    spans.resize((spans.size() + 1) / 2);
  }
  return spans;
}

// Of the connections sent at a time when one was lost, how many were lost?
double share_lost_where_any(const std::vector<Tally>& groups) {
  double weighted = 0;
  double lost = 0;
  for (const Tally& group : groups) {
    if (group.lost == 0) continue;
    const auto count = static_cast<double>(group.lost);
    weighted += count * count / static_cast<double>(group.of);
    lost += count;
  }
  return lost == 0 ? 0 : weighted / lost;
}

// Would losses that stick to senders have been seen as such? Pairs of losses of one sender, if all of a lost sender's
// connections are lost, against the pairs that chance makes.
bool senders_can_be_told(const std::vector<SenderTally>& senders) {
  double lost = 0, all = 0, squares = 0, used = 0;
  for (const Tally& sender : senders) {
    const auto of = static_cast<double>(sender.of);
    lost += static_cast<double>(sender.lost);
    all += of;
    squares += of * of;
    used += sender.of > 0 ? 1 : 0;
  }
  if (used < 2) return false;
  const double by_sender = lost * (all / used - 1) / 2;
  const double by_chance = lost * (lost - 1) / 2 * squares / (all * all);
  return by_sender > by_chance + 3.3 * std::sqrt(by_chance) + 1;
}

std::string p_text(double p_value) {
  return p_value < LossFinding::kAlpha ? "p < 0.001" : fmt::format("p = {:.2g}", p_value);
}

std::string percent(double share) {
  return fmt::format("{:.3g} %", share * 100);
}

double share_of(const Tally& tally) {
  return static_cast<double>(tally.lost) / static_cast<double>(std::max<std::uint64_t>(1, tally.of));
}

const LossTest* find(const LossFinding& finding, std::string_view name) {
  const auto at =
      std::find_if(finding.tests.begin(), finding.tests.end(), [&](const LossTest& test) { return test.name == name; });
  return at == finding.tests.end() ? nullptr : &*at;
}

bool rejected(const LossFinding& finding, std::string_view name) {
  const LossTest* test = find(finding, name);
  return test != nullptr && test->p_value < LossFinding::kAlpha;
}

/// The steps of one finding, in order; each decides or leaves it to the next.
class Decision {
 public:
  explicit Decision(const LossEvidence& evidence) : evidence_(evidence), delayed_(evidence.delayed_by_lost_syn()) {}

  LossFinding take() {
    if (evidence_.all.lost + delayed_ == 0) {
      decide(LossKind::none, 1,
             fmt::format("no connection lost, at most {} (95 %)", percent(wilson(0, evidence_.all.of).high)));
      return finding_;
    }
    test();
    by_limit() || by_sender() || at_times() || everything() || by_syn();
    add_remarks();
    return finding_;
  }

 private:
  void decide(LossKind kind, double p_value, std::string why) {
    finding_.kind = kind;
    finding_.p_value = p_value;
    finding_.why = std::move(why);
  }
  void undecided(std::string why, double samples_needed = 0) {
    decide(LossKind::undecided, 1, std::move(why));
    finding_.samples_needed = static_cast<std::uint64_t>(std::min(std::ceil(samples_needed), 1e9));
  }

  void test() {
    spans_ = spans_of_time(evidence_);
    if (evidence_.all.lost >= kLostMin) {
      std::vector<Tally> addresses;
      for (const auto& [name, tally] : evidence_.addresses) addresses.push_back(tally);
      compare("sender", {evidence_.senders.begin(), evidence_.senders.end()});
      compare("address", addresses);
      compare("time", spans_);
    }
    sender_rate_ = sender_rate(evidence_.senders);
    if (evidence_.senders.size() > 1 && sender_rate_.senders > 0) {
      const double p_value = std::erfc(sender_rate_.z / std::sqrt(2.0)) / 2;
      finding_.tests.push_back({"sender_rate", std::max(0.0, sender_rate_.z), p_value, sender_rate_.senders});
    }
    if (repeated(evidence_) > 0) finding_.tests.push_back(packet_test(evidence_));
  }

  void compare(std::string_view name, const std::vector<Tally>& groups) {
    const Homogeneity result = test_homogeneity(groups);
    if (result.groups > 1) finding_.tests.push_back({name, result.statistic, result.p_value, result.groups});
  }

  bool by_limit() {
    if (!rejected(finding_, "sender_rate")) return false;
    const double p_value = find(finding_, "sender_rate")->p_value;
    decide(
        LossKind::limit, p_value,
        fmt::format("by a limit on each sender ({}): SYNs or connections were lost when their sender had opened {:.1f} "
                    "times as many in the last second as when they got through",
                    p_text(p_value), sender_rate_.ratio));
    return true;
  }

  bool by_sender() {
    if (!rejected(finding_, "sender")) return false;
    std::uint64_t used = 0;
    Tally others;
    for (const Tally& sender : evidence_.senders) {
      used += sender.of > 0 ? 1 : 0;
      const bool all_lost = sender.of > 0 && sender.lost == sender.of;
      finding_.senders_lost += all_lost ? 1 : 0;
      if (!all_lost) others.add(sender);
    }
    const double p_value = find(finding_, "sender")->p_value;
    std::string why = fmt::format("sticky by sender ({}): ", p_text(p_value));
    if (finding_.senders_lost == 0) {
      why += fmt::format("some of {} source addresses lose more than others", used);
    } else {
      // What is true of connections is not of senders, of which there are fewer: the interval that counts is theirs.
      const Interval interval = wilson(finding_.senders_lost, used);
      why += fmt::format("from {} of {} source addresses ({:.2g} to {:.2g} %) nothing got through, the others lost {}",
                         finding_.senders_lost, used, interval.low * 100, interval.high * 100,
                         others.lost == 0 ? "nothing" : percent(share_of(others)));
    }
    decide(LossKind::source, p_value, std::move(why));
    return true;
  }

  bool at_times() {
    if (!rejected(finding_, "time")) return false;
    const double share = share_lost_where_any(spans_);
    if (share < kOutageShare) return false;
    const double p_value = find(finding_, "time")->p_value;
    decide(LossKind::burst, p_value,
           fmt::format("at certain times ({}): when any connection was lost, {} of them were", p_text(p_value),
                       percent(share)));
    return true;
  }

  bool everything() {
    if (evidence_.all.lost < evidence_.all.of) return false;
    undecided("everything was lost, so that nothing tells packets, connections and senders apart");
    return true;
  }

  bool by_syn() {
    const std::uint64_t lost = evidence_.all.lost;
    const LossTest* packet = find(finding_, "packet");
    const bool packets_explain = packet == nullptr || packet->p_value >= LossFinding::kAlpha;
    if (delayed_ > 0 && packets_explain) {
      decide(LossKind::packet, packet->p_value,
             fmt::format("by packet{}: a SYN sent again got through for {} of {} connections", sender_text(), delayed_,
                         packet->groups));
      return true;
    }
    const auto of = static_cast<double>(evidence_.all.of);
    if (lost < kLostMin || !senders_told()) {
      undecided(fmt::format("{} of {} connections lost {} too few to tell what they have in common", lost,
                            evidence_.all.of, lost == 1 ? "is" : "are"),
                of * kLostMin / static_cast<double>(lost));
      return true;
    }
    const bool mostly_silent = 2 * evidence_.silent > lost;
    if (!mostly_silent) {
      decide(LossKind::flow, sender_p(),
             fmt::format("by connection, after its SYN had been answered{}", sender_text()));
    } else if (packet == nullptr) {
      undecided(
          "no SYN was sent again within the attempt's time, so that lost packets and lost connections look the "
          "same; an attempt_timeout of 3s or more would tell");
    } else if (packets_explain) {
      undecided("too few lost to tell packets from connections", of * kRejects / std::max(packet->statistic, 1e-6));
    } else {
      decide(LossKind::flow, packet->p_value,
             fmt::format("sticky by connection{}: a SYN sent again helped {} of {}", sender_text(), delayed_,
                         packet->groups));
    }
    return true;
  }

  // Without source addresses in the scenario there is one sender, of which some connections got through.
  bool senders_told() const { return evidence_.senders.size() < 2 || senders_can_be_told(evidence_.senders); }
  double sender_p() const {
    const LossTest* test = find(finding_, "sender");
    return test == nullptr ? 1 : test->p_value;
  }
  std::string sender_text() const {
    return find(finding_, "sender") == nullptr ? "" : fmt::format(", not by sender ({})", p_text(sender_p()));
  }

  void add_remarks() {
    if (finding_.kind != LossKind::burst && rejected(finding_, "time"))
      finding_.why += fmt::format("; more at some times than at others ({})", p_text(find(finding_, "time")->p_value));
    if (!rejected(finding_, "address")) return;
    const auto worst =
        std::max_element(evidence_.addresses.begin(), evidence_.addresses.end(),
                         [&](const auto& a, const auto& b) { return share_of(a.second) < share_of(b.second); });
    finding_.why += fmt::format("; most to {}: {} ({})", worst->first, percent(share_of(worst->second)),
                                p_text(find(finding_, "address")->p_value));
  }

  const LossEvidence& evidence_;
  std::uint64_t delayed_;
  std::vector<Tally> spans_;
  SenderRate sender_rate_;
  LossFinding finding_;
};

}  // namespace

std::string_view loss_kind_name(LossKind kind) {
  static constexpr std::array<std::string_view, 7> kNames{"none",   "packet", "flow",     "limit",
                                                          "source", "burst",  "undecided"};
  return kNames[static_cast<std::size_t>(kind)];
}

SynLoss fit_packet_loss(const LossEvidence& evidence) {
  double answered = 0;
  double failed = 0;
  for (std::size_t n = 0; n < LossEvidence::kSynsMax; ++n) {
    answered += static_cast<double>(evidence.answered[n]);
    failed += static_cast<double>(n * evidence.answered[n] + (n + 1) * evidence.unanswered[n]);
  }
  const double packet = answered + failed == 0 ? 0 : failed / (answered + failed);
  return {0, packet, log_likelihood(evidence, 0, packet)};
}

SynLoss fit_syn_loss(const LossEvidence& evidence) {
  constexpr int kRounds = 1000;
  double flow = 0.5;
  double packet = 0.1;
  for (int round = 0; round < kRounds; ++round) {
    double all = 0, answered = 0, failed = 0, dead = 0;
    for (std::size_t n = 0; n < LossEvidence::kSynsMax; ++n) {
      const auto open = static_cast<double>(evidence.answered[n]);
      const auto silent = static_cast<double>(evidence.unanswered[n]);
      const double by_packets = (1 - flow) * std::pow(packet, static_cast<double>(n + 1));
      const double by_flow = flow + by_packets == 0 ? 0 : flow / (flow + by_packets);
      dead += silent * by_flow;
      answered += open;
      failed += static_cast<double>(n) * open + static_cast<double>(n + 1) * silent * (1 - by_flow);
      all += open + silent;
    }
    if (all == 0) return {};
    const double flow_before = flow;
    flow = dead / all;
    packet = answered + failed == 0 ? 0 : failed / (answered + failed);
    if (std::fabs(flow - flow_before) < 1e-12) break;
  }
  return {flow, packet, log_likelihood(evidence, flow, packet)};
}

LossFinding find_loss_kind(const LossEvidence& evidence) {
  return Decision(evidence).take();
}

}  // namespace hookdrill
