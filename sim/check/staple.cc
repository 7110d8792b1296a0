#include "check/staple.h"

#include <fmt/core.h>
#include <openssl/ocsp.h>

#include "live/certificate_text.h"

namespace hookdrill {
namespace {

using OcspResponsePtr = std::unique_ptr<OCSP_RESPONSE, OpensslFree<OCSP_RESPONSE_free>>;
using OcspBasicPtr = std::unique_ptr<OCSP_BASICRESP, OpensslFree<OCSP_BASICRESP_free>>;
using OcspIdPtr = std::unique_ptr<OCSP_CERTID, OpensslFree<OCSP_CERTID_free>>;

constexpr long kSkewSeconds = 300;

using Kind = StapleState::Kind;

X509* issuer_of(X509* leaf, const std::vector<X509Ptr>& chain) {
  for (const X509Ptr& other : chain)
    if (other.get() != leaf && X509_check_issued(other.get(), leaf) == X509_V_OK) return other.get();
  return nullptr;
}

// Signed by the issuer itself, or by a responder that the issuer has certified for it.
bool is_signed(OCSP_BASICRESP* basic, X509* issuer) {
  const X509StorePtr store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), issuer);
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);  // the issuer is an intermediate, verified before
  STACK_OF(X509)* issuers = sk_X509_new_null();
  sk_X509_push(issuers, issuer);
  const bool good = OCSP_basic_verify(basic, issuers, store.get(), 0) == 1;
  sk_X509_free(issuers);
  ERR_clear_error();
  return good;
}

}  // namespace

StapleState read_staple(const TlsFacts& facts, const std::vector<X509Ptr>& chain) {
  const unsigned char* at = facts.staple.data();
  const OcspResponsePtr response(d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(facts.staple.size())));
  if (!response) return {Kind::useless, "It cannot be read."};
  const int status = OCSP_response_status(response.get());
  if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
    return {Kind::useless, fmt::format("It says: {}.", OCSP_response_status_str(status))};
  const OcspBasicPtr basic(OCSP_response_get1_basic(response.get()));
  X509* leaf = chain.front().get();
  X509* issuer = issuer_of(leaf, chain);
  if (!basic || issuer == nullptr) return {Kind::useless, "The certificate's issuer was not sent with it."};
  if (!is_signed(basic.get(), issuer))
    return {Kind::not_signed,
            fmt::format("Its signature is not of \"{}\".", common_name(X509_get_subject_name(issuer)))};
  const OcspIdPtr id(OCSP_cert_to_id(nullptr, leaf, issuer));
  int answer = 0, reason = 0;
  ASN1_GENERALIZEDTIME *revoked = nullptr, *from = nullptr, *until = nullptr;
  if (OCSP_resp_find_status(basic.get(), id.get(), &answer, &reason, &revoked, &from, &until) != 1)
    return {Kind::useless, "It is about another certificate."};
  const std::string span =
      fmt::format("from {} to {}", date_text(from), until == nullptr ? "any time" : date_text(until));
  if (answer == V_OCSP_CERTSTATUS_REVOKED)
    return {Kind::revoked, fmt::format("The server's own stapled answer says: revoked on {} ({}).", date_text(revoked),
                                       reason < 0 ? "no reason given" : OCSP_crl_reason_str(reason))};
  if (OCSP_check_validity(from, until, kSkewSeconds, -1) != 1) {
    ERR_clear_error();
    return {Kind::expired, fmt::format("It is valid {}.", span)};
  }
  if (answer != V_OCSP_CERTSTATUS_GOOD) return {Kind::useless, "It does not know the certificate."};
  return {Kind::good, "stapled: good, " + span};
}

bool demands_staple(X509* certificate) {
  auto* features = static_cast<TLS_FEATURE*>(X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr));
  bool demands = false;
  for (int i = 0; i < sk_ASN1_INTEGER_num(features); ++i)
    demands = demands || ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == 5;  // status_request
  sk_ASN1_INTEGER_pop_free(features, ASN1_INTEGER_free);
  return demands;
}

}  // namespace hookdrill
