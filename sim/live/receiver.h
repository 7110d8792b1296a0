// The reference receiver: a webhook endpoint whose delays, statuses, certificates and faults are known exactly. Runs in
// threads of its own, inside a run or alone (`hookdrill receive`). Knows nothing of plans, deliveries or transports.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/histogram.h"
#include "base/result.h"
#include "live/ledger.h"
#include "plan/scenario.h"

namespace hookdrill {

/// What happened so far, at the level of connections and requests; updates are in the ledger.
struct ReceiverCounts {
  std::uint64_t connections = 0;         // accepted
  std::uint64_t handshakes_failed = 0;   // TLS: the client refused the certificate, spoke no TLS, or left
  std::uint64_t requests = 0;            // read whole, of any kind
  std::uint64_t deliveries = 0;          // POSTs whose signature holds
  std::uint64_t refused_signatures = 0;  // POSTs answered 401
  std::uint64_t unreadable = 0;          // deliveries without a single update in them
  std::uint64_t challenges = 0;          // verification GETs answered 200
  std::uint64_t refused_challenges = 0;  // and 403
  std::uint64_t malformed = 0;           // not HTTP, or too large
  std::uint64_t closed = 0;              // deliveries closed without an answer, by the setting `close`
  std::uint64_t half = 0;
  std::uint64_t reset = 0;
  std::map<int, std::uint64_t> answers;  // to deliveries, by status, those cut in half included
  std::uint64_t dropped_syns = 0;        // SYNs, retransmitted ones too; known after stop()
  std::uint64_t dropped_reset = 0;       // connections lost after accept, by the settings `drop` and `limit`
  std::uint64_t dropped_silence = 0;
  std::uint64_t dropped_hello = 0;
};

/// Listens from start() to stop(). Answers GET with the challenge and POST as the settings say, whatever the request
/// target. All const members may be called from any thread, also after stop().
class Receiver {
 public:
  // Limits of every connection; whoever exceeds them is answered 431 or 413, or closed.
  static constexpr std::size_t kMaxHeadBytes = 32 * 1024;
  static constexpr std::size_t kMaxBodyBytes = 16 * 1024 * 1024;  // the largest body_size of a scenario is 16 MB
  static constexpr Duration kHandshakeTimeout = std::chrono::seconds(30);
  static constexpr Duration kRequestTimeout = std::chrono::seconds(60);  // from the first byte of a request to its last
  static constexpr Duration kIdleTimeout = std::chrono::seconds(75);     // nginx's keepalive_timeout
  static constexpr Duration kSilence = std::chrono::minutes(10);         // of a connection that is dropped by silence
  static constexpr int kMaxConnections = 20'000;  // at a time; further ones wait in the kernel's queue

  /// Listens and returns when connections are being taken. `host`: the name that the certificate is for. `seed` decides
  /// which request gets which answer. The diagnostic says why it cannot listen.
  static Result<std::unique_ptr<Receiver>> start(const ReceiverSettings& settings, const Secret& app_secret,
                                                 const Secret& verify_token, const std::string& host,
                                                 std::uint64_t seed);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  /// Lets the settings `drop` and `limit` act; their times count from now. Until then every connection is served, so
  /// that a verification before the load is not subject to them. Once only.
  void begin_drops();

  /// Drops whatever is open and joins the threads. Idempotent.
  void stop();

  std::uint16_t port() const;
  /// "127.0.0.1:8443", "[::1]:8443": where it really listens.
  std::string address() const;
  /// Where a client on this machine connects to: the address, or loopback when it listens on all of them.
  std::string connect_address() const;
  /// The root that makes a client trust a good certificate; "" for plain HTTP.
  std::string root_pem() const;
  const Ledger& ledger() const;
  ReceiverCounts counts() const;
  /// How long answers to deliveries really took, from the request's last byte read to the answer's last byte written:
  /// the setting `delay`, as the timers kept it, and the receiver's own work. Empty before stop().
  const Histogram& time_to_answer() const;

 private:
  struct Impl;
  explicit Receiver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hookdrill
