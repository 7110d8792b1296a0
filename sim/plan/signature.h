// X-Hub-Signature-256 and X-Hub-Signature over the exact bytes of a body.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "plan/scenario.h"

namespace hookdrill {

/// Signs with one app secret. Not thread-safe: one per worker. The key is the secret's text, not its decoded hex
/// (source: Meta, webhook guide; captures).
class Signer {
 public:
  explicit Signer(const Secret& app_secret);
  ~Signer();
  Signer(Signer&&) noexcept;
  Signer& operator=(Signer&&) noexcept;

  /// Lower-case hex HMAC of `body`; both at once. Never fails.
  struct Signatures {
    std::array<char, 64> sha256;
    std::array<char, 40> sha1;
  };
  Signatures sign(std::string_view body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hookdrill
