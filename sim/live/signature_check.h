// Does X-Hub-Signature-256 fit the bytes that arrived? Written apart from plan/signature on purpose: the receiver must
// not inherit a mistake of the sender.
#pragma once

#include <string_view>

#include "live/openssl_ptr.h"
#include "plan/scenario.h"

namespace hookdrill {

/// Checks against one app secret. Not thread-safe: one per thread.
class SignatureCheck {
 public:
  explicit SignatureCheck(const Secret& app_secret);

  /// `header`: the value of X-Hub-Signature-256, "sha256=" and 64 lower-case hex digits; anything else is wrong. The
  /// comparison takes the same time wherever the first difference is.
  bool holds(std::string_view body, std::string_view header);

 private:
  EvpMacCtxPtr hmac_;  // keyed once; each init without a key starts over
};

}  // namespace hookdrill
