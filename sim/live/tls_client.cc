#include "live/tls_client.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "base/encoding.h"
#include "live/certificate_text.h"
#include "live/client_certificate.h"

namespace hookdrill {
namespace {

constexpr unsigned char kAlpn[] = "\x08http/1.1";

bool is_address(const std::string& host) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

TlsObservation* observation_of(const SSL* ssl) {
  return static_cast<TlsObservation*>(SSL_get_ex_data(ssl, 0));
}

// Stops at the first error, as a strict client does; going on would report the last one instead.
int on_verify(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return 1;
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsObservation* seen = observation_of(ssl);
  seen->verify_error = X509_STORE_CTX_get_error(context);
  seen->verify_depth = X509_STORE_CTX_get_error_depth(context);
  seen->certificate_text = certificate_failure_text(context, seen->host);
  return 0;
}

// The server has asked for a certificate; whether we have one was settled before.
int on_certificate_asked(SSL* ssl, void*) {
  TlsObservation* seen = observation_of(ssl);
  seen->asked_certificate = asked_certificate_text(ssl);
  seen->has_certificate = SSL_get_certificate(ssl) != nullptr;
  return 1;
}

void on_info(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_ALERT) == 0 || (value >> 8) != SSL3_AL_FATAL) return;
  TlsObservation* seen = observation_of(ssl);
  ((where & SSL_CB_READ) != 0 ? seen->alert_received : seen->alert_sent) = value & 0xff;
}

void on_message(int is_write, int, int, const void*, std::size_t, SSL* ssl, void*) {
  if (is_write == 0) observation_of(ssl)->bytes_received = true;
}

}  // namespace

TlsClient::TlsClient(const TlsSettings& settings, const TrustStore& trust, std::string host)
    : host_(std::move(host)),
      host_is_address_(is_address(host_)),
      resume_(settings.session == TlsSettings::Session::resumed),
      min_version_(settings.min_version == TlsSettings::Version::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION),
      context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX* context = context_.get();
  HOOKDRILL_CHECK(context != nullptr);
  SSL_CTX_set_app_data(context, this);
  HOOKDRILL_CHECK(SSL_CTX_set_min_proto_version(context, min_version_) == 1);
  SSL_CTX_set_security_level(context, 2);
  // OpenSSL 3.5 would add a post-quantum group by default, which no libcurl of Meta is known to send.
  HOOKDRILL_CHECK(SSL_CTX_set1_groups_list(context, "X25519:P-256:X448:P-521:P-384") == 1);
  HOOKDRILL_CHECK(SSL_CTX_set_alpn_protos(context, kAlpn, sizeof kAlpn - 1) == 0);
  SSL_CTX_set1_cert_store(context, trust.store.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verify);
  SSL_CTX_set_cert_cb(context, on_certificate_asked, nullptr);
  if (!settings.client_certificate.empty()) use_client_certificate(settings.client_certificate, context);
  SSL_CTX_set_info_callback(context, on_info);
  SSL_CTX_set_msg_callback(context, on_message);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (resume_) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(context, on_new_session);
  } else {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  }
}

TlsClient::~TlsClient() = default;

int TlsClient::on_new_session(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  self->session_.reset(session);
  return 1;  // we keep the reference
}

SslPtr TlsClient::open(int fd, TlsObservation& observation) {
  SslPtr ssl(SSL_new(context_.get()));
  HOOKDRILL_CHECK(ssl && SSL_set_fd(ssl.get(), fd) == 1);
  observation.host = host_;
  SSL_set_ex_data(ssl.get(), 0, &observation);
  if (host_is_address_) {
    HOOKDRILL_CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host_.c_str()) == 1);
  } else {
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    HOOKDRILL_CHECK(SSL_set1_host(ssl.get(), host_.c_str()) == 1);
    HOOKDRILL_CHECK(SSL_set_tlsext_host_name(ssl.get(), host_.c_str()) == 1);
  }
  // A ticket belongs to this host alone: OpenSSL does not check the host again when it resumes.
  if (resume_ && session_) SSL_set_session(ssl.get(), session_.get());
  SSL_set_connect_state(ssl.get());
  return ssl;
}

void TlsClient::finished(SSL* ssl) {
  // Without the marks OpenSSL takes the session for a broken one and its ticket would not resume.
  SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void TlsClient::check_negotiated(SSL* ssl) const {
  HOOKDRILL_CHECK(SSL_version(ssl) >= min_version_);
  HOOKDRILL_CHECK(SSL_get_verify_result(ssl) == X509_V_OK);
  HOOKDRILL_CHECK(resume_ || SSL_session_reused(ssl) == 0);
}

std::string negotiated_text(SSL* ssl) {
  const unsigned char* protocol = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &length);
  std::string text = fmt::format("{} {}", SSL_get_version(ssl), SSL_get_cipher_name(ssl));
  if (length > 0) text += ", ALPN " + printable({reinterpret_cast<const char*>(protocol), length});
  return text + asked_text(*observation_of(ssl));
}

std::string asked_text(const TlsObservation& seen) {
  if (seen.asked_certificate.empty()) return "";
  return fmt::format("; the server asks for {} and was shown {}", seen.asked_certificate,
                     seen.has_certificate ? "ours" : "none");
}

std::string alert_text(int description) {
  struct Alert {
    int number;
    const char* name;
  };
  static constexpr Alert kAlerts[] = {{0, "close_notify"},
                                      {10, "unexpected_message"},
                                      {20, "bad_record_mac"},
                                      {40, "handshake_failure"},
                                      {42, "bad_certificate"},
                                      {43, "unsupported_certificate"},
                                      {44, "certificate_revoked"},
                                      {45, "certificate_expired"},
                                      {46, "certificate_unknown"},
                                      {47, "illegal_parameter"},
                                      {48, "unknown_ca"},
                                      {49, "access_denied"},
                                      {50, "decode_error"},
                                      {51, "decrypt_error"},
                                      {70, "protocol_version"},
                                      {71, "insufficient_security"},
                                      {80, "internal_error"},
                                      {86, "inappropriate_fallback"},
                                      {109, "missing_extension"},
                                      {112, "unrecognized_name"},
                                      {116, "certificate_required"},
                                      {120, "no_application_protocol"}};
  for (const Alert& alert : kAlerts) {
    if (alert.number == description) return fmt::format("{} ({})", alert.name, description);
  }
  return std::to_string(description);
}

}  // namespace hookdrill
