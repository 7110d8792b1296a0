// Single connections outside the engine, each to one address: for the challenge that gates a run, and for checks.
#pragma once

#include "live/live_transport.h"
#include "live/tls_facts.h"

namespace hookdrill {

/// One connection, and what to do over it.
struct Probe {
  boost::asio::ip::tcp::endpoint to;
  boost::asio::ip::address source;  // unspecified: the system's choice
  TlsClient* tls = nullptr;         // null: in clear
  std::string request;              // "": none, the probe ends after the handshake ...
  bool listen = false;              // ... or, listening, with the first byte that comes unasked
  Duration limit{};
};

struct ProbeResult {
  StepResult step;  // ok when everything asked for was done
  HttpAnswer answer;
  PhaseTimes times;
  Duration first_tls_byte = kNotReached;  // after the ClientHello; with TlsProfile::watch
  std::string remote;                     // "203.0.113.7:443"; "" when no address was found
  TlsObservation tls;
  TlsFacts facts;
  std::string negotiated;

  bool connected = false;  // the TCP connection stood
};

/// Makes the probes, at most `at_once` at a time, in their order; blocks until all have ended. Results stand in the
/// order of the probes.
std::vector<ProbeResult> probe_all(const std::vector<Probe>& probes, int at_once);

/// Sends `request` once, from the path's first source address to the first address of its host. Blocks at most `limit`
/// (a lookup of the system resolver may take longer).
ProbeResult probe(const LivePath& path, const TrustStore& trust, const std::string& request, Duration limit);

/// True when every address that the path would connect to is on loopback; resolves the name.
bool is_on_loopback(const LivePath& path);

}  // namespace hookdrill
