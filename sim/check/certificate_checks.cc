// Why a strict client refuses the certificate: one check for each cause, the first that fits explains it. OpenSSL's
// number alone is ambiguous (20 at depth 0 has four causes); the chain as sent and the fetched issuers decide.
#include <fmt/core.h>

#include <algorithm>

#include "check/families.h"
#include "live/certificate_text.h"

namespace hookdrill {
namespace {

using Scope = Check::Scope;
using Aia = AiaFacts::Kind;

bool refused(const Subject& subject) {
  const ProbeResult& strict = *subject.at.strict;
  return strict.step.outcome.kind == OutcomeKind::tls_certificate && !strict.tls.verify_errors.empty();
}
VerifyError complaint(const Subject& subject) {
  return refused(subject) ? subject.at.strict->tls.verify_errors.front() : VerifyError{};
}
const std::vector<X509Ptr>& chain(const Subject& subject) {
  return subject.at.strict->facts.chain;
}
X509* leaf(const Subject& subject) {
  return chain(subject).empty() ? nullptr : chain(subject).front().get();
}

std::string subject_of(X509* certificate) {
  return certificate == nullptr ? "?" : common_name(X509_get_subject_name(certificate));
}
std::string issuer_of(X509* certificate) {
  return certificate == nullptr ? "?" : common_name(X509_get_issuer_name(certificate));
}

// The log of the server, where the owner can find the same attempt of Meta's.
std::string alert_note(const Subject& subject) {
  const int sent = subject.at.strict->tls.alert_sent;
  return sent < 0 ? "" : fmt::format(" In the server's log: TLS alert {}.", alert_text(sent));
}

// What else would be refused once the first complaint is mended.
std::string besides(const Subject& subject) {
  if (!subject.at.lenient) return "";
  std::vector<VerifyError> others;
  for (const VerifyError& other : subject.at.lenient->tls.verify_errors) {
    const bool follows =
        other.error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE || other.error == complaint(subject).error;
    if (!follows && std::find(others.begin(), others.end(), other) == others.end()) others.push_back(other);
  }
  std::string text;
  for (const VerifyError& other : others)
    text += fmt::format("{} {} (depth {})", text.empty() ? " Besides:" : ",",
                        X509_verify_cert_error_string(other.error), other.depth);
  return text.empty() ? "" : text + ".";
}

bool issuer_missing(const Subject& subject) {
  const int error = complaint(subject).error;
  return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY || error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
         error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
}

// curl and others believe in any certificate of the store; a strict client in its roots alone.
std::string ignored_note(const Subject& subject) {
  if (!issuer_missing(subject) || subject.facts.trust_ignored == 0) return "";
  return fmt::format(" The trust store holds {} that is no root and does not count here; curl would believe in it.",
                     subject.facts.trust_ignored == 1
                         ? "a certificate"
                         : fmt::format("{} certificates, each", subject.facts.trust_ignored));
}

Judgement bad(const Subject& subject, std::string title, std::string observed, std::string proof = {}) {
  return fault(subject, std::move(title), observed + ignored_note(subject) + besides(subject) + alert_note(subject),
               std::move(proof));
}

// --- an issuer is missing

// None of the other certificates sent has issued the server's own.
bool unrelated_sent(const Subject& subject) {
  const auto& all = chain(subject);
  return all.size() > 1 && std::none_of(all.begin() + 1, all.end(), [&](const X509Ptr& other) {
           return X509_NAME_cmp(X509_get_subject_name(other.get()), X509_get_issuer_name(leaf(subject))) == 0;
         });
}

std::string fetched_text(const AiaFacts& aia) {
  std::string names;
  for (const std::string& name : aia.fetched) names += (names.empty() ? "\"" : ", \"") + name + "\"";
  return fmt::format("with {} added (fetched from {}), the chain ends in \"{}\"", names, aia.url, aia.end);
}

std::string own_alone(const Subject& subject) {
  return fmt::format("The server sends only its own certificate (CN={}, issued by \"{}\").", subject_of(leaf(subject)),
                     issuer_of(leaf(subject)));
}

Judgement cross_signed(const Subject& subject) {
  const AiaFacts& aia = subject.at.aia;
  if (!issuer_missing(subject) || aia.kind != Aia::completes || !aia.replaces) return pass();
  return bad(
      subject, "the intermediate certificate leads to a root that is no longer trusted",
      fmt::format("The server sends \"{}\" as issued by \"{}\". The same intermediate exists as issued by a root "
                  "that is trusted; a browser finds it, Meta does not look.",
                  issuer_of(leaf(subject)), chain(subject).size() > 1 ? issuer_of(chain(subject)[1].get()) : "?"),
      fetched_text(aia));
}

Judgement chain_unrelated(const Subject& subject) {
  if (!issuer_missing(subject) || complaint(subject).depth != 0 || !unrelated_sent(subject) ||
      subject.at.aia.kind == Aia::unknown_root)
    return pass();
  const bool proven = subject.at.aia.kind == Aia::completes;
  return bad(subject, "the server sends the wrong intermediate certificate",
             fmt::format("It sends {} certificates, and none of them is \"{}\", which issued its own (CN={}).",
                         chain(subject).size(), issuer_of(leaf(subject)), subject_of(leaf(subject))),
             proven ? fetched_text(subject.at.aia) : "");
}

Judgement chain_incomplete(const Subject& subject) {
  if (!issuer_missing(subject) || subject.at.aia.kind != Aia::completes) return pass();
  const std::string shown = chain(subject).size() == 1
                                ? own_alone(subject)
                                : fmt::format("The server sends {} certificates.", chain(subject).size());
  return bad(subject, "the TLS certificate chain is incomplete",
             fmt::format("{} The intermediate \"{}\" is missing. A browser fetches it or remembers it; Meta does not.",
                         shown, subject.at.aia.fetched.empty() ? "?" : subject.at.aia.fetched.front()),
             fetched_text(subject.at.aia));
}

Judgement private_root(const Subject& subject) {
  if (complaint(subject).error != X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN) return pass();
  return bad(
      subject, "the certificate is of a private authority",
      fmt::format("The server sends the root \"{}\" itself, and it is not among the public roots ({}).",
                  subject_of(chain(subject).empty() ? nullptr : chain(subject).back().get()), subject.facts.trust));
}

Judgement private_ca(const Subject& subject) {
  if (!issuer_missing(subject) || complaint(subject).depth == 0) return pass();
  const int depth = complaint(subject).depth;
  X509* top = depth < static_cast<int>(chain(subject).size()) ? chain(subject)[static_cast<std::size_t>(depth)].get()
                                                              : leaf(subject);
  const AiaFacts& aia = subject.at.aia;
  return bad(subject, "the chain ends in an authority that is not public",
             fmt::format("The {} certificates link up to \"{}\", issued by \"{}\", which is no public root ({}).",
                         chain(subject).size(), subject_of(top), issuer_of(top), subject.facts.trust),
             aia.kind == Aia::unknown_root ? fetched_text(aia) + ", which is not trusted"
             : aia.kind == Aia::no_address ? "no certificate says where its issuer could be had"
                                           : aia.why);
}

Judgement unknown_root(const Subject& subject) {
  if (!issuer_missing(subject) || subject.at.aia.kind != Aia::unknown_root) return pass();
  return bad(
      subject, "the certificate is of an authority that is not public",
      fmt::format("{} \"{}\" is no public root ({}).", own_alone(subject), subject.at.aia.end, subject.facts.trust),
      fetched_text(subject.at.aia) + ", which is not trusted");
}

Judgement chain_undecided(const Subject& subject) {
  if (!issuer_missing(subject)) return pass();
  const AiaFacts& aia = subject.at.aia;
  return bad(subject, "the issuer of the certificate was not sent and is not known",
             fmt::format("{} Either an intermediate is missing, or \"{}\" is a private authority; the certificate "
                         "does not let us tell which ({}).",
                         own_alone(subject), issuer_of(leaf(subject)),
                         aia.kind == Aia::no_address ? "it does not say where its issuer could be had" : aia.why));
}

Judgement self_signed(const Subject& subject) {
  if (complaint(subject).error != X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT) return pass();
  return bad(subject, "the certificate is signed by itself",
             fmt::format("Subject and issuer are both \"{}\".", subject_of(leaf(subject))));
}

// --- dates

Judgement dates(const Subject& subject, int error, bool own, std::string title) {
  if (complaint(subject).error != error || (complaint(subject).depth == 0) != own) return pass();
  const auto depth = static_cast<std::size_t>(complaint(subject).depth);
  X509* bad_one = depth < chain(subject).size() ? chain(subject)[depth].get() : leaf(subject);
  std::string observed = fmt::format("\"{}\" is valid from {} to {}.", subject_of(bad_one),
                                     date_text(X509_get0_notBefore(bad_one)), date_text(X509_get0_notAfter(bad_one)));
  if (!own) observed += " The server's own certificate is not the cause.";
  return bad(subject, std::move(title), std::move(observed));
}

Judgement expired(const Subject& subject) {
  return dates(subject, X509_V_ERR_CERT_HAS_EXPIRED, true, "the certificate has expired");
}
Judgement chain_expired(const Subject& subject) {
  return dates(subject, X509_V_ERR_CERT_HAS_EXPIRED, false, "a certificate of the chain has expired");
}
Judgement not_yet_valid(const Subject& subject) {
  Judgement found =
      dates(subject, X509_V_ERR_CERT_NOT_YET_VALID, complaint(subject).depth == 0, "the certificate is not valid yet");
  if (found.severity == Severity::fatal && subject.at.lenient && !subject.at.lenient->answer.fields.empty())
    found.proof = "the server's own clock agrees or not: see its Date header with --verbose";
  return found;
}

// --- names

bool wrong_name(const Subject& subject) {
  return complaint(subject).error == X509_V_ERR_HOSTNAME_MISMATCH;
}

std::string covers(X509* certificate) {
  if (certificate == nullptr) return "nothing";
  const std::vector<std::string> names = covered_names(certificate);
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < 6; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > 6) text += fmt::format(" and {} more", names.size() - 6);
  return text.empty() ? fmt::format("no name (CN={})", subject_of(certificate)) : text;
}

bool same_without_name(const Subject& subject) {
  const std::optional<ProbeResult>& without = subject.at.no_name;
  return without && !without->facts.chain.empty() && leaf(subject) != nullptr &&
         X509_cmp(without->facts.chain.front().get(), leaf(subject)) == 0;
}

Judgement name_warned(const Subject& subject) {
  if (!wrong_name(subject) || subject.at.strict->tls.warning_received != 112) return pass();
  return bad(
      subject, fmt::format("the server warns that it does not know {}", subject.endpoint().host),
      fmt::format("It sent the warning unrecognized_name (112) and then a certificate for {}.", covers(leaf(subject))));
}

// "*.example.com" covers one label: neither a.b.example.com nor example.com.
Judgement wildcard(const Subject& subject) {
  if (!wrong_name(subject)) return pass();
  const std::string& host = subject.endpoint().host;
  for (const std::string& name : covered_names(leaf(subject))) {
    if (!name.starts_with("*.")) continue;
    const std::string parent = name.substr(2);
    if (host != parent && !host.ends_with("." + parent)) continue;
    return bad(subject, fmt::format("the wildcard {} does not cover {}", name, host),
               "A wildcard stands for exactly one label.");
  }
  return pass();
}

Judgement names_a_host(const Subject& subject) {
  if (!wrong_name(subject) || leaf(subject) == nullptr || !covered_names(leaf(subject)).empty()) return pass();
  return bad(
      subject, "the certificate names no host",
      fmt::format("It has no subject alternative name, and its common name is \"{}\".", subject_of(leaf(subject))));
}

Judgement virtual_host(const Subject& subject) {
  if (!wrong_name(subject) || !same_without_name(subject)) return pass();
  return bad(
      subject, fmt::format("no TLS virtual host for {}", subject.endpoint().host),
      fmt::format("The server shows the same certificate with this name and without any: its default, which covers {}.",
                  covers(leaf(subject))));
}

Judgement right_name(const Subject& subject) {
  if (!wrong_name(subject)) return pass();
  X509* other = subject.at.no_name && !subject.at.no_name->facts.chain.empty()
                    ? subject.at.no_name->facts.chain.front().get()
                    : nullptr;
  return bad(subject, fmt::format("the certificate does not cover {}", subject.endpoint().host),
             fmt::format("For this name the server shows a certificate for {}; without a name, one for {}.",
                         covers(leaf(subject)), covers(other)));
}

Judgement right_address(const Subject& subject) {
  if (complaint(subject).error != X509_V_ERR_IP_ADDRESS_MISMATCH) return pass();
  return bad(subject, fmt::format("the certificate does not cover the address {}", subject.endpoint().host),
             fmt::format("It covers {}.", covers(leaf(subject))));
}

// --- what the certificate may be used for, and how strong it is

Judgement number(const Subject& subject, std::initializer_list<int> errors, std::string title, std::string observed) {
  if (std::find(errors.begin(), errors.end(), complaint(subject).error) == errors.end()) return pass();
  return bad(subject, std::move(title), std::move(observed),
             fmt::format("OpenSSL error {} at depth {}: {}", complaint(subject).error, complaint(subject).depth,
                         X509_verify_cert_error_string(complaint(subject).error)));
}

Judgement key_strength(const Subject& subject) {
  if (!refused(subject) || leaf(subject) == nullptr) return pass();
  return number(subject, {X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL}, "a key of the chain is too weak",
                fmt::format("The server's own has {} bits.", EVP_PKEY_get_bits(X509_get0_pubkey(leaf(subject)))));
}
Judgement signature_strength(const Subject& subject) {
  return number(subject, {X509_V_ERR_CA_MD_TOO_WEAK}, "a certificate is signed with a digest that is too weak",
                "SHA-1 or MD5; SHA-256 or better is needed.");
}
Judgement usage(const Subject& subject) {
  return number(subject, {X509_V_ERR_INVALID_PURPOSE}, "the certificate is not for servers",
                "Its extended key usage lacks server authentication.");
}
Judgement issuer_is_ca(const Subject& subject) {
  return number(subject, {X509_V_ERR_INVALID_CA}, "an intermediate certificate is not an authority",
                "It may not issue certificates.");
}
Judgement name_constraints(const Subject& subject) {
  return number(subject, {X509_V_ERR_PERMITTED_VIOLATION, X509_V_ERR_EXCLUDED_VIOLATION},
                "an intermediate certificate is not allowed to vouch for this name",
                "Its name constraints exclude the host.");
}
Judgement signature(const Subject& subject) {
  return number(subject, {X509_V_ERR_CERT_SIGNATURE_FAILURE}, "the signature on a certificate is wrong",
                "The file is damaged, or another key of the same name has signed it. curl calls this 35, not 60.");
}
Judgement accepted(const Subject& subject) {
  if (!refused(subject)) return pass();
  return bad(subject, "the certificate is refused", subject.at.strict->tls.certificate_text);
}

constexpr Check address_check(std::string_view id, std::string_view holds, Remedy remedy,
                              Judgement (*judge)(const Subject&)) {
  return {id, holds, Scope::address, Level::connected, Severity::fatal, remedy, judge, true};
}

constexpr Check kChecks[] = {
    address_check("cert.self_signed", "the certificate is not signed by itself", Remedy::public_certificate,
                  self_signed),
    address_check("cert.cross_signed", "the intermediate leads to a trusted root", Remedy::full_chain, cross_signed),
    address_check("cert.wrong_intermediate", "the intermediate sent is the right one", Remedy::full_chain,
                  chain_unrelated),
    address_check("cert.incomplete_chain", "the chain is complete as sent", Remedy::full_chain, chain_incomplete),
    address_check("cert.private_root", "no private root is sent", Remedy::public_certificate, private_root),
    address_check("cert.private_authority", "the chain ends in a public root", Remedy::public_certificate, private_ca),
    address_check("cert.unknown_root", "the issuer is public", Remedy::public_certificate, unknown_root),
    address_check("cert.unknown_issuer", "the issuer is known", Remedy::full_chain, chain_undecided),
    address_check("cert.expired", "the certificate has not expired", Remedy::renew, expired),
    address_check("cert.chain_expired", "no certificate of the chain has expired", Remedy::full_chain, chain_expired),
    address_check("cert.not_yet_valid", "the certificate is valid already", Remedy::renew, not_yet_valid),
    address_check("cert.name_warned", "the server does not warn about the name", Remedy::virtual_host, name_warned),
    address_check("cert.wildcard", "the wildcard covers the name", Remedy::public_certificate, wildcard),
    address_check("cert.no_name", "the certificate names a host", Remedy::public_certificate, names_a_host),
    address_check("cert.virtual_host", "there is a virtual host for the name", Remedy::virtual_host, virtual_host),
    address_check("cert.name", "the certificate covers the name", Remedy::virtual_host, right_name),
    address_check("cert.address", "the certificate covers the address", Remedy::public_certificate, right_address),
    address_check("cert.weak_key", "the keys are strong", Remedy::public_certificate, key_strength),
    address_check("cert.weak_signature", "the signatures are strong", Remedy::public_certificate, signature_strength),
    address_check("cert.usage", "the certificate is for servers", Remedy::public_certificate, usage),
    address_check("cert.not_an_authority", "the intermediates are authorities", Remedy::full_chain, issuer_is_ca),
    address_check("cert.name_constraints", "the intermediates may vouch for the name", Remedy::public_certificate,
                  name_constraints),
    address_check("cert.signature", "the signatures are right", Remedy::full_chain, signature),
    address_check("cert.refused", "the certificate is accepted", Remedy::public_certificate, accepted),
};

}  // namespace

std::span<const Check> certificate_checks() {
  return kChecks;
}

}  // namespace hookdrill
