#include "live/receiver_session.h"

#include <fmt/core.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "live/receiver_answer.h"
#include "live/receiver_updates.h"

namespace hookdrill {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;
using Parser = http::request_parser<http::string_body>;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 4096;  // more than most requests, and than any ClientHello

void count(ReceiverState::Counter& counter) {
  counter.fetch_add(1, std::memory_order_relaxed);
}

void send_reset(asio::ip::tcp::socket& socket) {
  error_code ignored;
  socket.set_option(asio::socket_base::linger(true, 0), ignored);
  socket.close(ignored);
}

// An answer on its way out, and what becomes of the connection after it.
struct Answer {
  std::string bytes;
  enum class Then { keep, close, reset } then = Then::keep;
  bool timed = false;  // a whole answer to a delivery
};

template <class Stream>
class Session {
 public:
  Session(Stream& stream, ReceiverState& state, ReceiverThread& thread)
      : stream_(stream), tcp_(beast::get_lowest_layer(stream)), state_(state), thread_(thread) {}

  asio::awaitable<void> serve() {
    for (;;) {
      Parser parser;
      parser.header_limit(Receiver::kMaxHeadBytes);
      parser.body_limit(Receiver::kMaxBodyBytes);
      if (!co_await read(parser)) co_return;
      count(state_.requests);
      const auto asked = std::chrono::steady_clock::now();
      const Answer answer = co_await answer_to(parser);
      tcp_.expires_after(Receiver::kRequestTimeout);
      if (answer.then == Answer::Then::reset) co_return reset();
      const auto [error, written] = co_await asio::async_write(stream_, asio::buffer(answer.bytes), kToken);
      if (error) co_return;
      if (answer.timed) thread_.time_to_answer.record(std::chrono::steady_clock::now() - asked);
      if (answer.then == Answer::Then::close) co_return co_await close();
    }
  }

 private:
  // False when the connection is at its end; what cannot be parsed has been answered then.
  asio::awaitable<bool> read(Parser& parser) {
    if (buffer_.size() == 0) {  // else the next request is here already
      tcp_.expires_after(Receiver::kIdleTimeout);
      const auto [error, size] = co_await stream_.async_read_some(buffer_.prepare(kReadBytes), kToken);
      if (error) co_return false;
      buffer_.commit(size);
    }
    tcp_.expires_after(Receiver::kRequestTimeout);
    auto [error, size] = co_await http::async_read_header(stream_, buffer_, parser, kToken);
    if (!error && parser.get()[http::field::expect] == "100-continue") {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream_, asio::buffer(kContinue), kToken);
    }
    if (!error) std::tie(error, size) = co_await http::async_read(stream_, buffer_, parser, kToken);
    if (!error) co_return true;
    const int status = status_of(error);
    if (status == 0) co_return false;
    count(state_.malformed);
    const std::string refusal = answer_text(status, answer_body(status), false, false);
    co_await asio::async_write(stream_, asio::buffer(refusal), kToken);
    co_await close();
    co_return false;
  }

  // What a request that cannot be read is answered with; 0 when the client simply left or the time was up.
  static int status_of(const error_code& error) {
    if (error == http::error::body_limit) return 413;
    if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
    const bool parse_error = error.category() == http::make_error_code(http::error::bad_method).category();
    return parse_error && error != http::error::end_of_stream && error != http::error::partial_message ? 400 : 0;
  }

  asio::awaitable<Answer> answer_to(const Parser& parser) {
    const auto& request = parser.get();
    const bool keep = parser.keep_alive();
    const bool http10 = request.version() < 11;
    const Answer::Then then = keep ? Answer::Then::keep : Answer::Then::close;
    const auto simple = [&](int status, std::string_view body) {
      return Answer{answer_text(status, body, keep, http10), then};
    };
    if (request.method() == http::verb::get) {
      const ChallengeAnswer challenge = answer_challenge(request.target(), state_.verify_token);
      count(challenge.status == 200 ? state_.challenges : state_.refused_challenges);
      co_return simple(challenge.status, challenge.body);
    }
    if (request.method() != http::verb::post) co_return simple(405, answer_body(405));
    if (!thread_.signatures.holds(request.body(), request["X-Hub-Signature-256"])) {
      count(state_.refused_signatures);
      co_return simple(401, "Invalid signature");
    }
    co_return co_await answer_delivery(request.body(), keep, http10);
  }

  asio::awaitable<Answer> answer_delivery(const std::string& body, bool keep, bool http10) {
    const std::vector<Ledger::Entry*> updates = record_updates(state_.ledger, body);
    if (updates.empty()) count(state_.unreadable);
    const std::uint64_t number = state_.deliveries.fetch_add(1, std::memory_order_relaxed);
    const bool alike = state_.settings.by == ServerBehaviour::By::delivery;
    const PlannedAnswer plan = plan_answer(state_.settings, state_.seed, alike ? delivery_key(body) : number);
    if (plan.delay > Duration{}) {
      asio::steady_timer timer(stream_.get_executor(), plan.delay);
      co_await timer.async_wait(kToken);
    }
    if (plan.accepts()) state_.ledger.accept(updates);
    if (plan.kind == PlannedAnswer::Kind::close) {
      count(state_.closed);
      co_return Answer{"", Answer::Then::close};
    }
    if (plan.kind == PlannedAnswer::Kind::reset) {
      count(state_.reset);
      co_return Answer{"", Answer::Then::reset};
    }
    count(state_.answers[static_cast<std::size_t>(plan.status)]);
    std::string whole = answer_text(plan.status, answer_body(plan.status), keep, http10);
    if (plan.kind == PlannedAnswer::Kind::half) {
      count(state_.half);
      co_return Answer{std::string(first_half(whole)), Answer::Then::close};
    }
    co_return Answer{std::move(whole), keep ? Answer::Then::keep : Answer::Then::close, true};
  }

  // Ends the connection as a good server does: close_notify and FIN. The client's close_notify is not waited for.
  asio::awaitable<void> close() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      SSL_set_shutdown(stream_.native_handle(), SSL_RECEIVED_SHUTDOWN);
      co_await stream_.async_shutdown(kToken);
    }
    error_code ignored;
    tcp_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  }

  void reset() { send_reset(tcp_.socket()); }

  Stream& stream_;
  beast::tcp_stream& tcp_;
  ReceiverState& state_;
  ReceiverThread& thread_;
  beast::flat_buffer buffer_{Receiver::kMaxHeadBytes + Receiver::kMaxBodyBytes};
};

// A certificate's AIA address is plain HTTP. The receiver answers it on its TLS port, whatever the path, so that a tool
// that fetches missing intermediates can be tried without a second server.
asio::awaitable<void> serve_intermediate(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                         const std::string& der) {
  Parser parser;
  parser.header_limit(Receiver::kMaxHeadBytes);
  const auto [error, size] = co_await http::async_read_header(stream, buffer, parser, kToken);
  if (error) co_return;
  const std::string answer = fmt::format(
      "HTTP/1.1 200 OK\r\nContent-Type: application/pkix-cert\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
      der.size(), der);
  co_await asio::async_write(stream, asio::buffer(answer), kToken);
}

asio::awaitable<void> serve_tls(asio::ip::tcp::socket socket, ReceiverState& state, ReceiverThread& thread) {
  constexpr char kHandshakeRecord = 0x16;  // RFC 8446, 5.1
  TlsStream stream(beast::tcp_stream(std::move(socket)), *state.tls);
  beast::tcp_stream& tcp = stream.next_layer();
  tcp.expires_after(Receiver::kHandshakeTimeout);
  beast::flat_buffer hello(Receiver::kMaxHeadBytes);
  const auto [no_hello, size] = co_await tcp.async_read_some(hello.prepare(kReadBytes), kToken);
  if (no_hello) co_return count(state.handshakes_failed);
  hello.commit(size);
  const bool is_tls = *static_cast<const char*>(hello.data().data()) == kHandshakeRecord;
  if (!is_tls && !state.intermediate_der.empty())
    co_return co_await serve_intermediate(tcp, hello, state.intermediate_der);
  const auto [error, used] = co_await stream.async_handshake(asio::ssl::stream_base::server, hello.data(), kToken);
  if (error) co_return count(state.handshakes_failed);
  hello.clear();
  co_await Session<TlsStream>(stream, state, thread).serve();
}

// Reads what comes and answers nothing: the first bytes only, or until the client gives up.
asio::awaitable<void> swallow(beast::tcp_stream& stream, bool for_long) {
  std::string bytes(kReadBytes, '\0');
  stream.expires_after(for_long ? Receiver::kSilence : Receiver::kHandshakeTimeout);
  for (bool open = true; open;) {
    const auto [error, size] = co_await stream.async_read_some(asio::buffer(bytes), kToken);
    open = for_long && !error;
  }
}

}  // namespace

asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket, ReceiverState& state, ReceiverThread& thread) {
  count(state.connections);
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (state.tls != nullptr) {
    co_await serve_tls(std::move(socket), state, thread);
  } else {
    beast::tcp_stream stream(std::move(socket));
    co_await Session<beast::tcp_stream>(stream, state, thread).serve();
  }
  state.open_connections.fetch_sub(1, std::memory_order_relaxed);
}

asio::awaitable<void> lose_connection(asio::ip::tcp::socket socket, ReceiverState& state, DropLaw::Of how) {
  count(state.connections);
  if (how == DropLaw::Of::reset) {
    count(state.dropped_reset);
    send_reset(socket);
  } else {
    count(how == DropLaw::Of::hello ? state.dropped_hello : state.dropped_silence);
    beast::tcp_stream stream(std::move(socket));
    co_await swallow(stream, how == DropLaw::Of::silence);
  }
  state.open_connections.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace hookdrill
