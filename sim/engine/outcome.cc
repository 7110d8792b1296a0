#include "engine/outcome.h"

#include <fmt/core.h>

#include <array>
#include <charconv>

namespace hookdrill {
namespace {

struct Row {
  OutcomeKind kind;
  std::string_view code;
  Side side;
  int curl_errno;
  bool dropped;
  std::string_view meaning;
};

// In the order of OutcomeKind; row() checks it.
constexpr std::array<Row, kOutcomeKinds> kRows{{
    {OutcomeKind::ok, "ok", Side::server, 0, false, "answered with success"},
    {OutcomeKind::dns_not_found, "dns.not_found", Side::server, 6, true, "the host name has no address"},
    {OutcomeKind::dns_timeout, "dns.timeout", Side::unknown, 6, true, "the name servers did not answer"},
    {OutcomeKind::connect_timeout, "connect.timeout", Side::path, 28, true, "silent: no answer to SYN"},
    {OutcomeKind::connect_refused, "connect.refused", Side::server, 7, false, "nothing listens on the port"},
    {OutcomeKind::connect_unreachable, "connect.unreachable", Side::path, 7, true,
     "a router or firewall on the way said no"},
    {OutcomeKind::connect_reset, "connect.reset", Side::path, 7, true, "the connection was reset while it was opened"},
    {OutcomeKind::tls_timeout, "tls.timeout", Side::unknown, 28, true, "connected, but the TLS handshake did not end"},
    {OutcomeKind::tls_reset, "tls.reset", Side::unknown, 35, true, "connection reset during the TLS handshake"},
    {OutcomeKind::tls_closed, "tls.closed", Side::unknown, 35, true, "connection closed during the TLS handshake"},
    {OutcomeKind::tls_alert, "tls.alert", Side::server, 35, true, "the server refused the TLS handshake with an alert"},
    {OutcomeKind::tls_certificate, "tls.certificate", Side::server, 60, false,
     "the certificate is not valid for a strict client"},
    {OutcomeKind::tls_protocol, "tls.protocol", Side::server, 35, true,
     "the answer is not a TLS handshake that this client accepts"},
    {OutcomeKind::write_timeout, "write.timeout", Side::unknown, 28, true, "the request could not be written in time"},
    {OutcomeKind::write_reset, "write.reset", Side::unknown, 55, true,
     "connection reset while the request was written"},
    {OutcomeKind::wait_timeout, "wait.timeout", Side::server, 28, true, "the request was sent, no answer came in time"},
    {OutcomeKind::wait_reset, "wait.reset", Side::unknown, 56, true, "connection reset before an answer"},
    {OutcomeKind::wait_closed, "wait.closed", Side::server, 52, true, "connection closed without an answer"},
    {OutcomeKind::read_timeout, "read.timeout", Side::server, 28, true, "the answer began but did not end in time"},
    {OutcomeKind::read_reset, "read.reset", Side::unknown, 56, true, "connection reset in the middle of the answer"},
    {OutcomeKind::read_closed, "read.closed", Side::server, 18, true, "connection closed in the middle of the answer"},
    {OutcomeKind::read_malformed, "read.malformed", Side::server, 1, true, "the answer is not HTTP"},
    {OutcomeKind::http_status, "http", Side::server, 0, false, "answered with an HTTP status that is not a success"},
    {OutcomeKind::client_ports, "client.ports", Side::client, 7, false, "this machine ran out of local ports"},
    {OutcomeKind::client_fds, "client.fds", Side::client, 7, false, "this machine ran out of file descriptors"},
    {OutcomeKind::client_other, "client.other", Side::client, 2, false, "ended by hookdrill or by this machine"},
    {OutcomeKind::http_accepted, "http.accepted", Side::server, 0, false,
     "accepted a delivery that it must refuse, such as one with a wrong signature"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order());

const Row& row(const Outcome& outcome) {
  return kRows[static_cast<std::size_t>(outcome.kind)];
}

constexpr std::array<std::string_view, kPhases> kPhaseNames{"dns", "connect", "tls", "write", "wait", "read"};
constexpr std::array<std::string_view, 4> kSideNames{"client", "path", "server", "unknown"};

}  // namespace

std::string_view phase_name(Phase phase) {
  return kPhaseNames[static_cast<std::size_t>(phase)];
}
std::string_view side_name(Side side) {
  return kSideNames[static_cast<std::size_t>(side)];
}

bool Outcome::dropped() const {
  return http_status == 0 && row(*this).dropped;
}

std::string outcome_code(const Outcome& outcome) {
  if (outcome.kind == OutcomeKind::http_status) return fmt::format("http.{}", outcome.http_status);
  return std::string(row(outcome).code);
}

std::optional<Outcome> outcome_from_code(std::string_view code) {
  if (code.starts_with("http.") && code != "http.accepted") {
    std::uint16_t status = 0;
    const auto [rest, error] = std::from_chars(code.data() + 5, code.data() + code.size(), status);
    if (error != std::errc() || rest != code.data() + code.size()) return std::nullopt;
    return Outcome{OutcomeKind::http_status, status};
  }
  for (const Row& candidate : kRows) {
    if (candidate.code == code && candidate.kind != OutcomeKind::http_status) return Outcome{candidate.kind, 0};
  }
  return std::nullopt;
}

Side outcome_side(const Outcome& outcome) {
  return row(outcome).side;
}
int outcome_curl_errno(const Outcome& outcome) {
  return row(outcome).curl_errno;
}
std::string_view outcome_meaning(const Outcome& outcome) {
  return row(outcome).meaning;
}

}  // namespace hookdrill
