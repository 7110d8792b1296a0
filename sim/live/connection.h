// One connection to the endpoint, as a libcurl would open it: TCP, TLS when asked, one request at a time. Each step
// says how it ended and how long it took; nothing here retries or decides.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "engine/attempt.h"
#include "live/tls_client.h"

namespace hookdrill {

/// How a step ended: outcome.ok() to go on, else the attempt's outcome with what a person needs to know about it.
struct StepResult {
  Outcome outcome;
  int curl_errno = 0;  // where it differs from the outcome's usual one
  std::string text;    // printable; "" when the code says it all

  bool ok() const { return outcome.ok(); }
};

/// What an HTTP answer held, as far as anybody looks at it.
struct HttpAnswer {
  int status = 0;
  bool keep_alive = false;
  std::string body;      // at most kBodyKept bytes of it
  std::string location;  // of a redirect
  std::string server;
  bool keep_fields = false;  // set it to have the next
  std::string fields;        // the whole head, as received
};

/// How long each phase of an attempt took; kNotReached for those that it did not come to.
struct PhaseTimes {
  std::array<Duration, kPhases> took{kNotReached, kNotReached, kNotReached, kNotReached, kNotReached, kNotReached};
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();  // of the phase under way

  void begin() { began = std::chrono::steady_clock::now(); }
  void end(Phase phase) {
    const auto now = std::chrono::steady_clock::now();
    took[static_cast<std::size_t>(phase)] = now - began;
    began = now;
  }
};

/// What the kernel knows about the way of a connection (TCP_INFO), at the moment of asking.
struct PathFacts {
  std::uint32_t segments_repeated = 0;  // SYNs included, since the connection was begun
  std::uint32_t segments_unacked = 0;   // sent and not acknowledged
  Duration round_trip{};                // smoothed; 0 before the first answer
};

class Connection {
 public:
  static constexpr std::size_t kBodyMax = 8 * 1024 * 1024;  // a longer answer is read.malformed
  static constexpr std::size_t kBodyKept = 4096;
  static constexpr std::size_t kHeaderMax = 64 * 1024;

  using Tcp = boost::asio::ip::tcp;

  explicit Connection(boost::asio::io_context& io) : socket_(io) {}

  /// Opens a TCP connection from `source` (unspecified: the system's choice), without choosing a port before the kernel
  /// must.
  boost::asio::awaitable<StepResult> connect(const Tcp::endpoint& to, const boost::asio::ip::address& source);

  /// The strict handshake. `client` must outlive the connection.
  boost::asio::awaitable<StepResult> handshake(TlsClient& client);

  boost::asio::awaitable<StepResult> write(std::string_view bytes);

  /// Waits for the first byte of the answer.
  boost::asio::awaitable<StepResult> first_byte();

  /// Reads the answer to its end; call after first_byte().
  boost::asio::awaitable<StepResult> read_answer(HttpAnswer& answer);

  /// The steps in their order, each timed: connect() and, with a client, handshake() ...
  boost::asio::awaitable<StepResult> open(const Tcp::endpoint& to, const boost::asio::ip::address& source,
                                          TlsClient* client, PhaseTimes& times);
  /// ... then write(), first_byte() and read_answer().
  boost::asio::awaitable<StepResult> exchange(std::string_view request, HttpAnswer& answer, PhaseTimes& times);

  /// Ends the step under way, and any later one, with `phase`.timeout (or client.other, when cancelled).
  void abort(bool timed_out);

  /// Takes leave as libcurl does: close_notify if the buffer takes it, then FIN.
  void close();

  /// False when the peer has closed, or has said something unasked, while the connection was idle.
  bool usable_again();

  const TlsObservation& tls_observation() const { return observation_; }
  /// Nothing when there is no socket, or when the kernel does not tell (sandboxes).
  std::optional<PathFacts> path_facts();
  /// The same, as open() found it when the connection was open or given up.
  const std::optional<PathFacts>& connect_facts() const { return connect_facts_; }
  SSL* ssl() { return ssl_.get(); }
  const std::string& remote() const { return remote_; }

 private:
  enum class Want { read, write };

  StepResult interrupted(Phase phase);
  StepResult tls_failure(int result, Phase phase);
  std::string not_tls();
  boost::asio::awaitable<std::optional<boost::system::error_code>> ready(Want want);
  boost::asio::awaitable<StepResult> read_some(Phase phase);

  Tcp::socket socket_;
  std::string remote_;
  SslPtr ssl_;
  TlsClient* client_ = nullptr;
  TlsObservation observation_;
  std::optional<PathFacts> connect_facts_;
  boost::beast::flat_buffer buffer_{kHeaderMax + 64 * 1024};
  bool at_end_ = false;  // the peer has closed its side
  bool aborted_ = false;
  bool timed_out_ = false;
};

}  // namespace hookdrill
