// The bytes on the wire: request line and headers of Meta's clients (verify, messaging, changes) around a body.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/client_profile.h"
#include "plan/payload.h"
#include "plan/signature.h"

namespace hookdrill {

/// The head of one client's requests, cut where a value depends on the delivery.
struct RequestHead {
  struct Line {
    std::string before;  // the fixed lines before it
    std::string label;   // "X-Hub-Signature: sha1="
    HeaderValue value = HeaderValue::content_length;
  };
  std::vector<Line> lines;
  std::string end;  // the fixed lines behind the last, and the empty one
};

/// Writes whole HTTP/1.1 requests for one endpoint. Not thread-safe (it signs): one per worker and path.
class RequestWriter {
 public:
  /// `client`: messaging | changes, for the types that either could send; types of the changes client always go out
  /// as its. `payloads` must outlive the writer.
  RequestWriter(const Endpoint& endpoint, std::string_view client, const Payloads& payloads);

  /// Replaces `out` by the signed POST of a delivery: head and body in one buffer. The same for every attempt. What is
  /// wrong on purpose with the delivery (Payloads::negative) is wrong in it.
  void post(std::uint64_t delivery, std::string& out);

  /// Replaces `out` by the signed POST of any body.
  void post_body(std::string_view body, std::string& out);

 private:
  void write_head(const RequestHead& head, Negative negative, const Signer::Signatures& signatures,
                  std::size_t body_bytes);

  const Payloads* payloads_;
  Signer signer_;
  RequestHead usual_;
  RequestHead changes_;
  std::string head_;  // the last one
};

/// The verification GET with Meta's parameter order: hub.mode, hub.challenge, hub.verify_token (source: Graph webhooks
/// guide; captures of 2018 and 2019). Joined to the target by "?", or by "&" when it has a query (unknown for Meta).
std::string verification_request(const Endpoint& endpoint, std::string_view mode, std::string_view challenge,
                                 std::string_view verify_token);

/// The value of the Host header: with the port only when it is not the scheme's, a v6 address in brackets.
std::string host_header(const Endpoint& endpoint);

}  // namespace hookdrill
