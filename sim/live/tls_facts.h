// What a handshake agreed on and what the server showed, kept after the connection is gone. Judges nothing.
#pragma once

#include <string>
#include <vector>

#include "live/openssl_ptr.h"

namespace hookdrill {

struct TlsFacts {
  std::string version;  // "TLSv1.3"; "" when no version was agreed on
  std::string cipher;   // "TLS_AES_256_GCM_SHA384"
  std::string group;    // "x25519"; "" with RSA key exchange
  std::string alpn;     // "http/1.1"; "" when the server chose none
  bool resumed = false;
  bool done = false;                  // the handshake came to its end
  std::vector<X509Ptr> chain;         // as sent, the server's own certificate first; also when it was refused
  std::vector<X509Ptr> verified;      // the chain that was accepted, from the server's own to the trusted root
  std::vector<unsigned char> staple;  // the OCSP answer, DER; only with TlsProfile::watch
};

/// Reads a connection of TlsClient::open() during or after its handshake.
TlsFacts tls_facts(SSL* ssl);

}  // namespace hookdrill
