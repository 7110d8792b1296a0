#include "live/tls_facts.h"

#include "base/encoding.h"

namespace hookdrill {
namespace {

std::vector<X509Ptr> copy_of(const STACK_OF(X509) * chain) {
  std::vector<X509Ptr> copy;
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* certificate = sk_X509_value(chain, i);
    X509_up_ref(certificate);
    copy.emplace_back(certificate);
  }
  return copy;
}

}  // namespace

TlsFacts tls_facts(SSL* ssl) {
  TlsFacts facts;
  facts.done = SSL_is_init_finished(ssl) == 1;
  facts.resumed = SSL_session_reused(ssl) == 1;
  if (SSL_get_current_cipher(ssl) != nullptr) {
    facts.version = SSL_get_version(ssl);
    facts.cipher = SSL_get_cipher_name(ssl);
  }
  if (facts.done) {
    const auto group = SSL_get_negotiated_group(ssl);
    const char* name = group == 0 ? nullptr : SSL_group_to_name(ssl, static_cast<int>(group));
    if (name != nullptr) facts.group = name;
  }
  const unsigned char* text = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl, &text, &length);
  if (length > 0) facts.alpn = printable({reinterpret_cast<const char*>(text), length});
  facts.chain = copy_of(SSL_get_peer_cert_chain(ssl));
  if (facts.done) facts.verified = copy_of(SSL_get0_verified_chain(ssl));
  unsigned char* staple = nullptr;
  const long staple_length = SSL_get_tlsext_status_ocsp_resp(ssl, &staple);
  if (staple != nullptr && staple_length > 0) facts.staple.assign(staple, staple + staple_length);
  return facts;
}

}  // namespace hookdrill
