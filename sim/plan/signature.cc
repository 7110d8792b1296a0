#include "plan/signature.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/check.h"

namespace hookdrill {
namespace {

// One HMAC with its key already expanded: starting again costs no key schedule and no look-up of the algorithm.
class KeyedHmac {
 public:
  KeyedHmac(const char* digest, const std::string& key) {
    EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    HOOKDRILL_CHECK(mac != nullptr);
    context_ = EVP_MAC_CTX_new(mac);
    EVP_MAC_free(mac);  // the context holds its own reference
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
        OSSL_PARAM_construct_end(),
    };
    // An empty key must still be a key: a null pointer would mean "keep the one you have".
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
    HOOKDRILL_CHECK(context_ != nullptr && EVP_MAC_init(context_, bytes, key.size(), params) == 1);
  }
  ~KeyedHmac() { EVP_MAC_CTX_free(context_); }
  KeyedHmac(const KeyedHmac&) = delete;
  KeyedHmac& operator=(const KeyedHmac&) = delete;

  template <std::size_t kBytes>
  void sign(std::string_view body, std::array<std::uint8_t, kBytes>& mac) {
    std::size_t length = 0;
    const bool ok = EVP_MAC_init(context_, nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(context_, reinterpret_cast<const unsigned char*>(body.data()), body.size()) == 1 &&
                    EVP_MAC_final(context_, mac.data(), &length, mac.size()) == 1;
    HOOKDRILL_CHECK(ok && length == kBytes);
  }

 private:
  EVP_MAC_CTX* context_ = nullptr;
};

template <std::size_t kBytes>
void write_hex(const std::array<std::uint8_t, kBytes>& bytes, std::array<char, 2 * kBytes>& text) {
  for (std::size_t i = 0; i < kBytes; ++i) {
    text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
    text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
  }
}

}  // namespace

struct Signer::Impl {
  explicit Impl(const std::string& key) : sha256("SHA256", key), sha1("SHA1", key) {}
  KeyedHmac sha256;
  KeyedHmac sha1;
};

Signer::Signer(const Secret& app_secret) : impl_(std::make_unique<Impl>(app_secret.reveal())) {}
Signer::~Signer() = default;
Signer::Signer(Signer&&) noexcept = default;
Signer& Signer::operator=(Signer&&) noexcept = default;

Signer::Signatures Signer::sign(std::string_view body) {
  std::array<std::uint8_t, 32> sha256;
  std::array<std::uint8_t, 20> sha1;
  impl_->sha256.sign(body, sha256);
  impl_->sha1.sign(body, sha1);
  Signatures signatures;
  write_hex(sha256, signatures.sha256);
  write_hex(sha1, signatures.sha1);
  return signatures;
}

}  // namespace hookdrill
