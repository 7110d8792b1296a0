// What the certificates say of themselves: how long they live, what is sent in vain, and what their authority says of
// them today (stapled OCSP answer).
#include <fmt/core.h>
#include <openssl/ocsp.h>

#include <algorithm>
#include <ctime>
#include <set>

#include "check/families.h"
#include "check/staple.h"
#include "live/certificate_text.h"

namespace hookdrill {
namespace {

using Scope = Check::Scope;

const std::vector<X509Ptr>* sent(const Subject& subject) {
  const ProbeResult* seen = subject.at.seen();
  return seen == nullptr ? nullptr : &seen->facts.chain;
}
X509* leaf(const Subject& subject) {
  const auto* chain = sent(subject);
  return chain == nullptr ? nullptr : chain->front().get();
}
Judgement no_certificate() {
  return skip("no certificate was seen");
}

int days_between(const ASN1_TIME* from, const ASN1_TIME* to) {  // null: now
  int days = 0, seconds = 0;
  ASN1_TIME_diff(&days, &seconds, from, to);
  return days;
}

Judgement expiry(const Subject& subject) {
  X509* own = leaf(subject);
  if (own == nullptr) return no_certificate();
  const int left = days_between(nullptr, X509_get0_notAfter(own));
  const int life = days_between(X509_get0_notBefore(own), X509_get0_notAfter(own));
  if (X509_cmp_current_time(X509_get0_notAfter(own)) <= 0) return skip("cert.expired");
  const std::string text = fmt::format("{} of {} days left, until {}", left, life, date_text(X509_get0_notAfter(own)));
  // A third of the lifetime: 30 days alone would always warn for the certificates of 45 days and less.
  if (left >= 30 || left * 3 >= life) return pass(text);
  return {left < 3 ? Severity::fatal : Severity::warn, fmt::format("the certificate expires in {} days", left),
          fmt::format("{}. Automatic renewal should have run by now.", text)};
}

Judgement root_left_out(const Subject& subject) {
  const auto* chain = sent(subject);
  if (chain == nullptr) return no_certificate();
  if (chain->size() < 2) return pass();
  for (const X509Ptr& certificate : *chain) {
    if (certificate.get() == leaf(subject) || X509_self_signed(certificate.get(), 0) != 1) continue;
    return {Severity::info, "the root certificate is sent as well",
            fmt::format("\"{}\": {} bytes in each handshake that nobody needs.",
                        common_name(X509_get_subject_name(certificate.get())), i2d_X509(certificate.get(), nullptr))};
  }
  return pass();
}

// The links from the server's own certificate up, as positions in what was sent; each once.
std::vector<std::size_t> links(const std::vector<X509Ptr>& chain) {
  std::vector<std::size_t> path{0};
  while (path.size() < chain.size()) {
    X509* last = chain[path.back()].get();
    std::size_t next = 0;
    for (std::size_t i = 1; i < chain.size() && next == 0; ++i) {
      const bool used = std::find(path.begin(), path.end(), i) != path.end();
      if (!used && X509_check_issued(chain[i].get(), last) == X509_V_OK) next = i;
    }
    if (next == 0) break;
    path.push_back(next);
  }
  return path;
}

Judgement order(const Subject& subject) {
  const auto* chain = sent(subject);
  if (chain == nullptr) return no_certificate();
  const std::vector<std::size_t> path = links(*chain);
  if (std::is_sorted(path.begin(), path.end())) return pass();
  std::string text;
  for (const X509Ptr& certificate : *chain)
    text += (text.empty() ? "" : " > ") + common_name(X509_get_subject_name(certificate.get()));
  return {Severity::warn, "the certificates are sent in the wrong order",
          fmt::format("{}. Today's libraries sort them; older and embedded ones do not.", text)};
}

Judgement nothing_in_vain(const Subject& subject) {
  const auto* chain = sent(subject);
  if (chain == nullptr) return no_certificate();
  const std::vector<std::size_t> path = links(*chain);
  const std::size_t useless = chain->size() - path.size();
  if (useless == 0) return pass();
  int bytes = 0;
  for (std::size_t i = 0; i < chain->size(); ++i)
    if (std::find(path.begin(), path.end(), i) == path.end()) bytes += i2d_X509((*chain)[i].get(), nullptr);
  return {Severity::warn, fmt::format("{} of {} certificates are sent in vain", useless, chain->size()),
          fmt::format("Repeated, or issued nothing in the chain: {} bytes in each handshake.", bytes)};
}

// Our root, sent as another root once signed it: kept for old clients, who ask for that other root.
Judgement no_old_root(const Subject& subject) {
  if (subject.at.level() < Level::secured || !subject.at.strict) return skip("");
  const TlsFacts& facts = subject.at.strict->facts;
  if (facts.verified.empty()) return no_certificate();
  X509* root = facts.verified.back().get();
  for (const X509Ptr& certificate : facts.chain) {
    if (X509_self_signed(certificate.get(), 0) == 1 ||
        X509_NAME_cmp(X509_get_subject_name(certificate.get()), X509_get_subject_name(root)) != 0)
      continue;
    return {
        Severity::warn, "a cross-signed root is sent that today's clients ignore",
        fmt::format("\"{}\", issued by \"{}\": {} bytes in each handshake. Clients that do not look for a shorter way "
                    "ask for \"{}\" instead of the root that they know.",
                    common_name(X509_get_subject_name(certificate.get())),
                    common_name(X509_get_issuer_name(certificate.get())), i2d_X509(certificate.get(), nullptr),
                    common_name(X509_get_issuer_name(certificate.get())))};
  }
  return pass();
}

Judgement has_names(const Subject& subject) {
  X509* own = leaf(subject);
  if (own == nullptr) return no_certificate();
  if (!covered_names(own).empty()) return pass();
  return {Severity::warn, "the name stands only in the common name",
          fmt::format(
              "CN={}, and no subject alternative name: libcurl still accepts it (curl exits with 0), browsers and Go "
              "refuse it.",
              common_name(X509_get_subject_name(own)))};
}

Judgement key(const Subject& subject) {
  X509* own = leaf(subject);
  if (own == nullptr) return no_certificate();
  EVP_PKEY* public_key = X509_get0_pubkey(own);
  const int bits = EVP_PKEY_get_bits(public_key);
  if (EVP_PKEY_get_base_id(public_key) != EVP_PKEY_RSA) return pass(fmt::format("{} bits, not RSA", bits));
  return {Severity::info, fmt::format("the key is RSA with {} bits", bits),
          bits > 2048
              ? "A signature costs the server about seven times as much as with RSA 2048; ECDSA P-256 is cheapest."
              : "An ECDSA P-256 key makes the handshake cheaper for the server."};
}

Judgement long_life(const Subject& subject) {
  X509* own = leaf(subject);
  if (own == nullptr) return no_certificate();
  const int life = days_between(X509_get0_notBefore(own), X509_get0_notAfter(own));
  if (life <= 398) return pass();
  return {Severity::info, fmt::format("the certificate is valid for {} days", life),
          "Public authorities issue for at most 398 days, and less since 2026."};
}

// Ten segments of 1,448 bytes are what a server may send before the first acknowledgement (RFC 6928).
Judgement flight(const Subject& subject) {
  const ProbeResult* seen = subject.at.seen();
  if (seen == nullptr) return no_certificate();
  const std::size_t bytes = seen->tls.flight_bytes;
  if (bytes <= 14'480) return pass(fmt::format("{} bytes", bytes));
  return {Severity::warn, "the certificates need one round trip more",
          fmt::format("The server's part of the handshake is {} bytes; about 14,480 fit into one.", bytes)};
}

// --- OCSP

Judgement staple(const Subject& subject, StapleState::Kind kind, Severity severity, std::string title) {
  const ProbeResult* seen = subject.at.seen();
  if (seen == nullptr) return no_certificate();
  if (seen->facts.staple.empty()) return skip("no OCSP answer is stapled");
  const StapleState state = read_staple(seen->facts, seen->facts.chain);
  if (state.kind != kind) return state.kind == StapleState::Kind::good ? pass(state.text) : pass();
  return {severity, std::move(title), state.text};
}

Judgement not_revoked(const Subject& subject) {
  Judgement found = staple(subject, StapleState::Kind::revoked, Severity::fatal, "the certificate is revoked");
  if (found.severity == Severity::fatal)
    found.observed += " libcurl looks at the answer only when asked to (curl exits with 0); others always do.";
  return found;
}
Judgement fresh_staple(const Subject& subject) {
  return staple(subject, StapleState::Kind::expired, Severity::warn, "the stapled OCSP answer has expired");
}
Judgement signed_staple(const Subject& subject) {
  return staple(subject, StapleState::Kind::not_signed, Severity::warn,
                "the stapled OCSP answer is not signed by the certificate's authority");
}
Judgement readable_staple(const Subject& subject) {
  return staple(subject, StapleState::Kind::useless, Severity::warn, "the stapled OCSP answer says nothing");
}

Judgement must_staple(const Subject& subject) {
  const ProbeResult* seen = subject.at.seen();
  if (seen == nullptr) return no_certificate();
  if (!demands_staple(leaf(subject))) return pass();
  if (!seen->facts.staple.empty()) return pass("must-staple, and an answer is stapled");
  return {
      Severity::warn, "the certificate demands a stapled OCSP answer, and none comes",
      "A client that honours must-staple refuses this. libcurl does not look (curl exits with 0); whether Meta's does, "
      "nobody has shown."};
}

constexpr auto kAddress = Scope::address;
constexpr auto kConnected = Level::connected;

constexpr Check kChecks[] = {
    {"cert.expiry", "the certificate lives on", kAddress, kConnected, Severity::warn, Remedy::renew, expiry},
    {"cert.common_name_only", "the certificate has alternative names", kAddress, Level::secured, Severity::warn,
     Remedy::public_certificate, has_names},
    {"cert.order", "the certificates are in order", kAddress, kConnected, Severity::warn, Remedy::full_chain, order},
    {"cert.in_vain", "no certificate is sent in vain", kAddress, kConnected, Severity::warn, Remedy::full_chain,
     nothing_in_vain},
    {"cert.root_sent", "the root is not sent", kAddress, kConnected, Severity::info, Remedy::full_chain, root_left_out},
    {"cert.old_root", "no cross-signed root is sent", kAddress, kConnected, Severity::warn, Remedy::full_chain,
     no_old_root},
    {"cert.key", "the key is ECDSA", kAddress, kConnected, Severity::info, Remedy::tls_speed, key},
    {"cert.long_life", "the certificate's life is short", kAddress, kConnected, Severity::info, Remedy::none,
     long_life},
    {"cert.flight", "the certificates fit into one round trip", kAddress, kConnected, Severity::warn,
     Remedy::full_chain, flight},
    {"ocsp.revoked", "the certificate is not revoked", kAddress, kConnected, Severity::fatal,
     Remedy::public_certificate, not_revoked},
    {"ocsp.expired", "the stapled answer is fresh", kAddress, kConnected, Severity::warn, Remedy::stapling,
     fresh_staple},
    {"ocsp.signer", "the stapled answer is signed", kAddress, kConnected, Severity::warn, Remedy::stapling,
     signed_staple},
    {"ocsp.useless", "the stapled answer says something", kAddress, kConnected, Severity::warn, Remedy::stapling,
     readable_staple},
    {"ocsp.must_staple", "must-staple is honoured", kAddress, kConnected, Severity::warn, Remedy::stapling,
     must_staple},
};

}  // namespace

std::span<const Check> chain_quality_checks() {
  return kChecks;
}

}  // namespace hookdrill
