// The proof that an endpoint is ours to load: it echoes the challenge for the right verify token, and not for a wrong
// one.
#pragma once

#include <string>

#include "live/probe.h"

namespace hookdrill {

struct ChallengeResult {
  bool proven = false;
  std::string why;    // one or two sentences for a person, printable
  ProbeResult right;  // the answer to the right token
};

/// Meta's limit for the verification, connect and total. Source: curl_errno 28 "after 6000 milliseconds" in public
/// reports.
inline constexpr Duration kVerificationLimit = std::chrono::seconds(6);

/// A random 31-bit integer in decimal: what every public report of a challenge shows. The `index`-th of a seed.
std::string challenge_number(std::uint64_t seed, std::uint32_t index);

/// One GET with the right token; only when that was echoed, one with a wrong token. Nothing else is sent. Each is tried
/// up to three times while its connection is lost.
ChallengeResult prove_ownership(const LivePath& path, const TrustStore& trust);

}  // namespace hookdrill
