#include "plan/request.h"

#include <fmt/core.h>

#include <iterator>
#include <utility>

#include "base/encoding.h"

namespace hookdrill {
namespace {

template <std::size_t kLength>
std::string_view view(const std::array<char, kLength>& text) {
  return {text.data(), text.size()};
}

// `target` as given, byte for byte.
RequestHead make_head(const Endpoint& endpoint, std::string_view target, const ClientProfile& profile) {
  RequestHead head;
  std::string text = fmt::format("{} {} HTTP/1.1\r\n", profile.method, target);
  for (const HeaderLine& line : profile.headers) {
    text += fmt::format("{}: ", line.name);
    if (line.kind == HeaderValue::fixed) text += line.value;
    if (line.kind == HeaderValue::host) text += host_header(endpoint);
    if (line.kind == HeaderValue::sha1) text += "sha1=";
    if (line.kind == HeaderValue::sha256) text += "sha256=";
    const bool constant = line.kind == HeaderValue::fixed || line.kind == HeaderValue::host;
    if (!constant) head.pieces.push_back({std::exchange(text, ""), line.kind});
    text += "\r\n";
  }
  head.pieces.push_back({text + "\r\n", HeaderValue::fixed});
  return head;
}

}  // namespace

std::string host_header(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + endpoint.host + "]" : endpoint.host;
  const int usual_port = endpoint.tls ? 443 : 80;
  return endpoint.port == usual_port ? host : fmt::format("{}:{}", host, endpoint.port);
}

RequestWriter::RequestWriter(const Endpoint& endpoint, std::string_view client, const Payloads& payloads)
    : payloads_(&payloads),
      signer_(endpoint.app_secret),
      usual_(make_head(endpoint, endpoint.target, client_profile(client))),
      changes_(make_head(endpoint, endpoint.target, client_profile("changes"))) {}

void RequestWriter::post(std::uint64_t delivery, std::string& out) {
  payloads_->body(delivery, body_);
  const Signer::Signatures signatures = signer_.sign(body_);
  out.clear();
  for (const RequestHead::Piece& piece : (payloads_->client(delivery) == "changes" ? changes_ : usual_).pieces) {
    out += piece.text;
    if (piece.value == HeaderValue::sha1) out += view(signatures.sha1);
    if (piece.value == HeaderValue::sha256) out += view(signatures.sha256);
    if (piece.value == HeaderValue::content_length) fmt::format_to(std::back_inserter(out), "{}", body_.size());
  }
  out += body_;
}

std::string verification_request(const Endpoint& endpoint, std::string_view mode, std::string_view challenge,
                                 std::string_view verify_token) {
  const char joint = endpoint.target.find('?') == std::string::npos ? '?' : '&';
  const std::string target = fmt::format("{}{}hub.mode={}&hub.challenge={}&hub.verify_token={}", endpoint.target, joint,
                                         percent_encode(mode), percent_encode(challenge), percent_encode(verify_token));
  return make_head(endpoint, target, client_profile("verify")).pieces[0].text;
}

}  // namespace hookdrill
