// Which law loses connections: by packet, by connection, by sender, or at certain times; or that it cannot be told yet.
// Pure functions of the evidence, with the statistic behind each statement.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/loss_evidence.h"

namespace hookdrill {

enum class LossKind {
  none,      // nothing lost, not even a SYN
  packet,    // every SYN has its own chance: a repeated one may get through
  flow,      // sticky by connection: all of its SYNs die, or what comes later does
  limit,     // beyond a rate of each sender: what "DDoS protection" does
  source,    // sticky by sender: some source addresses lose more than others
  burst,     // at certain times next to nothing gets through
  undecided  // too few losses, or nothing that would tell them apart
};
std::string_view loss_kind_name(LossKind kind);

/// One question put to the evidence. A small p-value says no to chance.
struct LossTest {
  // "sender", "address", "time": as likely in each? "packet": every SYN its own chance? "sender_rate": as likely when a
  // sender is busy?
  std::string_view name;
  double statistic = 0;  // Pearson's chi-square; for packet the likelihood ratio 2 ln(L/L0), for sender_rate z
  double p_value = 1;
  std::uint64_t groups = 0;  // for packet: connections whose SYN was sent again
};

struct LossFinding {
  static constexpr double kAlpha = 0.001;  // a p-value below it rejects

  LossKind kind = LossKind::none;
  double p_value = 1;                // of the test that decided
  std::string why;                   // a phrase for people, figures included
  std::uint64_t samples_needed = 0;  // undecided: about so many connections would tell; 0 when more would not help
  std::uint64_t senders_lost = 0;    // of which nothing got through, however few its connections were
  std::vector<LossTest> tests;       // those that could be made
};

LossFinding find_loss_kind(const LossEvidence& evidence);

/// The share of connections that die with all their SYNs, and the share of SYNs lost beside, that explain best how many
/// SYNs each connection took. Maximum likelihood, by expectation maximisation.
struct SynLoss {
  double flow = 0;
  double packet = 0;
  double log_likelihood = 0;
};
SynLoss fit_syn_loss(const LossEvidence& evidence);
/// The same when every SYN has its own chance and nothing else is lost.
SynLoss fit_packet_loss(const LossEvidence& evidence);

}  // namespace hookdrill
