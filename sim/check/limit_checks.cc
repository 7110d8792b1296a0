// What only several connections show: losses, rate limits, addresses that disagree; and where to look next.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "check/families.h"
#include "engine/statistics.h"

namespace hookdrill {
namespace {

using Scope = Check::Scope;

std::vector<Duration> phase_times(const std::vector<ProbeResult>& burst, Phase phase) {
  std::vector<Duration> times;
  for (const ProbeResult& each : burst)
    if (each.step.ok()) times.push_back(each.times.took[static_cast<std::size_t>(phase)]);
  std::sort(times.begin(), times.end());
  return times;
}

// Fatal when the true share is above 5 % for certain (95 %): of 30 connections, four or more.
Severity severity_of(const Interval& share) {
  return share.low > 0.05 ? Severity::fatal : Severity::warn;
}

Judgement loss(const Subject& subject) {
  const std::vector<ProbeResult>& burst = subject.at.burst;
  if (burst.empty()) return skip("no deliveries could be made");
  std::size_t lost = 0;
  std::string codes;
  for (const ProbeResult& each : burst) {
    if (!each.step.outcome.dropped()) continue;
    ++lost;
    const std::string code = outcome_code(each.step.outcome);
    if (codes.find(code) == std::string::npos) codes += (codes.empty() ? "" : ", ") + code;
  }
  const Interval share = wilson(lost, burst.size());
  const std::string limit = "Filters that know Meta's addresses (AS32934) cannot be seen from here.";
  if (lost == 0) return pass(fmt::format("0 of {} connections were lost. {}", burst.size(), limit));
  return {severity_of(share), fmt::format("{} of {} connections got no answer", lost, burst.size()),
          fmt::format("{}. The true share is {:.0f} to {:.0f} % (95 %). {}", codes, share.low * 100, share.high * 100,
                      limit)};
}

Judgement rate(const Subject& subject) {
  const std::vector<ProbeResult>& burst = subject.at.burst;
  if (burst.empty()) return skip("no deliveries could be made");
  std::size_t limited = 0, failed = 0;
  int status = 0;
  for (const ProbeResult& each : burst) {
    if (!each.step.ok() || each.answer.status == 200) continue;
    const bool is_limit = each.answer.status == 429 || each.answer.status == 503 || each.answer.status == 420;
    ++(is_limit ? limited : failed);
    status = each.answer.status;
  }
  if (limited + failed == 0) return pass(fmt::format("{} deliveries, 10 at a time", burst.size()));
  return {
      severity_of(wilson(limited + failed, burst.size())),
      limited > 0
          ? fmt::format("{} of {} deliveries in a burst were turned away (HTTP {})", limited, burst.size(), status)
          : fmt::format("{} of {} deliveries in a burst failed (HTTP {})", failed, burst.size(), status),
      "10 connections at a time are little: Meta's bursts are longer. What is turned away comes again later, and more "
      "of it.",
      {},
      0,
      fmt::format("HTTP Status Code = {}", status)};
}

Judgement warm(const Subject& subject) {
  const std::vector<ProbeResult>& burst = subject.at.burst;
  if (burst.empty()) return skip("no deliveries could be made");
  const std::vector<Duration> tls = phase_times(burst, Phase::tls), wait = phase_times(burst, Phase::wait);
  if (tls.empty()) return skip("no connection succeeded");
  const auto text = [](const std::vector<Duration>& times) {
    return fmt::format("{} to {}, median {}", format_duration(times.front()), format_duration(times.back()),
                       format_duration(times[times.size() / 2]));
  };
  const Duration cold = subject.at.strict->times.took[static_cast<std::size_t>(Phase::tls)];
  return pass(fmt::format("TLS {} (the first one {}); answer {}", text(tls), format_duration(cold), text(wait)));
}

Judgement agree(const Subject& subject) {
  const std::vector<AddressFacts>& all = subject.facts.addresses;
  const AddressFacts* first = nullptr;
  for (const AddressFacts& at : all) {
    const ProbeResult* seen = at.seen();
    if (seen == nullptr) continue;
    if (first == nullptr) {
      first = &at;
      continue;
    }
    const bool same_chain = X509_cmp(seen->facts.chain.front().get(), first->seen()->facts.chain.front().get()) == 0 &&
                            seen->facts.chain.size() == first->seen()->facts.chain.size();
    if (!same_chain)
      return {
          Severity::warn, "the addresses show different certificates",
          fmt::format("{} and {}: a renewal, or a chain, that has not reached every server.", first->name, at.name)};
    if (at.strict->answer.status != first->strict->answer.status)
      return {Severity::warn, "the addresses answer differently",
              fmt::format("{}: {}; {}: {}.", first->name, ending(*first->strict), at.name, ending(*at.strict))};
  }
  return all.size() < 2 ? skip("there is only one address") : pass(fmt::format("{} addresses", all.size()));
}

// Where everything here is green, the cause is on the other side.
Judgement other_side(const Subject&) {
  return {
      Severity::info, "if nothing arrives all the same, look on Meta's side",
      "Is the app live, not in development? Is the field \"messages\" ticked in the app's webhook settings? Does GET "
      "/{waba-id}/subscribed_apps list the app (else POST it)? Does an override at the number or the account point "
      "elsewhere? Is another app subscribed to the account? The dashboard's Test button passes all of these by."};
}

constexpr Check kChecks[] = {
    {"limit.loss", "no connection of a burst is lost", Scope::address, Level::answered, Severity::fatal,
     Remedy::network, loss},
    {"limit.rate", "no delivery of a burst is turned away", Scope::address, Level::answered, Severity::fatal,
     Remedy::network, rate},
    {"limit.times", "many handshakes are as quick as one", Scope::address, Level::answered, Severity::info,
     Remedy::tls_speed, warm},
    {"limit.addresses", "all addresses agree", Scope::endpoint, Level::resolved, Severity::warn, Remedy::addresses,
     agree},
    {"meta.side", "look on Meta's side", Scope::endpoint, Level::accepted, Severity::info, Remedy::none, other_side},
};

}  // namespace

std::span<const Check> limit_checks() {
  return kChecks;
}

}  // namespace hookdrill
