// Certificate chains that were verified a moment ago, so that a load does not verify the same bytes for every
// connection. Knows neither hosts nor stores: whoever has one uses it for a single host, trust store and profile, since
// a chain that is right for one host is wrong for another.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "live/openssl_ptr.h"

namespace hookdrill {

class ChainCache {
 public:
  static constexpr std::size_t kChainsMax = 16;         // the servers behind a balancer may have one each
  static constexpr std::chrono::minutes kLifetime{10};  // and never beyond the end of any certificate of the chain

  using Clock = std::chrono::steady_clock;

  /// X509_verify_cert(); or true at once where it said so before, of the same certificates in the same order. Failures
  /// are never remembered. That the server has the key is proven by each handshake anew, as always.
  bool verify(X509_STORE_CTX* context, Clock::time_point now);

 private:
  struct Verified {
    std::string certificates;  // as they came, one after the other
    Clock::time_point until;
  };

  std::vector<Verified> chains_;
};

}  // namespace hookdrill
