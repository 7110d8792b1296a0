#include "live/chain_cache.h"

#include <algorithm>

namespace hookdrill {
namespace {

void append(X509* certificate, std::string& der) {
  const int size = i2d_X509(certificate, nullptr);  // the bytes that came: OpenSSL keeps them
  if (size <= 0) return;
  const std::size_t before = der.size();
  der.resize(before + static_cast<std::size_t>(size));
  auto* to = reinterpret_cast<unsigned char*>(der.data() + before);
  i2d_X509(certificate, &to);
}

std::string certificates_of(X509_STORE_CTX* context) {
  std::string der;
  append(X509_STORE_CTX_get0_cert(context), der);
  const STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(context);
  for (int i = 0; i < sk_X509_num(sent); ++i) append(sk_X509_value(sent, i), der);
  return der;
}

// How long a verified chain stays valid, at most kLifetime.
std::chrono::seconds lifetime(X509_STORE_CTX* context) {
  std::chrono::seconds lifetime = ChainCache::kLifetime;
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    int days = 0, seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(sk_X509_value(chain, i))) != 1) return {};
    if (days == 0) lifetime = std::min(lifetime, std::chrono::seconds(seconds));
  }
  return lifetime;
}

}  // namespace

bool ChainCache::verify(X509_STORE_CTX* context, Clock::time_point now) {
  std::string certificates = certificates_of(context);
  std::erase_if(chains_, [&](const Verified& chain) { return chain.until <= now; });
  const bool known = std::any_of(chains_.begin(), chains_.end(),
                                 [&](const Verified& chain) { return chain.certificates == certificates; });
  if (known) {
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return true;
  }
  if (X509_verify_cert(context) != 1) return false;
  if (chains_.size() < kChainsMax) chains_.push_back({std::move(certificates), now + lifetime(context)});
  return true;
}

}  // namespace hookdrill
