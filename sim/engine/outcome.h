// How an attempt ended: phase × cause × side. One list, from which codes, sides and curl numbers follow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hookdrill {

/// The parts of an attempt, in the order in which they happen. Also the index of their times.
enum class Phase : std::uint8_t { dns, connect, tls, write, wait, read };
inline constexpr int kPhases = 6;
std::string_view phase_name(Phase phase);

/// Who is to blame, as far as one end of the wire can tell.
enum class Side : std::uint8_t { client, path, server, unknown };
std::string_view side_name(Side side);

/// One entry per outcome code; http answers carry their status beside it. Append only.
enum class OutcomeKind : std::uint8_t {
  ok,
  dns_not_found,
  dns_timeout,
  connect_timeout,
  connect_refused,
  connect_unreachable,
  connect_reset,
  tls_timeout,
  tls_reset,
  tls_closed,
  tls_alert,
  tls_certificate,
  tls_protocol,
  write_timeout,
  write_reset,
  wait_timeout,
  wait_reset,
  wait_closed,
  read_timeout,
  read_reset,
  read_closed,
  read_malformed,
  http_status,
  client_ports,
  client_fds,
  client_other,
  http_accepted,
};
inline constexpr int kOutcomeKinds = static_cast<int>(OutcomeKind::http_accepted) + 1;

struct Outcome {
  OutcomeKind kind = OutcomeKind::ok;
  std::uint16_t http_status = 0;  // of the answer, 0 when there was none

  bool ok() const { return kind == OutcomeKind::ok; }
  bool answered() const { return http_status != 0; }
  /// No HTTP answer, and the reason was neither our verdict on the certificate, nor a refusal, nor ourselves.
  bool dropped() const;
  bool operator==(const Outcome&) const = default;
  auto operator<=>(const Outcome&) const = default;
};

/// "connect.timeout", "http.503", "ok".
std::string outcome_code(const Outcome& outcome);
/// Reads outcome_code()'s text back.
std::optional<Outcome> outcome_from_code(std::string_view code);

Side outcome_side(const Outcome& outcome);

/// The CURLcode that libcurl would have shown (curl/curl.h); 0 for an HTTP answer of any status. Source: curl 7.88
/// against the same endpoints (tests/integration).
int outcome_curl_errno(const Outcome& outcome);

/// One sentence for a person: what happened, without guessing.
std::string_view outcome_meaning(const Outcome& outcome);

}  // namespace hookdrill
