#include "live/receiver_answer.h"

#include <fmt/core.h>
#include <openssl/crypto.h>

#include <boost/beast/http/status.hpp>
#include <optional>

#include "base/encoding.h"

namespace hookdrill {
namespace {

// The first value of a query parameter, decoded; nothing when it is not there.
std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (percent_decode(pair.substr(0, equals), true) != name) continue;
    return equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1), true);
  }
  return std::nullopt;
}

std::string_view reason_of(int status) {
  const std::string_view reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return reason.starts_with('<') ? "Unassigned" : reason;  // Beast's own word is <unknown-status>
}

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::string answer_text(int status, std::string_view body, bool keep_alive, bool http10) {
  const std::string_view reason = reason_of(status);
  const std::string_view connection = !keep_alive ? "Connection: close\r\n"
                                      : http10    ? "Connection: keep-alive\r\n"
                                                  : "";
  const bool bodiless = status == 204 || status == 304;
  if (bodiless) return fmt::format("HTTP/1.1 {} {}\r\nServer: hookdrill\r\n{}\r\n", status, reason, connection);
  return fmt::format(
      "HTTP/1.1 {} {}\r\nServer: hookdrill\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n{}\r\n{}", status,
      reason, body.size(), connection, body);
}

std::string_view answer_body(int status) {
  return status == 200 ? "EVENT_RECEIVED" : reason_of(status);
}

std::string_view first_half(std::string_view answer) {
  const std::size_t head_end = answer.find("\r\n\r\n");
  const std::size_t head = head_end == std::string_view::npos ? 0 : head_end + 4;
  const std::size_t body = answer.size() - head;
  return answer.substr(0, body > 0 ? head + body / 2 : head / 2);
}

ChallengeAnswer answer_challenge(std::string_view request_target, const Secret& verify_token) {
  const std::size_t mark = request_target.find('?');
  const std::string_view query = mark == std::string_view::npos ? "" : request_target.substr(mark + 1);
  const std::optional<std::string> challenge = query_value(query, "hub.challenge");
  const bool right = query_value(query, "hub.mode") == "subscribe" && challenge.has_value() &&
                     same_text(query_value(query, "hub.verify_token").value_or(""), verify_token.reveal()) &&
                     !verify_token.empty();
  if (!right) return {403, "Verification failed"};
  return {200, *challenge};
}

}  // namespace hookdrill
