// One connection of the receiver, from the handshake to the last answer, as a coroutine.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <string>

#include "base/histogram.h"
#include "live/ledger.h"
#include "live/receiver.h"
#include "live/signature_check.h"

namespace hookdrill {

/// What all connections of a receiver share; outlives them. Counters are statistics, so relaxed.
struct ReceiverState {
  ReceiverSettings settings;
  Secret app_secret;
  Secret verify_token;
  std::uint64_t seed = 0;
  std::string intermediate_der;              // served in clear on the TLS port when the leaf stands alone
  boost::asio::ssl::context* tls = nullptr;  // null: plain HTTP
  Ledger ledger;

  using Counter = std::atomic<std::uint64_t>;
  std::atomic<int> open_connections{0};
  Counter connections{0}, handshakes_failed{0}, requests{0}, deliveries{0}, refused_signatures{0}, unreadable{0};
  Counter challenges{0}, refused_challenges{0}, malformed{0}, closed{0}, half{0}, reset{0};
  Counter dropped_syns{0}, dropped_reset{0}, dropped_silence{0}, dropped_hello{0};
  std::array<Counter, 600> answers{};  // by status
};

/// What is one thread's own; outlives its connections.
struct ReceiverThread {
  explicit ReceiverThread(const Secret& app_secret) : signatures(app_secret) {}
  SignatureCheck signatures;
  Histogram time_to_answer;  // of deliveries: from the request's last byte read to the answer's last byte written
};

/// Serves one accepted connection until either side ends it. Runs on the socket's executor, which is `thread`'s. Never
/// throws.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket, ReceiverState& state,
                                              ReceiverThread& thread);

/// Loses an accepted connection in one of the ways that follow an accept. Runs and counts as serve_connection() does.
boost::asio::awaitable<void> lose_connection(boost::asio::ip::tcp::socket socket, ReceiverState& state,
                                             DropLaw::Of how);

}  // namespace hookdrill
