// The certificate that we show when a server asks for one, and what the server said when it asked. Meta shows one when
// the app's owner has switched that on. Knows no sockets.
#pragma once

#include <string>

#include "base/result.h"
#include "live/openssl_ptr.h"

namespace hookdrill {

/// Whether a PEM file has a private key, its certificate, and after it the intermediates; the message says what is
/// wrong.
Result<void> check_client_certificate(const std::string& file);

/// Shows it from then on. The file must have passed check_client_certificate().
void use_client_certificate(const std::string& file, SSL_CTX* context);

/// What a server asked for: "a client certificate of CN = X, CN = Y", or "a client certificate of any authority". Call
/// it from the callback of SSL_CTX_set_cert_cb() or later. The names are received text, made printable.
std::string asked_certificate_text(SSL* ssl);

}  // namespace hookdrill
