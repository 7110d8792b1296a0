// What kind of loss is told from counted connections alone: planted laws, drawn with keys, thousands of runs a second.
#include "engine/loss_kind.h"

#include <cmath>
#include <functional>

#include "base/rng.h"
#include "catch.h"
#include "engine/homogeneity.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

constexpr int kSynsSent = 3;  // what an attempt has time for

Finished connection(std::uint64_t number, std::int32_t source, int syns_lost) {
  Finished finished;
  const bool lost = syns_lost >= kSynsSent;
  finished.attempt.delivery = number;
  finished.sent = kRunStart + number * 1ms;
  finished.done = finished.sent + 1ms;
  finished.source = source;
  finished.syns_repeated = lost ? kSynsSent - 1 : syns_lost;
  finished.phases[static_cast<std::size_t>(Phase::connect)] = 1ms;
  finished.outcome = lost ? Outcome{OutcomeKind::connect_timeout, 0} : Outcome{OutcomeKind::ok, 200};
  return finished;
}

struct Run {
  std::uint64_t seed = 1;
  std::uint64_t connections = 1000;
  std::uint64_t senders = 200;

  double unit(std::uint64_t number, std::uint32_t index) const {
    return draw_unit({seed, number, 0, Purpose::model, index});
  }
  // The law says how many SYNs of a connection are lost, given its number and sender.
  LossEvidence play(const std::function<int(const Run&, std::uint64_t, std::uint64_t)>& law) const {
    LossEvidence evidence;
    for (std::uint64_t i = 0; i < connections; ++i) {
      const std::uint64_t sender = draw_below({seed, i, 0, Purpose::source}, senders);
      evidence.record(connection(i, static_cast<std::int32_t>(sender), law(*this, i, sender)));
    }
    return evidence;
  }
  LossEvidence by_flow(double share) const {
    return play([&](const Run& run, std::uint64_t i, std::uint64_t) { return run.unit(i, 0) < share ? kSynsSent : 0; });
  }
  LossEvidence by_packet(double share) const {
    return play([&](const Run& run, std::uint64_t i, std::uint64_t) {
      int lost = 0;
      while (lost < kSynsSent && run.unit(i, static_cast<std::uint32_t>(lost)) < share) ++lost;
      return lost;
    });
  }
  LossEvidence by_source(double share) const {
    return play([&](const Run& run, std::uint64_t, std::uint64_t sender) {
      return run.unit(1'000'000 + sender, 0) < share ? kSynsSent : 0;
    });
  }
};

std::vector<Tally> tallies(const LossEvidence& evidence) {
  return {evidence.senders.begin(), evidence.senders.end()};
}

LossKind kind_of(const LossEvidence& evidence) {
  return find_loss_kind(evidence).kind;
}

}  // namespace

TEST_CASE("chi-square: the tail agrees with published tables") {
  CHECK(chi_square_tail(3.841459, 1) == Approx(0.05).epsilon(1e-5));
  CHECK(chi_square_tail(10.827566, 1) == Approx(0.001).epsilon(1e-5));
  CHECK(chi_square_tail(9.236357, 5) == Approx(0.1).epsilon(1e-5));
  CHECK(chi_square_tail(124.342113, 100) == Approx(0.05).epsilon(1e-5));
  CHECK(chi_square_tail(0.102587, 2) == Approx(0.95).epsilon(1e-5));
  CHECK(chi_square_tail(0, 3) == 1);
}

TEST_CASE("homogeneity: the p-value is as likely to be small as it says, with many counts and with few") {
  for (const double share : {0.02, 0.5}) {
    int below_tenth = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
      Run run{seed, 1000, 100};
      const double p_value = test_homogeneity(tallies(run.by_flow(share))).p_value;
      below_tenth += p_value < 0.1 ? 1 : 0;
    }
    CAPTURE(share);
    CHECK(below_tenth > 12);  // 30 expected, standard deviation 5.2
    CHECK(below_tenth < 50);
  }
}

TEST_CASE("homogeneity: groups without connections do not count, and one group cannot differ") {
  CHECK(test_homogeneity({{5, 10}, {0, 0}}).groups == 1);
  CHECK(test_homogeneity({{5, 10}, {0, 0}}).p_value == 1);
  CHECK(test_homogeneity({{10, 10}, {10, 10}}).p_value == 1);
  CHECK(test_homogeneity({{0, 10}, {10, 10}}).p_value < 0.001);
}

TEST_CASE("loss kind: planted losses are told apart") {
  for (const double share : {0.01, 0.05, 0.18, 0.5}) {
    int flow = 0, packet = 0, source = 0, sources_planted = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      const Run run{seed};
      flow += kind_of(run.by_flow(share)) == LossKind::flow ? 1 : 0;
      packet += kind_of(run.by_packet(share)) == LossKind::packet ? 1 : 0;
      const LossEvidence evidence = run.by_source(share);
      sources_planted += evidence.all.lost > 0 ? 1 : 0;
      source += kind_of(evidence) == LossKind::source ? 1 : 0;
    }
    CAPTURE(share, flow, packet, source, sources_planted);
    CHECK(flow >= 95);
    CHECK(packet >= 95);
    CHECK(source >= sources_planted - 5);
  }
}

TEST_CASE("loss kind: lost connections among lost packets are seen as both") {
  const Run run{3, 20'000};
  const LossEvidence evidence = run.play([](const Run& each, std::uint64_t i, std::uint64_t) {
    return each.unit(i, 0) < 0.18 ? kSynsSent : each.unit(i, 1) < 0.02 ? 1 : 0;
  });
  const LossFinding finding = find_loss_kind(evidence);
  CHECK(finding.kind == LossKind::flow);
  CHECK(evidence.delayed_by_lost_syn() > 200);
  const SynLoss fit = fit_syn_loss(evidence);
  CHECK(fit.flow == Approx(0.18).epsilon(0.05));
  CHECK(fit.packet == Approx(0.02).epsilon(0.2));
}

TEST_CASE("loss kind: an outage is a burst, and losses at some times only are remarked") {
  const Run run;
  const LossFinding outage = find_loss_kind(
      run.play([](const Run&, std::uint64_t i, std::uint64_t) { return i >= 400 && i < 600 ? kSynsSent : 0; }));
  CHECK(outage.kind == LossKind::burst);
  const LossFinding bursts = find_loss_kind(run.play([](const Run& each, std::uint64_t i, std::uint64_t) {
    return i % 300 < 100 && each.unit(i, 0) < 0.3 ? kSynsSent : 0;
  }));
  CHECK(bursts.kind == LossKind::flow);
  CHECK(bursts.why.find("more at some times") != std::string::npos);
}

namespace {

// Connections at rising rates; those are hit of whose sender (or of all senders) too many came before.
LossEvidence rush(std::uint64_t seed, double rate_from, double rate_to, std::size_t senders, bool limit_each) {
  LossEvidence evidence;
  SenderPace pace(senders);
  Time now = kRunStart;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const double rate = rate_from + (rate_to - rate_from) * static_cast<double>(i) / 2000;
    now += from_seconds(draw_exponential({seed, i, 0, Purpose::arrival}) / rate);
    const std::uint64_t sender = draw_below({seed, i, 0, Purpose::source}, senders);
    Finished finished = connection(i, static_cast<std::int32_t>(sender), 0);
    finished.sent = now;
    finished.sender_pace = pace.begin(sender, now);
    const float load = limit_each ? finished.sender_pace.own : finished.sender_pace.of_all;
    if (load > 10 && draw_unit({seed, i, 0, Purpose::model}) < 0.5) finished.outcome = {OutcomeKind::wait_reset, 0};
    evidence.record(finished);
  }
  return evidence;
}

}  // namespace

TEST_CASE("loss kind: a limit on each sender is told from a server that a rush of all is too much for") {
  int limits = 0, mistaken = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    limits += kind_of(rush(seed, 150, 200, 20, true)) == LossKind::limit ? 1 : 0;
    mistaken += kind_of(rush(seed, 100, 400, 20, false)) == LossKind::limit ? 1 : 0;
  }
  CHECK(limits >= 49);
  CHECK(mistaken <= 1);
}

TEST_CASE("sender pace: a sender's connections fade within seconds, and others do not count for it") {
  SenderPace pace(2);
  CHECK(pace.begin(0, kRunStart).own == 0);
  CHECK(pace.begin(0, kRunStart).own == 1);
  CHECK(pace.begin(1, kRunStart).own == 0);
  const SenderPace::Recent later = pace.begin(0, kRunStart + 1s);
  CHECK(later.own == Approx(2 * std::exp(-1)));
  CHECK(later.of_all == Approx(3 * std::exp(-1) / 2));
}

TEST_CASE("loss kind: nothing lost is no loss, with its limit") {
  const LossFinding finding = find_loss_kind(Run().by_flow(0));
  CHECK(finding.kind == LossKind::none);
  CHECK(finding.why == "no connection lost, at most 0.383 % (95 %)");
}

TEST_CASE("loss kind: too few losses are undecided, with the number that would tell") {
  Run run{1, 100};
  const LossFinding finding =
      find_loss_kind(run.play([](const Run&, std::uint64_t i, std::uint64_t) { return i == 7 ? kSynsSent : 0; }));
  CHECK(finding.kind == LossKind::undecided);
  CHECK(finding.samples_needed == 300);
}

TEST_CASE("loss kind: without a repeated SYN packets and connections look the same") {
  LossEvidence evidence;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Finished finished = connection(i, 0, i % 5 == 0 ? kSynsSent : 0);
    finished.syns_repeated = 0;
    finished.source = kNotKnown;
    evidence.record(finished);
  }
  const LossFinding finding = find_loss_kind(evidence);
  CHECK(finding.kind == LossKind::undecided);
  CHECK(finding.why.find("attempt_timeout") != std::string::npos);
}

TEST_CASE("loss kind: when all is lost nothing can be told apart") {
  CHECK(kind_of(Run().by_flow(1)) == LossKind::undecided);
}

TEST_CASE("loss kind: one lost sender that was used once could be any connection") {
  const LossEvidence evidence = Run{1, 200, 1'000'000}.by_flow(0.2);
  CHECK(kind_of(evidence) == LossKind::undecided);
}

TEST_CASE("loss kind: a connection that is reset once it is open is lost by connection") {
  LossEvidence evidence;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    Finished finished = connection(i, static_cast<std::int32_t>(i % 50), 0);
    if (draw_unit({1, i, 0, Purpose::model}) < 0.1) finished.outcome = {OutcomeKind::tls_reset, 0};
    evidence.record(finished);
  }
  CHECK(kind_of(evidence) == LossKind::flow);
}

TEST_CASE("loss kind: an address that loses more is named") {
  LossEvidence evidence;
  const auto good = std::make_shared<const std::string>("203.0.113.7:443");
  const auto bad = std::make_shared<const std::string>("203.0.113.8:443");
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const bool lost = i % 2 == 1 && draw_unit({1, i, 0, Purpose::model}) < 0.3;
    Finished finished = connection(i, kNotKnown, lost ? kSynsSent : 0);
    finished.address = i % 2 == 0 ? good : bad;
    evidence.record(finished);
  }
  CHECK(find_loss_kind(evidence).why.find("most to 203.0.113.8:443") != std::string::npos);
}

TEST_CASE("loss evidence: what this machine spoilt, and kept connections, are not counted") {
  LossEvidence evidence;
  Finished finished = connection(1, 0, 0);
  finished.outcome = {OutcomeKind::client_ports, 0};
  evidence.record(finished);
  finished = connection(2, 0, 0);
  finished.fresh = false;
  evidence.record(finished);
  CHECK(evidence.all.of == 0);
  CHECK(evidence.bins.empty());
}

TEST_CASE("loss evidence: shares of workers merge to what one worker would have counted") {
  const Run run{5, 30'000, 20};
  const LossEvidence whole = run.by_packet(0.3);
  LossEvidence parts[3];
  for (std::uint64_t i = 0; i < run.connections; ++i) {
    int lost = 0;
    while (lost < kSynsSent && run.unit(i, static_cast<std::uint32_t>(lost)) < 0.3) ++lost;
    const std::uint64_t sender = draw_below({run.seed, i, 0, Purpose::source}, run.senders);
    parts[i < 100 ? 0 : 1 + i % 2].record(connection(i, static_cast<std::int32_t>(sender), lost));
  }
  LossEvidence merged;
  for (const LossEvidence& part : parts) merged.merge(part);
  CHECK(merged.answered == whole.answered);
  CHECK(merged.unanswered == whole.unanswered);
  CHECK(merged.bin == whole.bin);
  REQUIRE(merged.bins.size() == whole.bins.size());
  for (std::size_t i = 0; i < whole.bins.size(); ++i) CHECK(merged.bins[i].lost == whole.bins[i].lost);
  for (std::size_t i = 0; i < whole.senders.size(); ++i) CHECK(merged.senders[i].of == whole.senders[i].of);
}

TEST_CASE("loss evidence: a week and a hundred thousand senders stay within the same memory") {
  LossEvidence evidence;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    Finished finished = connection(i, static_cast<std::int32_t>(i), 0);
    finished.sent = kRunStart + i * 6s;
    evidence.record(finished);
  }
  CHECK(evidence.senders.size() <= LossEvidence::kSendersMax);
  CHECK(evidence.bins.size() <= LossEvidence::kBinsMax);
  std::uint64_t counted = 0;
  for (const Tally& bin : evidence.bins) counted += bin.of;
  CHECK(counted == 100'000);
}
