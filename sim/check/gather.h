// Finds out about an endpoint: asks the DNS, connects to every address as Meta's client would, and where that fails or
// raises a question, asks again in another way. Judges nothing.
#pragma once

#include <atomic>
#include <functional>

#include "check/facts.h"

namespace hookdrill {

struct GatherSettings {
  CheckTarget target;
  Duration budget = std::chrono::seconds(60);  // of everything; what does not fit is left out
  bool fetch_issuers = true;                   // ask the hosts that certificates name (AIA)
  bool requests = true;                        // false: nothing beyond TLS and one GET for each address
  std::uint64_t seed = 1;
  std::function<void(std::string_view)> progress = [](std::string_view) {};
};

/// Blocks for at most the budget. Signed deliveries are sent only when the endpoint has proven by the challenge that it
/// is ours, or is on loopback.
Facts gather(const GatherSettings& settings, const TrustStore& trust);

}  // namespace hookdrill
