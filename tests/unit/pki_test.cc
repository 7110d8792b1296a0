#include "live/pki.h"

#include <openssl/pem.h>

#include <optional>

#include "catch.h"

using namespace hookdrill;

namespace {

constexpr const char* kHost = "hooks.example.test";

struct Verdict {
  int error = 0;
  int depth = 0;
  bool operator==(const Verdict&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
  return out << verdict.error << "@" << verdict.depth;
}

X509Ptr from_pem(const std::string& pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return X509Ptr(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

X509Ptr from_der(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  return X509Ptr(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
}

// What a strict client that trusts only the handed-out root says of the chain as sent, plus `fetched`.
Verdict verify(const Pki& pki, const std::string& host = kHost, X509* fetched = nullptr) {
  const X509StorePtr store(X509_STORE_new());
  const X509Ptr root = from_pem(pki.root_pem);
  X509_STORE_add_cert(store.get(), root.get());
  STACK_OF(X509)* untrusted = sk_X509_new_null();
  for (const X509Ptr& certificate : pki.sent) sk_X509_push(untrusted, certificate.get());
  if (fetched != nullptr) sk_X509_push(untrusted, fetched);
  const X509StoreCtxPtr context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), pki.leaf.get(), untrusted);
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_auth_level(parameters, 2);
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) != 1)
    X509_VERIFY_PARAM_set1_host(parameters, host.data(), host.size());
  const bool good = X509_verify_cert(context.get()) == 1;
  const Verdict verdict = {X509_STORE_CTX_get_error(context.get()), X509_STORE_CTX_get_error_depth(context.get())};
  sk_X509_free(untrusted);
  ERR_clear_error();
  return good ? Verdict{} : verdict;
}

Pki pki_of(ReceiverCertificate certificate, const std::string& host = kHost) {
  return make_pki(certificate, host, "http://127.0.0.1:8443/intermediate.der");
}

// The URL of the issuer's certificate in the leaf.
std::optional<std::string> aia_url(const Pki& pki) {
  using AccessPtr = std::unique_ptr<AUTHORITY_INFO_ACCESS, OpensslFree<AUTHORITY_INFO_ACCESS_free>>;
  const AccessPtr access(
      static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(pki.leaf.get(), NID_info_access, nullptr, nullptr)));
  if (access == nullptr) return std::nullopt;
  const ASN1_IA5STRING* uri = sk_ACCESS_DESCRIPTION_value(access.get(), 0)->location->d.uniformResourceIdentifier;
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                     static_cast<std::size_t>(ASN1_STRING_length(uri)));
}

}  // namespace

TEST_CASE("pki: a good chain verifies for the host and for localhost") {
  const Pki pki = pki_of(ReceiverCertificate::good);
  CHECK(verify(pki) == Verdict{});
  CHECK(verify(pki, "localhost") == Verdict{});
  CHECK(verify(pki, "other.example.test") == Verdict{X509_V_ERR_HOSTNAME_MISMATCH, 0});
}

TEST_CASE("pki: each wrong certificate fails with its own error at its own depth") {
  CHECK(verify(pki_of(ReceiverCertificate::leaf_only)) == Verdict{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0});
  CHECK(verify(pki_of(ReceiverCertificate::leaf_only_no_aia)) ==
        Verdict{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 0});
  CHECK(verify(pki_of(ReceiverCertificate::self_signed)) == Verdict{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, 0});
  CHECK(verify(pki_of(ReceiverCertificate::private_ca)) == Verdict{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, 1});
  CHECK(verify(pki_of(ReceiverCertificate::expired)) == Verdict{X509_V_ERR_CERT_HAS_EXPIRED, 0});
  CHECK(verify(pki_of(ReceiverCertificate::not_yet_valid)) == Verdict{X509_V_ERR_CERT_NOT_YET_VALID, 0});
  CHECK(verify(pki_of(ReceiverCertificate::wrong_host)) == Verdict{X509_V_ERR_HOSTNAME_MISMATCH, 0});
  CHECK(verify(pki_of(ReceiverCertificate::wrong_host), "www.other.test") == Verdict{});
  CHECK(verify(pki_of(ReceiverCertificate::no_san)) == Verdict{X509_V_ERR_HOSTNAME_MISMATCH, 0});
}

TEST_CASE("pki: the intermediate behind the AIA address completes a leaf that stands alone") {
  const Pki pki = pki_of(ReceiverCertificate::leaf_only);
  CHECK(aia_url(pki) == "http://127.0.0.1:8443/intermediate.der");
  const X509Ptr intermediate = from_der(pki.intermediate_der);
  REQUIRE(intermediate != nullptr);
  CHECK(verify(pki, kHost, intermediate.get()) == Verdict{});
  CHECK(aia_url(pki_of(ReceiverCertificate::leaf_only_no_aia)) == std::nullopt);
}

TEST_CASE("pki: a host that is an address gets an address name") {
  CHECK(verify(pki_of(ReceiverCertificate::good, "127.0.0.1"), "127.0.0.1") == Verdict{});
  CHECK(verify(pki_of(ReceiverCertificate::good, "::1"), "::1") == Verdict{});
}

TEST_CASE("pki: a host name cannot smuggle in a second name, and may be as long as DNS allows") {
  const Pki pki = pki_of(ReceiverCertificate::good, "a.test,DNS:victim.test");
  CHECK(verify(pki, "victim.test") == Verdict{X509_V_ERR_HOSTNAME_MISMATCH, 0});
  const std::string label(60, 'a');
  const std::string longest = label + "." + label + "." + label + "." + label + ".test";
  CHECK(verify(pki_of(ReceiverCertificate::good, longest), longest) == Verdict{});
}

TEST_CASE("pki: two receivers share neither keys nor roots") {
  CHECK(pki_of(ReceiverCertificate::good).root_pem != pki_of(ReceiverCertificate::good).root_pem);
}
