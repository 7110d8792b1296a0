// TCP, for each address: is somebody there, and how many connections get no answer.
#include <fmt/core.h>

#include <algorithm>

#include "check/curl_words.h"
#include "check/families.h"
#include "live/challenge.h"

namespace hookdrill {

Judgement fault(const Subject& subject, std::string title, std::string observed, std::string proof) {
  const ProbeResult& strict = *subject.at.strict;
  return {Severity::fatal,
          std::move(title),
          std::move(observed),
          std::move(proof),
          curl_number(strict.step),
          curl_sentence(strict, subject.endpoint().host, subject.endpoint().port, kVerificationLimit)};
}

std::string ending(const ProbeResult& result) {
  if (!result.step.ok()) return outcome_code(result.step.outcome);
  if (result.answer.status != 0) return fmt::format("HTTP {}", result.answer.status);
  return result.facts.done ? result.facts.version : "connected";
}

namespace {

using Scope = Check::Scope;

Judgement route(const Subject& subject) {
  if (!subject.at.has_route)
    return not_tested(fmt::format("This machine has no route for {}: test this address from another one.",
                                  subject.at.address.address().is_v6() ? "IPv6" : "IPv4"));
  if (!subject.at.strict) return not_tested("The time of --budget was used up.");
  const OutcomeKind kind = subject.at.strict->step.outcome.kind;
  if (kind == OutcomeKind::client_ports || kind == OutcomeKind::client_fds || kind == OutcomeKind::client_other)
    return {Severity::error, "this machine could not test the address", subject.at.strict->step.text};
  return pass();
}

OutcomeKind ended(const Subject& subject) {
  return subject.at.strict->step.outcome.kind;
}

std::string after(const Subject& subject) {
  const Duration took = subject.at.strict->times.took[static_cast<std::size_t>(Phase::connect)];
  return fmt::format("after {}", format_duration(took));
}

Judgement listens(const Subject& subject) {
  if (ended(subject) != OutcomeKind::connect_refused) return pass();
  return fault(subject, "nothing listens on the port", fmt::format("The connection was refused {}.", after(subject)));
}

Judgement no_reject(const Subject& subject) {
  if (ended(subject) != OutcomeKind::connect_unreachable) return pass();
  return fault(subject, "a router or firewall answers that the address cannot be reached",
               fmt::format("{} ({})", subject.at.strict->step.text, after(subject)));
}

Judgement answers_syn(const Subject& subject) {
  if (ended(subject) != OutcomeKind::connect_timeout) return pass();
  return fault(
      subject, "no answer to the connection request",
      fmt::format("Nothing came back {}: a firewall or DDoS filter that drops it, an address that is not in use, "
                  "or a full accept queue. From one end they look the same.",
                  after(subject)));
}

Judgement connects(const Subject& subject) {
  return fault(subject, "the TCP connection failed",
               fmt::format("{}: {}", outcome_code(subject.at.strict->step.outcome), subject.at.strict->step.text));
}

Judgement quick(const Subject& subject) {
  const Duration took = subject.at.strict->times.took[static_cast<std::size_t>(Phase::connect)];
  const std::string text = format_duration(took);
  if (took < std::chrono::milliseconds(900)) return pass(text);
  return {Severity::warn, fmt::format("the TCP connection took {}", text),
          "About 1 s, or 3 s: the first, or the first two requests were lost and sent again."};
}

constexpr Check kChecks[] = {
    {"machine.route", "this machine can reach the address", Scope::address, Level::resolved, Severity::fatal,
     Remedy::none, route},
    {"tcp.refused", "something listens on the port", Scope::address, Level::resolved, Severity::fatal,
     Remedy::addresses, listens, true},
    {"tcp.unreachable", "no firewall rejects the connection", Scope::address, Level::resolved, Severity::fatal,
     Remedy::network, no_reject, true},
    {"tcp.timeout", "the connection request is answered", Scope::address, Level::resolved, Severity::fatal,
     Remedy::network, answers_syn, true},
    {"tcp.failed", "the TCP connection stands", Scope::address, Level::resolved, Severity::fatal, Remedy::network,
     connects, true},
    {"tcp.slow", "the TCP connection is quick", Scope::address, Level::connected, Severity::warn, Remedy::network,
     quick},
};

}  // namespace

std::span<const Check> connection_checks() {
  return kChecks;
}

}  // namespace hookdrill
