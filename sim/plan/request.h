// The bytes on the wire: request line and headers of Meta's clients (verify, messaging, changes) around a body.
#pragma once

#include <string>
#include <string_view>

#include "plan/payload.h"
#include "plan/signature.h"

namespace hookdrill {

/// Writes whole HTTP/1.1 requests for one endpoint. Not thread-safe (it signs): one per worker and path.
class RequestWriter {
 public:
  /// `client`: messaging | changes.
  RequestWriter(const Endpoint& endpoint, std::string_view client, const Payloads& payloads);

  /// Replaces `out` by the signed POST of a delivery: head and body in one buffer. The same for every attempt.
  void post(std::uint64_t delivery, std::string& out);

 private:
  std::string head_;  // up to and including "Content-Length: "
  const Payloads* payloads_;
  Signer signer_;
  std::string body_;  // scratch
};

/// The verification GET with Meta's parameter order: hub.mode, hub.challenge, hub.verify_token.
std::string verification_request(const Endpoint& endpoint, std::string_view mode, std::string_view challenge,
                                 std::string_view verify_token);

}  // namespace hookdrill
