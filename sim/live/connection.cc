#include "live/connection.h"

#include <fmt/core.h>
#include <netinet/tcp.h>
#include <openssl/err.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "base/encoding.h"
#include "plan/address.h"

namespace hookdrill {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadSize = 16 * 1024;

StepResult failed(OutcomeKind kind, std::string text = {}, int curl_errno = 0) {
  return {{kind, 0}, curl_errno, std::move(text)};
}

// What the operating system said, told apart by who is to blame. The kinds are those of the phase in which it happened.
StepResult system_failure(int error, OutcomeKind reset, OutcomeKind otherwise) {
  switch (error) {
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED:
      return failed(reset);
    case EMFILE:
    case ENFILE:
      return failed(OutcomeKind::client_fds,
                    fmt::format("{}: raise the limit (ulimit -n)",
                                error_code(error, boost::system::system_category()).message()));
    case EADDRNOTAVAIL:
    case EADDRINUSE:
      return failed(OutcomeKind::client_ports,
                    "no free local port to this address: more source addresses, or a lower rate");
    case ENOBUFS:
    case ENOMEM:
      return failed(OutcomeKind::client_other, error_code(error, boost::system::system_category()).message());
    default:
      return failed(otherwise, error_code(error, boost::system::system_category()).message());
  }
}

StepResult connect_failure(int error) {
  switch (error) {
    case ECONNREFUSED:
      return failed(OutcomeKind::connect_refused);
    case ETIMEDOUT:
      return failed(OutcomeKind::connect_timeout);
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EACCES:
    case EPERM:
      return failed(OutcomeKind::connect_unreachable, error_code(error, boost::system::system_category()).message());
    default:
      return system_failure(error, OutcomeKind::connect_reset, OutcomeKind::client_other);
  }
}

struct PhaseKinds {
  OutcomeKind timeout, reset, closed;
};

PhaseKinds kinds_of(Phase phase) {
  switch (phase) {
    case Phase::connect:
      return {OutcomeKind::connect_timeout, OutcomeKind::connect_reset, OutcomeKind::connect_reset};
    case Phase::tls:
      return {OutcomeKind::tls_timeout, OutcomeKind::tls_reset, OutcomeKind::tls_closed};
    case Phase::write:
      return {OutcomeKind::write_timeout, OutcomeKind::write_reset, OutcomeKind::write_reset};
    case Phase::wait:
      return {OutcomeKind::wait_timeout, OutcomeKind::wait_reset, OutcomeKind::wait_closed};
    default:
      return {OutcomeKind::read_timeout, OutcomeKind::read_reset, OutcomeKind::read_closed};
  }
}

// Whether the silence is the path's (nothing is acknowledged) or the peer's, as far as our kernel knows. Few different
// texts: what differs from attempt to attempt stays out.
std::string silence_text(Phase phase, const std::optional<PathFacts>& facts) {
  if (!facts) return {};
  if (phase == Phase::connect) {
    const std::uint32_t syns = facts->segments_repeated + 1;
    return syns == 1 ? "One SYN was sent; it was not answered."
                     : fmt::format("{} SYNs were sent; none was answered.", syns);
  }
  return facts->segments_unacked > 0
             ? "What was sent last was not even acknowledged: it or its answer was lost on the way."
             : "All that was sent was acknowledged: it arrived, and the other side was silent.";
}

std::string openssl_reason() {
  const unsigned long code = ERR_peek_error();
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given" : reason;
}

}  // namespace

StepResult Connection::interrupted(Phase phase) {
  if (!timed_out_) return failed(OutcomeKind::client_other, "cancelled");
  return failed(kinds_of(phase).timeout, silence_text(phase, path_facts()));
}

std::optional<PathFacts> Connection::path_facts() {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (!socket_.is_open() || ::getsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return std::nullopt;
  return PathFacts{info.tcpi_total_retrans, info.tcpi_unacked, std::chrono::microseconds(info.tcpi_rtt)};
}

void Connection::abort(bool timed_out) {
  if (aborted_) return;
  aborted_ = true;
  timed_out_ = timed_out;
  error_code ignored;
  socket_.cancel(ignored);
}

asio::awaitable<std::optional<error_code>> Connection::ready(Want want) {
  const auto [error] =
      co_await socket_.async_wait(want == Want::read ? Tcp::socket::wait_read : Tcp::socket::wait_write, kAwait);
  if (error) co_return error;
  co_return std::nullopt;
}

asio::awaitable<StepResult> Connection::connect(const Tcp::endpoint& to, const asio::ip::address& source) {
  remote_ = host_port_text(to.address().to_string(), to.port());
  error_code error;
  socket_.open(to.protocol(), error);
  if (error) co_return system_failure(error.value(), OutcomeKind::connect_reset, OutcomeKind::client_other);
  socket_.set_option(Tcp::no_delay(true), error);
  socket_.non_blocking(true, error);
  if (!source.is_unspecified()) {
    // The port is chosen at connect, where one local port can serve many destinations.
    const int on = 1;
    ::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    socket_.bind({source, 0}, error);
    if (error == asio::error::address_in_use)
      co_return system_failure(EADDRINUSE, OutcomeKind::connect_reset, OutcomeKind::client_other);
    if (error)
      co_return failed(OutcomeKind::client_other,
                       fmt::format("cannot send from {}: {}", source.to_string(), error.message()));
  }
  const auto [result] = co_await socket_.async_connect(to, kAwait);
  if (aborted_) co_return interrupted(Phase::connect);
  if (result) {
    StepResult failure = connect_failure(result.value());
    if (failure.outcome.kind == OutcomeKind::connect_timeout) failure.text = silence_text(Phase::connect, path_facts());
    co_return failure;
  }
  co_return StepResult{};
}

// Classifies from recorded facts first: the verify callback, alerts, errno; OpenSSL's error queue comes last, because
// its first entry can be a consequence of the cause.
StepResult Connection::tls_failure(int result, Phase phase) {
  const int saved_errno = errno;
  const int error = SSL_get_error(ssl_.get(), result);
  const PhaseKinds kinds = kinds_of(phase);
  if (!observation_.verify_errors.empty() && !client_->goes_on()) {
    // curl takes the first queued error, which for a wrong signature is not the one that says "certificate".
    const bool signature = observation_.verify_errors.front().error == X509_V_ERR_CERT_SIGNATURE_FAILURE;
    return failed(OutcomeKind::tls_certificate, observation_.certificate_text, signature ? 35 : 0);
  }
  if (observation_.alert_received > 0) {
    return failed(OutcomeKind::tls_alert,
                  fmt::format("The server sent the TLS alert {}{}.", alert_text(observation_.alert_received),
                              asked_text(observation_)),
                  phase == Phase::tls ? 0 : 56);
  }
  if (error == SSL_ERROR_ZERO_RETURN) return failed(kinds.closed);
  if (error == SSL_ERROR_SYSCALL) {
    if (saved_errno == 0) return failed(kinds.closed);
    return system_failure(saved_errno, kinds.reset, kinds.reset);
  }
  if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) return failed(kinds.closed);
  return failed(OutcomeKind::tls_protocol, fmt::format("OpenSSL: {}{}.", openssl_reason(), not_tls()));
}

// When the server does not speak TLS: what it said instead. A TLS record begins with its type, 20 to 24.
std::string Connection::not_tls() {
  std::string& first = observation_.first_bytes;
  if (first.empty() || (first[0] >= 20 && first[0] <= 24)) return "";
  char more[59];
  const ssize_t got = ::recv(socket_.native_handle(), more, sizeof more, MSG_DONTWAIT);
  if (got > 0) first.append(more, static_cast<std::size_t>(got));
  return fmt::format("; the server began with \"{}\", which is not TLS", printable(first.substr(0, first.find('\r'))));
}

asio::awaitable<StepResult> Connection::handshake(TlsClient& client) {
  client_ = &client;
  ssl_ = client.open(socket_.native_handle(), observation_);
  for (;;) {
    if (aborted_) co_return interrupted(Phase::tls);
    ERR_clear_error();
    errno = 0;
    const int result = SSL_connect(ssl_.get());
    if (result == 1) {
      client.check_negotiated(ssl_.get());
      co_return StepResult{};
    }
    const int error = SSL_get_error(ssl_.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) co_return tls_failure(result, Phase::tls);
    co_await ready(error == SSL_ERROR_WANT_READ ? Want::read : Want::write);
  }
}

asio::awaitable<StepResult> Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (aborted_) co_return interrupted(Phase::write);
    Want want = Want::write;
    if (ssl_) {
      ERR_clear_error();
      errno = 0;
      const int chunk = static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 30));
      const int written = SSL_write(ssl_.get(), bytes.data(), chunk);
      if (written > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(written));
        continue;
      }
      const int error = SSL_get_error(ssl_.get(), written);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) co_return tls_failure(written, Phase::write);
      want = error == SSL_ERROR_WANT_READ ? Want::read : Want::write;
    } else {
      error_code error;
      const std::size_t written = socket_.write_some(asio::buffer(bytes), error);
      bytes.remove_prefix(written);
      if (!error) continue;
      if (error != asio::error::would_block)
        co_return system_failure(error.value(), OutcomeKind::write_reset, OutcomeKind::write_reset);
    }
    co_await ready(want);
  }
  co_return StepResult{};
}

// Appends what has arrived to buffer_, waiting for at least one byte. At the end of the stream: at_end_, and ok.
asio::awaitable<StepResult> Connection::read_some(Phase phase) {
  const auto space = buffer_.prepare(kReadSize);
  for (;;) {
    if (aborted_) co_return interrupted(phase);
    Want want = Want::read;
    if (ssl_) {
      ERR_clear_error();
      errno = 0;
      const int got = SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size()));
      if (got > 0) {
        buffer_.commit(static_cast<std::size_t>(got));
        co_return StepResult{};
      }
      const int error = SSL_get_error(ssl_.get(), got);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        StepResult failure = tls_failure(got, phase);
        at_end_ = failure.outcome.kind == kinds_of(phase).closed;
        co_return at_end_ ? StepResult{} : failure;
      }
      want = error == SSL_ERROR_WANT_READ ? Want::read : Want::write;
    } else {
      error_code error;
      const std::size_t got = socket_.read_some(space, error);
      buffer_.commit(got);
      at_end_ = error == asio::error::eof;
      if (!error || at_end_) co_return StepResult{};
      if (error != asio::error::would_block)
        co_return system_failure(error.value(), kinds_of(phase).reset, kinds_of(phase).reset);
    }
    co_await ready(want);
  }
}

asio::awaitable<StepResult> Connection::open(const Tcp::endpoint& to, const asio::ip::address& source,
                                             TlsClient* client, PhaseTimes& times) {
  times.begin();
  StepResult step = co_await connect(to, source);
  times.end(Phase::connect);
  connect_facts_ = path_facts();
  if (!step.ok() || client == nullptr) co_return step;
  step = co_await handshake(*client);
  times.end(Phase::tls);
  co_return step;
}

asio::awaitable<StepResult> Connection::exchange(std::string_view request, HttpAnswer& answer, PhaseTimes& times) {
  times.begin();
  StepResult step = co_await write(request);
  times.end(Phase::write);
  if (!step.ok()) co_return step;
  step = co_await first_byte();
  times.end(Phase::wait);
  if (!step.ok()) co_return step;
  step = co_await read_answer(answer);
  times.end(Phase::read);
  co_return step;
}

asio::awaitable<StepResult> Connection::first_byte() {
  buffer_.consume(buffer_.size());
  const StepResult step = co_await read_some(Phase::wait);
  if (step.ok() && at_end_) co_return failed(OutcomeKind::wait_closed);
  co_return step;
}

asio::awaitable<StepResult> Connection::read_answer(HttpAnswer& answer) {
  std::optional<http::response_parser<http::string_body>> parser;
  const auto renew = [&] {
    parser.emplace();
    parser->eager(true);
    parser->body_limit(kBodyMax);
    parser->header_limit(kHeaderMax);
  };
  const auto malformed = [&](const error_code& error) {
    const bool garbage =
        !parser->is_header_done() &&
        !std::string_view(static_cast<const char*>(buffer_.data().data()), buffer_.size()).starts_with("HTTP/");
    return failed(OutcomeKind::read_malformed, fmt::format("The answer is not HTTP ({}).", error.message()),
                  garbage ? 1 : 8);
  };
  renew();
  for (;;) {
    error_code error;
    if (buffer_.size() > 0) {
      const std::size_t used = parser->put(buffer_.data(), error);
      if (error && error != http::error::need_more) co_return malformed(error);
      buffer_.consume(used);
    }
    if (parser->is_done() &&
        parser->get().result_int() / 100 == 1) {  // 100 Continue and 103 Early Hints come before the answer
      renew();
      continue;
    }
    if (parser->is_done()) break;
    if (at_end_) {
      error.clear();
      parser->put_eof(error);
      if (error) co_return failed(parser->got_some() ? OutcomeKind::read_closed : OutcomeKind::wait_closed);
      break;
    }
    const StepResult step = co_await read_some(Phase::read);
    if (!step.ok()) co_return step;
  }
  const auto& message = parser->get();
  answer.status = static_cast<int>(message.result_int());
  answer.keep_alive = parser->keep_alive() && !at_end_;
  answer.body = message.body().substr(0, kBodyKept);
  answer.location = std::string(message[http::field::location]);
  answer.server = std::string(message[http::field::server]);
  if (answer.keep_fields) {
    for (const auto& field : message)
      answer.fields +=
          fmt::format("{}: {}\r\n", std::string_view(field.name_string()), std::string_view(field.value()));
  }
  co_return StepResult{};
}

void Connection::close() {
  if (ssl_ && client_ != nullptr) {
    if (SSL_is_init_finished(ssl_.get()) && !aborted_ && !at_end_) {
      ERR_clear_error();
      SSL_shutdown(ssl_.get());
    }
    client_->finished(ssl_.get());
  }
  ssl_.reset();
  error_code ignored;
  socket_.close(ignored);
}

bool Connection::usable_again() {
  if (aborted_ || at_end_ || !socket_.is_open()) return false;
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
  return got > 0 && ssl_;  // TLS 1.3 tickets may wait to be read; plain bytes nobody asked for may not
}

}  // namespace hookdrill
