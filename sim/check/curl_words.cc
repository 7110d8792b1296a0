#include "check/curl_words.h"

#include <fmt/core.h>
#include <openssl/x509_vfy.h>

namespace hookdrill {
namespace {

std::string certificate_sentence(const TlsObservation& seen, const std::string& host) {
  const int error = seen.verify_errors.front().error;
  if (error == X509_V_ERR_HOSTNAME_MISMATCH)
    return fmt::format("SSL: no alternative certificate subject name matches target host name '{}'", host);
  return fmt::format("SSL certificate problem: {}", X509_verify_cert_error_string(error));
}

}  // namespace

int curl_number(const StepResult& step) {
  return step.curl_errno != 0 ? step.curl_errno : outcome_curl_errno(step.outcome);
}

std::string curl_sentence(const ProbeResult& result, const std::string& host, int port, Duration limit) {
  const auto milliseconds = limit.count() / 1'000'000;
  switch (result.step.outcome.kind) {
    case OutcomeKind::ok:
      return "";
    case OutcomeKind::connect_timeout:
      return fmt::format("Connection timed out after {} milliseconds", milliseconds);
    case OutcomeKind::connect_refused:
    case OutcomeKind::connect_unreachable:
    case OutcomeKind::connect_reset:
      return fmt::format("Failed to connect to {} port {}: Couldn't connect to server", host, port);
    case OutcomeKind::tls_timeout:
      return "SSL connection timeout";
    case OutcomeKind::tls_certificate:
      return certificate_sentence(result.tls, host);
    case OutcomeKind::tls_reset:
      return "Recv failure: Connection reset by peer";
    case OutcomeKind::tls_closed:
      return fmt::format("OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to {}:{}", host, port);
    case OutcomeKind::tls_alert:
      return fmt::format("OpenSSL: the server sent the alert {}", alert_text(result.tls.alert_received));
    case OutcomeKind::tls_protocol:
      return "OpenSSL: wrong version number";
    case OutcomeKind::wait_closed:
      return "Empty reply from server";
    case OutcomeKind::wait_reset:
    case OutcomeKind::read_reset:
      return "Recv failure: Connection reset by peer";
    case OutcomeKind::write_timeout:
    case OutcomeKind::wait_timeout:
    case OutcomeKind::read_timeout:
      return fmt::format("Operation timed out after {} milliseconds", milliseconds);
    default:
      return std::string(outcome_meaning(result.step.outcome));
  }
}

}  // namespace hookdrill
