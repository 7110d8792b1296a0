#include "live/tls_client.h"

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "base/encoding.h"
#include "live/certificate_text.h"
#include "live/client_certificate.h"
#include "plan/address.h"

namespace hookdrill {
namespace {

constexpr unsigned char kAlpn[] = "\x08http/1.1";

TlsObservation* observation_of(const SSL* ssl) {
  return static_cast<TlsObservation*>(SSL_get_ex_data(ssl, 0));
}

// Stops at the first error, as a strict client does; going on would report the last one instead.
int on_verify(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return 1;
  const auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  TlsObservation* seen = observation_of(ssl);
  const bool first = seen->verify_errors.empty();
  seen->verify_errors.push_back({X509_STORE_CTX_get_error(context), X509_STORE_CTX_get_error_depth(context)});
  if (first) seen->certificate_text = certificate_failure_text(context, seen->host);
  return 0;
}

// For a diagnosis: what else is wrong with this certificate.
int on_verify_and_go_on(int ok, X509_STORE_CTX* context) {
  on_verify(ok, context);
  return 1;
}

// The server has asked for a certificate; whether we have one was settled before.
int on_certificate_asked(SSL* ssl, void*) {
  TlsObservation* seen = observation_of(ssl);
  seen->asked_certificate = asked_certificate_text(ssl);
  seen->has_certificate = SSL_get_certificate(ssl) != nullptr;
  return 1;
}

void on_info(const SSL* ssl, int where, int value) {
  if ((where & SSL_CB_ALERT) == 0) return;
  TlsObservation* seen = observation_of(ssl);
  const bool received = (where & SSL_CB_READ) != 0;
  if ((value >> 8) == SSL3_AL_FATAL) {
    (received ? seen->alert_received : seen->alert_sent) = value & 0xff;
  } else if (received) {
    seen->warning_received = value & 0xff;
  }
}

void watch_message(int is_write, int type, const unsigned char* bytes, std::size_t size, TlsObservation& seen) {
  if (is_write == 0 && seen.first_byte == std::chrono::steady_clock::time_point{}) {
    seen.first_byte = std::chrono::steady_clock::now();
  }
  if (type == SSL3_RT_HEADER && is_write == 0 && size == 5) {
    seen.flight_bytes += 5U + (static_cast<std::size_t>(bytes[3]) << 8U) + bytes[4];
  }
  if (type == SSL3_RT_HANDSHAKE && size > 0) {
    seen.flight += fmt::format("{}{}{}", seen.flight.empty() ? "" : " ", is_write != 0 ? '>' : '<', bytes[0]);
  }
}

void on_message(int is_write, int, int type, const void* bytes, std::size_t size, SSL* ssl, void*) {
  TlsObservation* seen = observation_of(ssl);
  if (is_write == 0 && !seen->bytes_received) {
    seen->bytes_received = true;
    if (type == SSL3_RT_HEADER) seen->first_bytes.assign(static_cast<const char*>(bytes), size);
  }
  if (seen->watched && SSL_is_init_finished(ssl) == 0) {
    watch_message(is_write, type, static_cast<const unsigned char*>(bytes), size, *seen);
  }
}

}  // namespace

TlsProfile strict_profile(const TlsSettings& settings) {
  TlsProfile profile;
  profile.resume = settings.session == TlsSettings::Session::resumed;
  profile.min_version = settings.min_version == TlsSettings::Version::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
  profile.client_certificate = settings.client_certificate;
  return profile;
}

TlsClient::TlsClient(const TlsProfile& profile, const TrustStore& trust, std::string host)
    : profile_(profile),
      host_(std::move(host)),
      host_is_address_(is_ip_address(host_)),
      library_(profile.many && profile.client_certificate.empty() ? LeanLibrary::make() : LeanLibrary()),
      context_(SSL_CTX_new_ex(library_.get(), nullptr, TLS_client_method())) {
  SSL_CTX* context = context_.get();
  HOOKDRILL_CHECK(context != nullptr);
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_security_level(context, profile.security_level);
  HOOKDRILL_CHECK(SSL_CTX_set_min_proto_version(context, profile.min_version) == 1);
  HOOKDRILL_CHECK(SSL_CTX_set_max_proto_version(context, profile.max_version) == 1);
  if (!profile.ciphers.empty()) HOOKDRILL_CHECK(SSL_CTX_set_cipher_list(context, profile.ciphers.c_str()) == 1);
  if (!profile.signatures.empty()) {
    HOOKDRILL_CHECK(SSL_CTX_set1_sigalgs_list(context, profile.signatures.c_str()) == 1);
  }
  // OpenSSL 3.5 would add a post-quantum group by default, which no libcurl of Meta is known to send.
  HOOKDRILL_CHECK(SSL_CTX_set1_groups_list(context, "X25519:P-256:X448:P-521:P-384") == 1);
  HOOKDRILL_CHECK(SSL_CTX_set_alpn_protos(context, kAlpn, sizeof kAlpn - 1) == 0);
  SSL_CTX_set1_cert_store(context, trust.store.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, profile.go_on ? on_verify_and_go_on : on_verify);
  if (profile.many) SSL_CTX_set_cert_verify_callback(context, on_chain, this);
  SSL_CTX_set_cert_cb(context, on_certificate_asked, nullptr);
  if (!profile.client_certificate.empty()) use_client_certificate(profile.client_certificate, context);
  if (profile.watch) SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
  SSL_CTX_set_info_callback(context, on_info);
  SSL_CTX_set_msg_callback(context, on_message);
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (profile.resume) {
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

int TlsClient::on_chain(X509_STORE_CTX* context, void* self) {
  return static_cast<TlsClient*>(self)->chains_.verify(context, ChainCache::Clock::now()) ? 1 : 0;
}

SslPtr TlsClient::open(int fd, TlsObservation& observation) {
  SslPtr ssl(SSL_new(context_.get()));
  HOOKDRILL_CHECK(ssl && SSL_set_fd(ssl.get(), fd) == 1);
  observation.host = host_;
  observation.watched = profile_.watch;
  SSL_set_ex_data(ssl.get(), 0, &observation);
  if (host_is_address_) {
    HOOKDRILL_CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl.get()), host_.c_str()) == 1);
  } else {
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    HOOKDRILL_CHECK(SSL_set1_host(ssl.get(), host_.c_str()) == 1);
    if (profile_.send_name) HOOKDRILL_CHECK(SSL_set_tlsext_host_name(ssl.get(), host_.c_str()) == 1);
  }
  // A ticket belongs to this host alone: OpenSSL does not check the host again when it resumes.
  if (profile_.resume && session_) SSL_set_session(ssl.get(), session_.get());
  SSL_set_connect_state(ssl.get());
  return ssl;
}

void TlsClient::finished(SSL* ssl) {
  // Without the marks OpenSSL takes the session for a broken one and its ticket would not resume.
  SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void TlsClient::check_negotiated(SSL* ssl) const {
  HOOKDRILL_CHECK(SSL_version(ssl) >= profile_.min_version);
  HOOKDRILL_CHECK(profile_.go_on || SSL_get_verify_result(ssl) == X509_V_OK);
  HOOKDRILL_CHECK(profile_.resume || SSL_session_reused(ssl) == 0);
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
