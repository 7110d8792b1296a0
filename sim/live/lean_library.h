// OpenSSL with fewer decoders, for clients that make many handshakes. Before 3.2 OpenSSL sets up every decoder that it
// has for each public key that it reads (OpenSSL issue 17950, mended by pull request 21426): of the work of a
// handshake, about a fifth.
#pragma once

#include <openssl/crypto.h>
#include <openssl/provider.h>

#include "live/openssl_ptr.h"

namespace hookdrill {

/// A library context that has all of the default provider's algorithms, but of keys only the types that TLS uses, and
/// of decoders only those for public keys of certificates: it can read no private keys. Outlives whatever was made with
/// it.
class LeanLibrary {
 public:
  /// Empty from OpenSSL 3.2 on, which is quick by itself, and where such a provider cannot be made.
  static LeanLibrary make();

  /// Null, OpenSSL's default context, when it is empty.
  OSSL_LIB_CTX* get() const { return library_.get(); }

 private:
  std::unique_ptr<OSSL_LIB_CTX, OpensslFree<OSSL_LIB_CTX_free>> library_;
  std::unique_ptr<OSSL_PROVIDER, OpensslFree<OSSL_PROVIDER_unload>> provider_;  // goes first
};

}  // namespace hookdrill
