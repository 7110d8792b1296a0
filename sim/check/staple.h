// A stapled OCSP answer, verified against the chain it came with. OpenSSL's client does not look at it by itself.
#pragma once

#include <string>
#include <vector>

#include "live/tls_facts.h"

namespace hookdrill {

struct StapleState {
  enum class Kind { good, revoked, expired, not_signed, useless };
  Kind kind = Kind::useless;
  std::string text;  // "good, from 2026-11-20 08:00 UTC to ...", printable
};

/// `chain`: the server's own certificate first. Clocks may differ by 300 s.
StapleState read_staple(const TlsFacts& facts, const std::vector<X509Ptr>& chain);

/// The certificate has the TLS feature extension with status_request (RFC 7633: must-staple).
bool demands_staple(X509* certificate);

}  // namespace hookdrill
