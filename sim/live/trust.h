// The roots that a strict client trusts: self-signed certificates only, from a named store. An intermediate in the
// store would hide the very fault that is looked for, so it is ignored and counted.
#pragma once

#include <string>

#include "base/result.h"
#include "live/openssl_ptr.h"

namespace hookdrill {

struct TrustStore {
  X509StorePtr store;
  std::string name;  // what was read: a folder, a bundle, a file
  std::string date;  // of its newest certificate file, "2023-03-11"
  int roots = 0;
  int ignored = 0;  // certificates that are not self-signed roots

  /// "Mozilla's roots as Debian ships them (/usr/share/...), 140 roots, 2023-03-11".
  std::string text() const;
};

/// `trust`: "system" (the distribution's Mozilla folder where there is one, else OpenSSL's default bundle) or a PEM
/// file. `extra_root_pem`: a root trusted as well, for the embedded receiver. Fails when a named file cannot be read or
/// holds no root.
Result<TrustStore> load_trust(const std::string& trust, const std::string& extra_root_pem);

}  // namespace hookdrill
