#include "live/pki.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>
#include <string_view>
#include <utility>

#include "base/check.h"

namespace hookdrill {
namespace {

constexpr long kDay = 24L * 60 * 60;
constexpr long kYear = 365 * kDay;

// When a certificate is valid, in seconds from now.
struct Validity {
  long from = -kDay;  // clocks of two machines may differ
  long until = 90 * kDay;
};

struct Identity {
  X509Ptr certificate;
  EvpPkeyPtr key;
};

EvpPkeyPtr new_key() {
  EvpPkeyPtr key(EVP_EC_gen("P-256"));
  HOOKDRILL_CHECK(key != nullptr);
  return key;
}

void set_name(X509_NAME* name, const std::string& common_name) {
  const auto add = [&](const char* field, std::string_view text) {
    HOOKDRILL_CHECK(X509_NAME_add_entry_by_txt(name, field, MBSTRING_ASC,
                                               reinterpret_cast<const unsigned char*>(text.data()),
                                               static_cast<int>(text.size()), -1, 0) == 1);
  };
  add("O", "hookdrill receiver");
  add("CN", common_name.size() <= 64 ? common_name : "hookdrill leaf");  // RFC 5280: ub-common-name is 64
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  HOOKDRILL_CHECK(extension != nullptr);
  HOOKDRILL_CHECK(X509_add_ext(certificate, extension.get(), -1) == 1);
}

// The names are set as data, never as OpenSSL configuration text: a comma in a host must not become a second name.
void add_subject_alt_names(X509* certificate, const std::vector<std::string>& hosts) {
  using NamesPtr = std::unique_ptr<GENERAL_NAMES, OpensslFree<GENERAL_NAMES_free>>;
  NamesPtr names(GENERAL_NAMES_new());
  for (const std::string& host : hosts) {
    std::array<unsigned char, 16> address{};
    const bool v4 = inet_pton(AF_INET, host.c_str(), address.data()) == 1;
    const bool v6 = !v4 && inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
    const bool is_address = v4 || v6;
    ASN1_STRING* value = ASN1_STRING_type_new(is_address ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    const void* bytes = is_address ? static_cast<const void*>(address.data()) : host.data();
    HOOKDRILL_CHECK(ASN1_STRING_set(value, bytes, is_address ? (v4 ? 4 : 16) : static_cast<int>(host.size())) == 1);
    GENERAL_NAME* name = GENERAL_NAME_new();
    GENERAL_NAME_set0_value(name, is_address ? GEN_IPADD : GEN_DNS, value);
    HOOKDRILL_CHECK(sk_GENERAL_NAME_push(names.get(), name) > 0);
  }
  HOOKDRILL_CHECK(X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1);
}

X509Ptr new_certificate(const std::string& common_name, EVP_PKEY* key, X509* issuer, const Validity& validity) {
  X509Ptr certificate(X509_new());
  HOOKDRILL_CHECK(certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  std::uint64_t serial = 0;
  HOOKDRILL_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), validity.from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity.until);
  set_name(X509_get_subject_name(certificate.get()), common_name);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer != nullptr ? issuer : certificate.get()));
  HOOKDRILL_CHECK(X509_set_pubkey(certificate.get(), key) == 1);
  return certificate;
}

void sign(X509* certificate, EVP_PKEY* issuer_key) {
  HOOKDRILL_CHECK(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
}

Identity new_authority(const std::string& common_name, const Identity* issuer, long lifetime) {
  Identity authority{nullptr, new_key()};
  X509* issuer_certificate = issuer != nullptr ? issuer->certificate.get() : nullptr;
  authority.certificate = new_certificate(common_name, authority.key.get(), issuer_certificate, {-kDay, lifetime});
  X509* certificate = authority.certificate.get();
  if (issuer_certificate == nullptr) issuer_certificate = certificate;
  add_extension(certificate, issuer_certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, issuer_certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate, issuer_certificate, NID_subject_key_identifier, "hash");
  add_extension(certificate, issuer_certificate, NID_authority_key_identifier, "keyid:always");
  sign(certificate, issuer != nullptr ? issuer->key.get() : authority.key.get());
  return authority;
}

struct LeafRequest {
  std::string common_name;
  std::vector<std::string> alt_names;  // empty: no SAN at all
  Validity validity;
  std::string aia_url;  // "": no AIA
  const char* usage = "serverAuth";
};

// `issuer` null: self-signed.
Identity new_leaf(const LeafRequest& request, const Identity* issuer) {
  Identity leaf{nullptr, new_key()};
  X509* issuer_certificate = issuer != nullptr ? issuer->certificate.get() : nullptr;
  leaf.certificate = new_certificate(request.common_name, leaf.key.get(), issuer_certificate, request.validity);
  X509* certificate = leaf.certificate.get();
  if (issuer_certificate == nullptr) issuer_certificate = certificate;
  add_extension(certificate, issuer_certificate, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate, issuer_certificate, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate, issuer_certificate, NID_ext_key_usage, request.usage);
  add_extension(certificate, issuer_certificate, NID_subject_key_identifier, "hash");
  add_extension(certificate, issuer_certificate, NID_authority_key_identifier, "keyid");
  if (!request.alt_names.empty()) add_subject_alt_names(certificate, request.alt_names);
  if (!request.aia_url.empty())
    add_extension(certificate, issuer_certificate, NID_info_access, "caIssuers;URI:" + request.aia_url);
  sign(certificate, issuer != nullptr ? issuer->key.get() : leaf.key.get());
  return leaf;
}

LeafRequest leaf_request(ReceiverCertificate kind, const std::string& host, const std::string& aia_url) {
  LeafRequest request{host, {host}, {}, aia_url, "serverAuth"};
  if (host != "localhost") request.alt_names.push_back("localhost");
  switch (kind) {
    case ReceiverCertificate::good:
    case ReceiverCertificate::leaf_only:
    case ReceiverCertificate::private_ca:
      break;
    case ReceiverCertificate::self_signed:
    case ReceiverCertificate::leaf_only_no_aia:
      request.aia_url.clear();
      break;
    case ReceiverCertificate::expired:
      request.validity = {-90 * kDay, -2 * kDay};
      break;
    case ReceiverCertificate::not_yet_valid:
      request.validity = {2 * kDay, 90 * kDay};
      break;
    case ReceiverCertificate::wrong_host:
      request.common_name = "www.other.test";
      request.alt_names = {"www.other.test", "other.test"};
      break;
    case ReceiverCertificate::no_san:
      request.alt_names.clear();
      break;
  }
  return request;
}

std::string to_pem(X509* certificate) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  HOOKDRILL_CHECK(bio != nullptr && PEM_write_bio_X509(bio.get(), certificate) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string to_pem(EVP_PKEY* key) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  HOOKDRILL_CHECK(bio != nullptr &&
                  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string to_der(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  HOOKDRILL_CHECK(size > 0);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

int choose_http11(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                  unsigned offered_size, void*) {
  static constexpr std::array<unsigned char, 9> kHttp11 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* match = nullptr;
  const int result = SSL_select_next_proto(&match, chosen_size, kHttp11.data(), kHttp11.size(), offered, offered_size);
  if (result != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Pki make_pki(ReceiverCertificate certificate, const std::string& host, const std::string& aia_url) {
  const Identity root = new_authority("hookdrill root", nullptr, 10 * kYear);
  const bool known_root = certificate != ReceiverCertificate::private_ca;
  const Identity private_root = known_root ? Identity{} : new_authority("hookdrill private root", nullptr, 10 * kYear);
  Identity intermediate = new_authority(known_root ? "hookdrill intermediate" : "hookdrill private intermediate",
                                        known_root ? &root : &private_root, 3 * kYear);
  const bool self_signed = certificate == ReceiverCertificate::self_signed;
  Identity leaf = new_leaf(leaf_request(certificate, host, aia_url), self_signed ? nullptr : &intermediate);

  Pki pki;
  pki.root_pem = to_pem(root.certificate.get());
  pki.intermediate_der = to_der(intermediate.certificate.get());
  pki.leaf_key = std::move(leaf.key);
  pki.leaf = std::move(leaf.certificate);
  const bool leaf_only = certificate == ReceiverCertificate::leaf_only ||
                         certificate == ReceiverCertificate::leaf_only_no_aia || self_signed;
  if (!leaf_only) pki.sent.push_back(std::move(intermediate.certificate));
  return pki;
}

ClientPki make_client_pki(const std::string& authority) {
  const Identity root = new_authority(authority, nullptr, 10 * kYear);
  const Identity intermediate = new_authority(authority + " intermediate", &root, 3 * kYear);
  const LeafRequest request{"client.webhooks.fbclientcerts.com", {}, {-kDay, kYear}, "", "clientAuth"};
  const Identity client = new_leaf(request, &intermediate);
  return {to_pem(root.certificate.get()),
          to_pem(client.key.get()) + to_pem(client.certificate.get()) + to_pem(intermediate.certificate.get())};
}

void use_pki(const Pki& pki, SSL_CTX* context) {
  // Without it OpenSSL would complete a leaf-only chain by itself, from any store it is given.
  SSL_CTX_set_mode(context, SSL_MODE_NO_AUTO_CHAIN | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, choose_http11, nullptr);
  HOOKDRILL_CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
  HOOKDRILL_CHECK(SSL_CTX_use_certificate(context, pki.leaf.get()) == 1);
  HOOKDRILL_CHECK(SSL_CTX_use_PrivateKey(context, pki.leaf_key.get()) == 1);
  for (const X509Ptr& certificate : pki.sent) HOOKDRILL_CHECK(SSL_CTX_add1_chain_cert(context, certificate.get()) == 1);
}

}  // namespace hookdrill
