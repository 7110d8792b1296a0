// OpenSSL with fewer decoders, for clients that make many handshakes. Before 3.2 OpenSSL sets up every decoder it has
// for each public key that it reads (openssl issue 18472): 30 % of the work of a handshake, where one of ten would do.
#pragma once

#include <openssl/crypto.h>

#include "live/openssl_ptr.h"

namespace hookdrill {

using OsslLibCtxPtr = std::unique_ptr<OSSL_LIB_CTX, OpensslFree<OSSL_LIB_CTX_free>>;

/// A library context that has all of the default provider's algorithms, but decodes only public keys of certificates:
/// no private keys, no PEM. Null from OpenSSL 3.2 on, which is quick by itself, and where such a provider cannot be
/// made: null is OpenSSL's default context.
OsslLibCtxPtr make_lean_library();

}  // namespace hookdrill
