#include "plan/request.h"

#include <fmt/core.h>

#include <utility>

#include "base/encoding.h"
#include "plan/address.h"

namespace hookdrill {
namespace {

template <std::size_t kLength>
std::string_view view(const std::array<char, kLength>& text) {
  return {text.data(), text.size()};
}

// `target` as given, byte for byte.
RequestHead make_head(const Endpoint& endpoint, std::string_view target, const ClientProfile& profile) {
  RequestHead head;
  head.end = fmt::format("{} {} HTTP/1.1\r\n", profile.method, target);
  for (const HeaderLine& line : profile.headers) {
    const std::string label = fmt::format("{}: ", line.name);
    switch (line.kind) {
      case HeaderValue::fixed:
        head.end += fmt::format("{}{}\r\n", label, line.value);
        break;
      case HeaderValue::host:
        head.end += fmt::format("{}{}\r\n", label, host_header(endpoint));
        break;
      case HeaderValue::sha1:
        head.lines.push_back({std::exchange(head.end, ""), label + "sha1=", line.kind});
        break;
      case HeaderValue::sha256:
        head.lines.push_back({std::exchange(head.end, ""), label + "sha256=", line.kind});
        break;
      case HeaderValue::content_length:
        head.lines.push_back({std::exchange(head.end, ""), label, line.kind});
        break;
    }
  }
  head.end += "\r\n";
  return head;
}

bool leaves_out(Negative negative, HeaderValue line) {
  const bool signature = line == HeaderValue::sha1 || line == HeaderValue::sha256;
  if (negative == Negative::sha1_only) return line == HeaderValue::sha256;
  return negative == Negative::missing_signature && signature;
}

// Makes wrong what should be, after the genuine body was signed.
void spoil(Negative negative, Signer::Signatures& signatures, std::string& body) {
  if (negative == Negative::wrong_signature) {
    falsify(signatures.sha1);
    falsify(signatures.sha256);
  } else if (negative == Negative::upper_case_signature) {
    to_upper_case(signatures.sha1);
    to_upper_case(signatures.sha256);
  } else if (negative == Negative::truncated_body) {
    body.resize(body.size() / 2);
  } else if (negative == Negative::reserialised_body) {
    reserialise(body);
  }
}

}  // namespace

std::string host_header(const Endpoint& endpoint) {
  const int usual_port = endpoint.tls ? 443 : 80;
  const std::string whole = host_port_text(endpoint.host, endpoint.port);
  return endpoint.port == usual_port ? whole.substr(0, whole.rfind(':')) : whole;
}

RequestWriter::RequestWriter(const Endpoint& endpoint, std::string_view client, const Payloads& payloads)
    : payloads_(&payloads),
      signer_(endpoint.app_secret),
      usual_(make_head(endpoint, endpoint.target, client_profile(client))),
      changes_(make_head(endpoint, endpoint.target, client_profile("changes"))) {}

void RequestWriter::post(std::uint64_t delivery, std::string& out) {
  // The body goes where it will stay if this head gets as long as the last one, which it nearly always does.
  const std::size_t room = head_.size();
  out.assign(room, ' ');
  payloads_->append_body(delivery, out);
  Signer::Signatures signatures = signer_.sign(std::string_view(out).substr(room));
  const Negative negative = payloads_->negative(delivery);
  if (negative != Negative::none) {
    std::string body = out.substr(room);
    spoil(negative, signatures, body);
    out.replace(room, std::string::npos, body);
  }
  write_head(payloads_->client(delivery) == "changes" ? changes_ : usual_, negative, signatures, out.size() - room);
  out.replace(0, room, head_);
}

void RequestWriter::post_body(std::string_view body, std::string& out) {
  write_head(usual_, Negative::none, signer_.sign(body), body.size());
  out = head_;
  out += body;
}

void RequestWriter::write_head(const RequestHead& head, Negative negative, const Signer::Signatures& signatures,
                               std::size_t body_bytes) {
  head_.clear();
  for (const RequestHead::Line& line : head.lines) {
    head_ += line.before;
    if (leaves_out(negative, line.value)) continue;
    head_ += line.label;
    if (line.value == HeaderValue::sha1) head_ += view(signatures.sha1);
    if (line.value == HeaderValue::sha256) head_ += view(signatures.sha256);
    if (line.value == HeaderValue::content_length) head_ += std::to_string(body_bytes);
    head_ += "\r\n";
  }
  head_ += head.end;
}

std::string verification_request(const Endpoint& endpoint, std::string_view mode, std::string_view challenge,
                                 std::string_view verify_token) {
  const char joint = endpoint.target.find('?') == std::string::npos ? '?' : '&';
  const std::string target = fmt::format("{}{}hub.mode={}&hub.challenge={}&hub.verify_token={}", endpoint.target, joint,
                                         percent_encode(mode), percent_encode(challenge), percent_encode(verify_token));
  return make_head(endpoint, target, client_profile("verify")).end;
}

}  // namespace hookdrill
