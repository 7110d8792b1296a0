// Strict TLS as a client: one SSL_CTX per worker and path, roots only, SNI and host check, no AIA, no partial chains,
// and a record of what was seen on each connection. Knows no sockets beyond the file descriptor.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "live/chain_cache.h"
#include "live/lean_library.h"
#include "live/openssl_ptr.h"
#include "live/trust.h"
#include "plan/scenario.h"

namespace hookdrill {

/// How a client makes its handshakes. The default is the strict client; a diagnosis changes one thing at a time.
struct TlsProfile {
  int min_version = TLS1_2_VERSION;
  int max_version = 0;  // 0: the newest
  int security_level = 2;
  std::string ciphers;             // of TLS 1.2 and before, OpenSSL's notation; "" = its default
  std::string signatures;          // signature algorithms, OpenSSL's notation; "" = its default
  bool send_name = true;           // SNI
  bool go_on = false;              // past a refused certificate: send nothing secret over such a connection
  bool resume = false;             // offer the ticket of the connection before
  bool watch = false;              // also record the flight, and ask for a stapled OCSP answer
  bool many = false;               // handshakes with the same server: what is the same each time is done once
  std::string client_certificate;  // PEM file; "" = none
};

/// What a scenario asks for.
TlsProfile strict_profile(const TlsSettings& settings);

/// One complaint of the certificate verification: X509_V_ERR_*, and at which depth of the chain.
struct VerifyError {
  int error = 0;
  int depth = 0;
  bool operator==(const VerifyError&) const = default;
};

/// What one handshake showed; OpenSSL's callbacks write it, so that no later error code can hide the cause.
struct TlsObservation {
  std::vector<VerifyError> verify_errors;  // in their order; a strict client stops at the first
  int alert_received = -1;                 // description of the last fatal alert from the server
  int warning_received = -1;               // and of the last warning; 0 is close_notify
  int alert_sent = -1;                     // and from us: what the owner finds in the server's log
  bool bytes_received = false;
  std::string first_bytes;        // of a server that does not speak TLS: as many as had come, at most 64
  std::string asked_certificate;  // asked_certificate_text(), when the server asked for one
  bool has_certificate = false;   // and whether it was shown one
  std::string certificate_text;   // certificate_failure_text(), when the certificate was refused
  std::string host;

  // Only with TlsProfile::watch.
  bool watched = false;
  std::string flight;                                  // handshake messages: ">1 <2 <8 ...", RFC 8446 numbers
  std::size_t flight_bytes = 0;                        // records received before the handshake was done
  std::chrono::steady_clock::time_point first_byte{};  // when the server began to answer
};

class TlsClient {
 public:
  /// `host` is the name to ask for and to check, or an IP address (then without SNI).
  TlsClient(const TlsProfile& profile, const TrustStore& trust, std::string host);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  /// A connection in client state on `fd`, reporting into `observation`, which must outlive it. Never null: failing to
  /// allocate one is fatal.
  SslPtr open(int fd, TlsObservation& observation);

  /// Call before the SSL of a finished exchange is freed, so that its ticket stays usable.
  void finished(SSL* ssl);

  /// The negotiated result is what the profile promises: version, verified chain, resumed only if asked. Breaks the
  /// program otherwise: it would be a defect of ours.
  void check_negotiated(SSL* ssl) const;

  bool resumes() const { return profile_.resume; }
  bool goes_on() const { return profile_.go_on; }

 private:
  static int on_new_session(SSL* ssl, SSL_SESSION* session);
  static int on_chain(X509_STORE_CTX* context, void* self);

  TlsProfile profile_;
  std::string host_;
  bool host_is_address_;
  ChainCache chains_;
  LeanLibrary library_;
  SslCtxPtr context_;
  SslSessionPtr session_;
};

/// "TLSv1.3 TLS_AES_256_GCM_SHA384, ALPN http/1.1", and asked_text(). `ssl` is of TlsClient::open().
std::string negotiated_text(SSL* ssl);

/// "; the server asks for a client certificate of CN = X and was shown none"; "" when it did not ask.
std::string asked_text(const TlsObservation& seen);

/// "unknown_ca" for 48; the number for one without a name. Source: RFC 8446 section 6.
std::string alert_text(int description);

}  // namespace hookdrill
