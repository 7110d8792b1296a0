// What a strict client accepts in the handshake, but that is slow, old or about to be noticed.
#include <fmt/core.h>

#include <algorithm>
#include <sstream>

#include "check/families.h"
#include "live/certificate_text.h"

namespace hookdrill {
namespace {

using Scope = Check::Scope;

Duration tls_time(const ProbeResult& probe) {
  return probe.times.took[static_cast<std::size_t>(Phase::tls)];
}

Judgement old_versions(const Subject& subject) {
  const std::optional<ProbeResult>& old = subject.at.old_tls;
  if (!old) return skip("the server's TLS works without");
  if (!old->facts.done) return pass();
  return {Severity::warn, fmt::format("the server also accepts {}", old->facts.version),
          "Meta does not use it; audits complain about it."};
}

Judgement newest(const Subject& subject) {
  const std::optional<ProbeResult>& alone = subject.at.tls13;
  if (!alone) return not_tested("The time of --budget was used up.");
  if (alone->facts.done) return pass();
  return {Severity::info, "TLS 1.3 is not offered",
          fmt::format("It would save a round trip on each connection ({}).", ending(*alone))};
}

Judgement cipher(const Subject& subject) {
  const TlsFacts& facts = subject.at.strict->facts;
  const bool secret = facts.version == "TLSv1.3" || facts.cipher.find("DHE") != std::string::npos;
  const bool aead = facts.version == "TLSv1.3" || facts.cipher.find("GCM") != std::string::npos ||
                    facts.cipher.find("POLY1305") != std::string::npos || facts.cipher.find("CCM") != std::string::npos;
  const std::string all =
      fmt::format("{} {}{}", facts.version, facts.cipher, facts.group.empty() ? "" : " " + facts.group);
  if (secret && aead) return pass(all);
  return {Severity::warn, secret ? "the cipher is an old one (CBC)" : "the key exchange has no forward secrecy", all};
}

// Two ClientHello (type 1) in one flight: the server asked for a group that we had not guessed.
Judgement one_hello(const Subject& subject) {
  std::istringstream messages(subject.at.strict->tls.flight);
  int hellos = 0;
  for (std::string message; messages >> message;) hellos += message == ">1" ? 1 : 0;
  if (hellos < 2) return pass();
  return {Severity::warn, "each handshake costs a round trip more (HelloRetryRequest)",
          fmt::format("The server takes neither X25519 nor what else the first hello offered, but {}.",
                      subject.at.strict->facts.group)};
}

Judgement quick(const Subject& subject) {
  const ProbeResult& strict = *subject.at.strict;
  const Duration cold = tls_time(strict);
  const std::string text = fmt::format("first TLS byte after {}, done after {}", format_duration(strict.first_tls_byte),
                                       format_duration(cold));
  if (cold < std::chrono::milliseconds(500)) return pass(text);
  const bool dribbles = strict.first_tls_byte * 3 < cold;
  return {
      Severity::warn, fmt::format("the TLS handshake took {}", format_duration(cold)),
      fmt::format("{}: {}. Meta gives the whole verification 6 s.", text,
                  dribbles ? "the answer comes in small pieces, so it is distance or a small window, not the processor"
                           : "the server thinks long before it answers, or is far away")};
}

Judgement default_certificate(const Subject& subject) {
  const std::optional<ProbeResult>& without = subject.at.no_name;
  if (!without) return not_tested("The time of --budget was used up.");
  if (without->facts.chain.empty()) {
    return {Severity::info, "without a name (SNI) the server refuses the handshake",
            fmt::format("{}. Meta sends the name.", ending(*without))};
  }
  X509* other = without->facts.chain.front().get();
  if (!subject.at.strict->facts.chain.empty() && X509_cmp(other, subject.at.strict->facts.chain.front().get()) == 0)
    return pass();
  std::string names;
  for (const std::string& name : covered_names(other)) names += (names.empty() ? "" : ", ") + name;
  return {Severity::info, "without a name (SNI) the server shows another certificate",
          fmt::format("It covers {}. Meta sends the name.", names.empty() ? "no name" : names)};
}

Judgement resumes(const Subject& subject) {
  if (!subject.at.resumed) return not_tested("The time of --budget was used up.");
  if (subject.at.resumed->facts.resumed)
    return pass(fmt::format("{} with a ticket", format_duration(tls_time(*subject.at.resumed))));
  return {Severity::info, "no session is resumed", "Each connection pays for a full handshake."};
}

Judgement other_keys(const Subject& subject) {
  for (const auto& [name, probe] : {std::pair{"RSA", &subject.at.rsa}, std::pair{"ECDSA", &subject.at.ecdsa}}) {
    if (!*probe || (*probe)->step.outcome.kind != OutcomeKind::tls_certificate) continue;
    return {Severity::warn, fmt::format("the server's {} certificate is refused", name),
            fmt::format("The other one is fine, and was chosen here; a client that prefers {} meets this: {}", name,
                        (*probe)->tls.certificate_text)};
  }
  return pass();
}

Judgement agrees_on_http1(const Subject& subject) {
  const std::string& chosen = subject.at.strict->facts.alpn;
  return pass(chosen.empty() ? "the server chose none (HTTP/1.1 then)" : chosen);
}

constexpr Check kChecks[] = {
    {"tls.slow", "the handshake is quick", Scope::address, Level::secured, Severity::warn, Remedy::tls_speed, quick},
    {"tls.weak_cipher", "the cipher is current", Scope::address, Level::secured, Severity::warn, Remedy::tls_settings,
     cipher},
    {"tls.retry", "one hello is enough", Scope::address, Level::secured, Severity::warn, Remedy::tls_settings,
     one_hello},
    {"tls.old_versions", "no TLS before 1.2 is accepted", Scope::address, Level::secured, Severity::warn,
     Remedy::tls_settings, old_versions},
    {"tls.1_3", "TLS 1.3 is offered", Scope::address, Level::secured, Severity::info, Remedy::tls_settings, newest},
    {"tls.http1", "HTTP/1.1 is agreed on", Scope::address, Level::secured, Severity::info, Remedy::none,
     agrees_on_http1},
    {"tls.default_certificate", "the certificate is the same without SNI", Scope::address, Level::secured,
     Severity::info, Remedy::none, default_certificate},
    {"tls.resumption", "sessions are resumed", Scope::address, Level::secured, Severity::info, Remedy::tls_speed,
     resumes},
    {"cert.other_key", "the certificates of both key types are good", Scope::address, Level::secured, Severity::warn,
     Remedy::full_chain, other_keys},
};

}  // namespace

std::span<const Check> tls_quality_checks() {
  return kChecks;
}

}  // namespace hookdrill
