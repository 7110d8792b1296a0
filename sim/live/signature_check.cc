#include "live/signature_check.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>

#include <array>
#include <cstdint>

#include "base/check.h"
#include "base/encoding.h"

namespace hookdrill {

SignatureCheck::SignatureCheck(const Secret& app_secret) {
  const EvpMacPtr mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  hmac_.reset(EVP_MAC_CTX_new(mac.get()));
  char digest[] = "SHA256";
  const std::array<OSSL_PARAM, 2> parameters = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                                OSSL_PARAM_construct_end()};
  const std::string& key = app_secret.reveal();
  HOOKDRILL_CHECK(EVP_MAC_init(hmac_.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                               parameters.data()) == 1);
}

bool SignatureCheck::holds(std::string_view body, std::string_view header) {
  constexpr std::string_view kPrefix = "sha256=";
  if (!header.starts_with(kPrefix)) return false;
  std::array<std::uint8_t, 32> digest{};
  std::size_t size = 0;
  HOOKDRILL_CHECK(EVP_MAC_init(hmac_.get(), nullptr, 0, nullptr) == 1);
  HOOKDRILL_CHECK(EVP_MAC_update(hmac_.get(), reinterpret_cast<const unsigned char*>(body.data()), body.size()) == 1);
  HOOKDRILL_CHECK(EVP_MAC_final(hmac_.get(), digest.data(), &size, digest.size()) == 1 && size == digest.size());
  const std::string wanted = to_hex(digest);
  const std::string_view given = header.substr(kPrefix.size());
  return given.size() == wanted.size() && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace hookdrill
