// The seam on real sockets: one io_context, one thread. Every attempt is a coroutine over a Connection; one deadline
// per attempt, kept in a queue because all attempts have the same time limit.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/transport.h"
#include "live/connection.h"
#include "live/resolver.h"
#include "plan/request.h"

namespace hookdrill {

/// Where the run began, for all workers: Time counts from it.
using WallStart = std::chrono::steady_clock::time_point;

/// What a worker needs to reach the endpoint over one path.
struct LivePath {
  Endpoint endpoint;
  std::string connect_host;  // what to resolve: the URL's host, or the path's `connect`
  std::uint16_t connect_port = 443;
  std::vector<boost::asio::ip::address> sources;
  TlsSettings tls;
  DeliverySettings deliveries;
  Duration attempt_timeout{};
  RetrySettings::Sender sender = RetrySettings::Sender::any;
  std::uint64_t seed = 0;
  bool name_addresses = false;                            // Finished::address also when there is but one
  int connections_max = std::numeric_limits<int>::max();  // that one worker may have open; more are client.fds
};

/// Fills a LivePath from the scenario's path; an impossible `connect` or source address is the user's mistake.
Result<LivePath> live_path(const Scenario& scenario, const PathSettings& path);

class LiveTransport final : public Transport {
 public:
  /// `payloads` must outlive it. Not thread-safe, but for wake().
  LiveTransport(const LivePath& path, const TrustStore& trust, const Payloads& payloads, WallStart start);
  ~LiveTransport() override;

  Time now() const override;
  void start(const Attempt& attempt) override;
  void wait(Time until, std::vector<Finished>& finished) override;
  void cancel() override;

  /// Makes wait() return early; from any thread.
  void wake();

  /// Of the first connection that was answered; "" before it.
  const std::string& negotiated() const { return negotiated_; }
  /// When the first certificate that was accepted ends: "2026-12-10 08:00 UTC".
  const std::string& certificate_expires() const { return certificate_expires_; }
  const std::set<std::string>& addresses() const { return addresses_; }

 private:
  struct Operation;
  struct Deadline {
    Time at;
    std::shared_ptr<Operation> operation;
  };

  boost::asio::awaitable<void> perform(std::shared_ptr<Operation> operation);
  boost::asio::awaitable<StepResult> open(Operation& operation);
  void finish(Operation& operation, const StepResult& step, const HttpAnswer& answer);
  void expire_deadlines();
  void arm(Time until);
  std::unique_ptr<Connection> idle_connection();
  std::shared_ptr<const FailureDetail> detail_of(const Operation& operation, const StepResult& step);
  std::shared_ptr<const std::string> shared_name(const std::string& address);

  LivePath path_;
  WallStart start_;
  TlsClient tls_client_;  // before the loop, which may hold connections to the end
  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};
  Time armed_ = kNever;
  bool timer_pending_ = false;
  bool woken_ = false;
  Resolver resolver_;
  RequestWriter writer_;
  SenderPace sender_pace_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::deque<Deadline> deadlines_;
  int in_flight_ = 0;
  std::vector<Finished> finished_;
  std::map<std::string, std::shared_ptr<const FailureDetail>> details_;  // by text and address: shared, not repeated
  std::string negotiated_;
  std::string certificate_expires_;
  std::set<std::string> addresses_;
  std::vector<std::shared_ptr<const std::string>> names_;  // of addresses, shared by the attempts that went there
};

}  // namespace hookdrill
