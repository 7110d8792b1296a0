// Strict TLS as a client: one SSL_CTX per worker and path, roots only, SNI and host check, no AIA, no partial chains,
// and a record of what was seen on each connection. Knows no sockets beyond the file descriptor.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "live/openssl_ptr.h"
#include "live/trust.h"
#include "plan/scenario.h"

namespace hookdrill {

/// What one handshake showed; OpenSSL's callbacks write it, so that no later error code can hide the cause.
struct TlsObservation {
  int verify_error = 0;  // the first X509_V_ERR_* met, 0 = none
  int verify_depth = 0;
  int alert_received = -1;  // description of the last fatal alert from the server
  int alert_sent = -1;      // and from us: what the owner finds in the server's log
  bool bytes_received = false;
  std::string asked_certificate;  // asked_certificate_text(), when the server asked for one
  bool has_certificate = false;   // and whether it was shown one
  std::string certificate_text;   // certificate_failure_text(), when the certificate was refused
  std::string host;
};

class TlsClient {
 public:
  /// `host` is the name to ask for and to check, or an IP address (then without SNI).
  TlsClient(const TlsSettings& settings, const TrustStore& trust, std::string host);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  /// A connection in client state on `fd`, reporting into `observation`, which must outlive it. Never null: failing to
  /// allocate one is fatal.
  SslPtr open(int fd, TlsObservation& observation);

  /// Call before the SSL of a finished exchange is freed, so that its ticket stays usable.
  void finished(SSL* ssl);

  /// The negotiated result is what the settings promise: version, verified chain, resumed only if asked. Breaks the
  /// program otherwise: it would be a defect of ours.
  void check_negotiated(SSL* ssl) const;

  bool resumes() const { return resume_; }

 private:
  static int on_new_session(SSL* ssl, SSL_SESSION* session);

  std::string host_;
  bool host_is_address_;
  bool resume_;
  int min_version_;
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
