// Why there is no TLS connection, or no answer over it, for each address. Each check names one cause; the first that
// fits explains the failure. Told from recorded facts (first bytes, alerts, what other handshakes gave), never from one
// error code.
#include <fmt/core.h>

#include <algorithm>

#include "base/encoding.h"
#include "check/families.h"

namespace hookdrill {
namespace {

using Scope = Check::Scope;

const ProbeResult& strict(const Subject& subject) {
  return *subject.at.strict;
}
OutcomeKind ended(const Subject& subject) {
  return strict(subject).step.outcome.kind;
}
int alert(const Subject& subject) {
  return strict(subject).tls.alert_received;
}
bool worked(const std::optional<ProbeResult>& probe) {
  return probe && probe->facts.done;
}

// How a handshake with another offer went, for a person: "TLS 1.2 alone: tls.alert".
std::string beside(const char* what, const std::optional<ProbeResult>& probe) {
  if (!probe) return "";
  std::string text = ending(*probe);
  if (!probe->facts.done && probe->tls.alert_received > 0)
    text += fmt::format(", alert {}", alert_text(probe->tls.alert_received));
  return fmt::format("{}: {}", what, probe->facts.done ? probe->facts.version + " " + probe->facts.cipher : text);
}

std::string listed(std::initializer_list<std::string> items) {
  std::string text;
  for (const std::string& item : items)
    if (!item.empty()) text += (text.empty() ? "" : "; ") + item;
  return text;
}

bool cut_off(const Subject& subject) {
  return ended(subject) == OutcomeKind::tls_reset || ended(subject) == OutcomeKind::tls_closed;
}

Judgement plain_http(const Subject& subject) {
  const std::string& first = strict(subject).tls.first_bytes;
  if (ended(subject) == OutcomeKind::tls_protocol && !first.empty() && (first[0] < 20 || first[0] > 24)) {
    return fault(subject,
                 first.starts_with("HTTP/") ? "the port answers in clear HTTP, not in TLS"
                                            : "the port speaks something else than TLS",
                 fmt::format("Its first bytes are \"{}\".", printable(first.substr(0, first.find('\r')), 40)));
  }
  // Servers that speak TLS answer a clear request too, with 400; but they answer the handshake first.
  const std::optional<ProbeResult>& clear = subject.at.clear;
  const bool says_nothing = ended(subject) == OutcomeKind::tls_timeout || cut_off(subject);
  if (says_nothing && !strict(subject).tls.bytes_received && clear && clear->step.ok()) {
    return fault(subject, "the port answers in clear HTTP, not in TLS",
                 fmt::format("It says nothing to a TLS handshake ({}), and HTTP {} to a request in clear.",
                             outcome_code(strict(subject).step.outcome), clear->answer.status));
  }
  return pass();
}

Judgement alpn(const Subject& subject) {
  if (alert(subject) != 120) return pass();
  return fault(
      subject, "the server accepts HTTP/2 only",
      "It refused the offer of http/1.1 (alert no_application_protocol, 120). Every captured delivery is HTTP/1.1.");
}

Judgement knows_name(const Subject& subject) {
  if (alert(subject) != 112) return pass();
  return fault(subject, fmt::format("the server does not know the name {}", subject.endpoint().host),
               fmt::format("It sent the alert unrecognized_name (112). {}",
                           listed({beside("Without a name", subject.at.no_name)})));
}

Judgement has_certificate(const Subject& subject) {
  if (alert(subject) != 80) return pass();
  return fault(
      subject, fmt::format("the server has no certificate for {}", subject.endpoint().host),
      fmt::format("It sent the alert internal_error (80) right after the hello, as Caddy and other Go servers do "
                  "for a name without a certificate. {}",
                  listed({beside("Without a name", subject.at.no_name)})));
}

Judgement client_certificate(const Subject& subject) {
  const ProbeResult& seen = strict(subject);
  if (seen.tls.asked_certificate.empty()) return seen.facts.done ? pass() : skip("");
  const int status = seen.answer.status;
  const bool by_alert = ended(subject) == OutcomeKind::tls_alert;
  const bool by_status = status == 400 || status == 403 || status == 495 || status == 496;
  if (by_alert || by_status) {
    const std::string how = by_alert ? fmt::format("the TLS alert {}{}", alert_text(alert(subject)),
                                                   seen.facts.done ? ", after a handshake that had looked good" : "")
                                     : fmt::format("HTTP {}", status);
    return fault(
        subject, "the server demands a client certificate",
        fmt::format("It asks for {}, was shown {}, and answered with {}. Meta shows one only when mTLS is switched "
                    "on for the app.",
                    seen.tls.asked_certificate, seen.tls.has_certificate ? "the scenario's" : "none", how));
  }
  return {Severity::warn, "the server asks for a client certificate",
          fmt::format("It asks for {}, and goes on without one.", seen.tls.asked_certificate)};
}

Judgement version(const Subject& subject) {
  const bool ours = strict(subject).tls.alert_sent == 70;
  if (alert(subject) != 70 && !ours) return pass();
  const bool proven = worked(subject.at.old_tls);
  return fault(subject, "the server offers no TLS 1.2 or later",
               fmt::format("{} (alert protocol_version, 70).",
                           ours ? "It answered with an older version, which we refused" : "It refused TLS 1.2 and 1.3"),
               proven ? fmt::format("{} works with it", subject.at.old_tls->facts.version) : "");
}

Judgement cipher(const Subject& subject) {
  const int got = alert(subject);
  if (got != 40 && got != 71) return pass();
  const std::optional<ProbeResult>& any = subject.at.any_cipher;
  std::string observed =
      worked(any) ? fmt::format("It takes only what no current client offers: {}.", any->facts.cipher)
                  : fmt::format(
                        "It sent the alert {} and says no more: no cipher, group or signature in common, or no "
                        "certificate at all behind the name.",
                        alert_text(got));
  return fault(subject, worked(any) ? "the server has no current cipher" : "the server refuses the handshake",
               std::move(observed),
               listed({beside("With every cipher", any), beside("TLS 1.2 alone", subject.at.tls12),
                       beside("TLS 1.3 alone", subject.at.tls13), beside("Without a name", subject.at.no_name)}));
}

Judgement close_notify(const Subject& subject) {
  if (ended(subject) != OutcomeKind::tls_closed || strict(subject).tls.warning_received != 0) return pass();
  return fault(subject, "the server says goodbye instead of shaking hands",
               "It closed the connection in good order (close_notify) right after the ClientHello.");
}

std::string how_cut(const Subject& subject) {
  return ended(subject) == OutcomeKind::tls_reset ? "reset (RST)" : "closed (FIN)";
}

Judgement whole_flight(const Subject& subject) {
  if (!cut_off(subject) || !strict(subject).tls.bytes_received) return pass();
  return fault(
      subject, "the connection ends in the middle of the handshake",
      fmt::format("It was {} after the server had begun to answer: a TLS process that crashed, or a box on the "
                  "way that cuts.",
                  how_cut(subject)));
}

Judgement lets_silence(const Subject& subject) {
  const std::optional<ProbeResult>& silent = subject.at.silent;
  if (!cut_off(subject) || !silent || silent->step.outcome.kind == OutcomeKind::wait_timeout) return pass();
  return fault(
      subject, "the connection is closed before a word is said",
      fmt::format("A connection that stays silent is closed too ({}): an allow-list of addresses, a connection "
                  "limit, or a listener that expects the PROXY protocol.",
                  ending(*silent)));
}

Judgement hello(const Subject& subject, OutcomeKind kind, std::string title) {
  if (ended(subject) != kind) return pass();
  return fault(
      subject, std::move(title),
      fmt::format("It was {} before a byte came back{}.", how_cut(subject),
                  subject.at.silent ? "; a silent connection stays open, so that something looks at the hello: a "
                                      "filter for names or TLS, or inspection"
                                    : ""));
}

Judgement hello_reset(const Subject& subject) {
  return hello(subject, OutcomeKind::tls_reset, "the connection is reset right after the ClientHello");
}
Judgement hello_closed(const Subject& subject) {
  return hello(subject, OutcomeKind::tls_closed, "the connection is closed right after the ClientHello");
}

Judgement talks(const Subject& subject) {
  if (ended(subject) != OutcomeKind::tls_timeout || strict(subject).tls.bytes_received) return pass();
  return fault(subject, "the server accepts the connection and never answers the handshake",
               listed({"TCP stands, and not one TLS byte came in 6 s: a full accept queue, a blocked event loop, or a "
                       "filter that swallows the hello",
                       beside("TLS 1.2 alone (a shorter hello)", subject.at.tls12),
                       subject.at.clear ? "in clear: " + ending(*subject.at.clear) : ""}));
}

Judgement finishes(const Subject& subject) {
  if (ended(subject) != OutcomeKind::tls_timeout) return pass();
  return fault(subject, "the handshake does not end in 6 s",
               fmt::format("The first TLS byte came after {}.", format_duration(strict(subject).first_tls_byte)));
}

Judgement shakes_hands(const Subject& subject) {
  if (ended(subject) == OutcomeKind::tls_certificate) return pass();  // the next family tells which
  return fault(subject, "the TLS handshake fails",
               fmt::format("{}: {}", outcome_code(strict(subject).step.outcome), strict(subject).step.text));
}

// --- the answer

Judgement answers_in_time(const Subject& subject) {
  const OutcomeKind kind = ended(subject);
  if (kind != OutcomeKind::wait_timeout && kind != OutcomeKind::read_timeout && kind != OutcomeKind::write_timeout)
    return pass();
  return fault(subject, "no answer to the verification request in 6 s",
               kind == OutcomeKind::read_timeout ? "The answer began, and did not end." : "Not one byte came.");
}

Judgement answers_whole(const Subject& subject) {
  const OutcomeKind kind = ended(subject);
  if (kind == OutcomeKind::read_malformed) return pass();
  return fault(subject, "the connection ends without a whole answer",
               fmt::format("{}: {}", outcome_code({kind, 0}), outcome_meaning({kind, 0})));
}

Judgement answers_http(const Subject& subject) {
  return fault(subject, "the answer is not HTTP/1.1", strict(subject).step.text);
}

constexpr auto kFatal = Severity::fatal;

constexpr Check kChecks[] = {
    {"tls.plain_http", "the port speaks TLS", Scope::address, Level::connected, kFatal, Remedy::enable_tls, plain_http,
     true},
    {"tls.client_certificate", "no client certificate is asked for", Scope::address, Level::connected, kFatal,
     Remedy::client_certificate, client_certificate},
    {"tls.http2_only", "HTTP/1.1 is accepted", Scope::address, Level::connected, kFatal, Remedy::tls_settings, alpn,
     true},
    {"tls.name", "the server knows the name", Scope::address, Level::connected, kFatal, Remedy::virtual_host,
     knows_name, true},
    {"tls.no_certificate", "the server has a certificate for the name", Scope::address, Level::connected, kFatal,
     Remedy::virtual_host, has_certificate, true},
    {"tls.version", "TLS 1.2 or later is offered", Scope::address, Level::connected, kFatal, Remedy::tls_settings,
     version, true},
    {"tls.cipher", "a current cipher is offered", Scope::address, Level::connected, kFatal, Remedy::tls_settings,
     cipher, true},
    {"tls.close_notify", "the server does not take leave at the hello", Scope::address, Level::connected, kFatal,
     Remedy::network, close_notify, true},
    {"tls.cut", "the handshake is not cut off in the middle", Scope::address, Level::connected, kFatal, Remedy::network,
     whole_flight, true},
    {"tls.closed_at_once", "a silent connection is left open", Scope::address, Level::connected, kFatal,
     Remedy::network, lets_silence, true},
    {"tls.reset", "the hello is not answered with a reset", Scope::address, Level::connected, kFatal, Remedy::network,
     hello_reset, true},
    {"tls.closed", "the hello is not answered with an end", Scope::address, Level::connected, kFatal, Remedy::network,
     hello_closed, true},
    {"tls.silent", "the hello is answered", Scope::address, Level::connected, kFatal, Remedy::network, talks, true},
    {"tls.too_slow", "the handshake ends in time", Scope::address, Level::connected, kFatal, Remedy::tls_speed,
     finishes, true},
    {"tls.failed", "the handshake succeeds", Scope::address, Level::connected, kFatal, Remedy::tls_settings,
     shakes_hands, true},
    {"http.timeout", "the verification request is answered in time", Scope::address, Level::secured, kFatal,
     Remedy::answer_first, answers_in_time, true},
    {"http.closed", "the answer is whole", Scope::address, Level::secured, kFatal, Remedy::answer_first, answers_whole,
     true},
    {"http.malformed", "the answer is HTTP/1.1", Scope::address, Level::secured, kFatal, Remedy::tls_settings,
     answers_http, true},
};

}  // namespace

std::span<const Check> handshake_checks() {
  return kChecks;
}

}  // namespace hookdrill
