// One request over one fresh connection, outside the engine: for the challenge that gates a run, and for checks.
#pragma once

#include <array>

#include "live/live_transport.h"

namespace hookdrill {

struct ProbeResult {
  StepResult step;  // ok when an HTTP answer was read to its end
  HttpAnswer answer;
  std::array<Duration, kPhases> phases{kNotReached, kNotReached, kNotReached, kNotReached, kNotReached, kNotReached};
  std::string remote;  // "203.0.113.7:443"; "" when no address was found
  TlsObservation tls;
  std::string negotiated;
};

/// Sends `request` once, from the path's first source address to the first address of its host. Blocks at most `limit`
/// (a lookup of the system resolver may take longer).
ProbeResult probe(const LivePath& path, const TrustStore& trust, std::string_view request, Duration limit);

/// True when every address that the path would connect to is on loopback; resolves the name.
bool is_on_loopback(const LivePath& path);

}  // namespace hookdrill
