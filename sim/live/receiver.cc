#include "live/receiver.h"

#include <fmt/core.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>
#include <vector>

#include "base/check.h"
#include "live/pki.h"
#include "live/receiver_drops.h"
#include "live/receiver_session.h"
#include "plan/address.h"

namespace hookdrill {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr int kBacklog = SOMAXCONN;  // the kernel cuts it to net.core.somaxconn

Result<tcp::endpoint> parse_listen(const std::string& listen) {
  const Diagnostic wrong{"", 0, 0,
                         fmt::format("cannot listen on \"{}\": wanted an address and a port, as in "
                                     "127.0.0.1:8443 or [::1]:8443",
                                     listen)};
  const std::optional<HostPort> parsed = parse_host_port(listen);
  if (!parsed) return wrong;
  error_code error;
  const asio::ip::address address =
      asio::ip::make_address(parsed->host == "localhost" ? "127.0.0.1" : parsed->host, error);
  if (error) return wrong;
  return tcp::endpoint(address, parsed->port);
}

std::string endpoint_text(const tcp::endpoint& endpoint) {
  return host_port_text(endpoint.address().to_string(), endpoint.port());
}

error_code bind_to(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  return error;
}

// Opens, binds and listens; the first step that fails. A port that the kernel chose is given back when the socket stops
// listening; `by_number` binds to the same port once more, by its number, which keeps it.
error_code listen_on(tcp::acceptor& acceptor, tcp::endpoint endpoint, bool by_number) {
  tcp::acceptor scout(acceptor.get_executor());
  if (by_number && endpoint.port() == 0) {
    if (const error_code error = bind_to(scout, endpoint)) return error;
    endpoint = scout.local_endpoint();
  }
  error_code error = bind_to(acceptor, endpoint);
  if (!error) acceptor.listen(kBacklog, error);
  return error;
}

// One thread: its own loop, so connections never move between threads.
struct Worker {
  explicit Worker(const Secret& app_secret) : own(app_secret) {}
  ReceiverThread own;
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy{io.get_executor()};
};

}  // namespace

struct Receiver::Impl {
  ReceiverState state;
  std::string root_pem;
  tcp::endpoint endpoint;
  std::optional<ReceiverDrops> drops;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  std::vector<std::unique_ptr<Worker>> workers;  // after the state: open coroutines end before what they refer to
  std::optional<tcp::acceptor> acceptor;         // on the first worker
  std::vector<std::thread> threads;
  Histogram time_to_answer;  // of the workers, once they have ended

  asio::awaitable<void> accept();
  void hand_over(tcp::socket socket, Worker& worker);
  void set_up_tls(const std::string& host);
};

asio::awaitable<void> Receiver::Impl::accept() {
  asio::steady_timer timer(acceptor->get_executor());
  const auto pause = [&timer] {
    timer.expires_after(std::chrono::milliseconds(5));
    return timer.async_wait(kToken);
  };
  for (std::size_t next = 0;; next = (next + 1) % workers.size()) {
    while (state.open_connections.load(std::memory_order_relaxed) >= kMaxConnections) co_await pause();
    Worker& worker = *workers[next];
    auto [error, socket] = co_await acceptor->async_accept(worker.io, kToken);
    if (!error) {
      hand_over(std::move(socket), worker);
    } else if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
      co_return;
    } else if (error != asio::error::connection_aborted) {
      co_await pause();  // out of descriptors or memory: the kernel's queue holds the next ones
    }
  }
}

void Receiver::Impl::hand_over(tcp::socket socket, Worker& worker) {
  error_code gone;
  const tcp::endpoint source = socket.remote_endpoint(gone);
  state.open_connections.fetch_add(1, std::memory_order_relaxed);
  const std::optional<DropLaw::Of> lost = gone ? std::nullopt : drops->fate(source);
  asio::co_spawn(
      worker.io,
      lost ? lose_connection(std::move(socket), state, *lost) : serve_connection(std::move(socket), state, worker.own),
      asio::detached);
}

Receiver::Receiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Receiver::~Receiver() {
  stop();
}

Result<std::unique_ptr<Receiver>> Receiver::start(const ReceiverSettings& settings, const Secret& app_secret,
                                                  const Secret& verify_token, const std::string& host,
                                                  std::uint64_t seed) {
  const Result<tcp::endpoint> endpoint = parse_listen(settings.listen);
  if (!endpoint) return endpoint.error();
  auto impl = std::make_unique<Impl>();
  impl->state.settings = settings;
  impl->state.app_secret = app_secret;
  impl->state.verify_token = verify_token;
  impl->state.seed = seed;
  for (int i = 0; i < std::max(1, settings.workers); ++i) impl->workers.push_back(std::make_unique<Worker>(app_secret));

  impl->drops.emplace(settings, seed);
  impl->acceptor.emplace(impl->workers.front()->io);
  const error_code error = listen_on(*impl->acceptor, *endpoint, impl->drops->refuses());
  if (error) return Diagnostic{"", 0, 0, fmt::format("cannot listen on {}: {}", settings.listen, error.message())};
  impl->endpoint = impl->acceptor->local_endpoint();
  const Result<void> can_drop = impl->drops->check(impl->acceptor->native_handle());
  if (!can_drop) return can_drop.error();

  if (settings.tls) impl->set_up_tls(host);
  asio::co_spawn(impl->workers.front()->io, impl->accept(), asio::detached);
  for (const std::unique_ptr<Worker>& worker : impl->workers)
    impl->threads.emplace_back([&io = worker->io] { io.run(); });
  return std::unique_ptr<Receiver>(new Receiver(std::move(impl)));
}

void Receiver::Impl::set_up_tls(const std::string& host) {
  const ReceiverCertificate certificate = state.settings.certificate;
  const Pki pki = make_pki(certificate, host, fmt::format("http://{}/intermediate.der", endpoint_text(endpoint)));
  use_pki(pki, tls.native_handle());
  root_pem = pki.root_pem;
  state.tls = &tls;
  if (certificate == ReceiverCertificate::leaf_only) state.intermediate_der = pki.intermediate_der;
}

void Receiver::begin_drops() {
  Impl& impl = *impl_;
  asio::co_spawn(impl.workers.front()->io, impl.drops->run(*impl.acceptor), asio::detached);
}

void Receiver::stop() {
  for (const std::unique_ptr<Worker>& worker : impl_->workers) worker->io.stop();
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
  if (impl_->acceptor) impl_->state.dropped_syns = dropped_syns(impl_->acceptor->native_handle());
  impl_->acceptor.reset();  // free the port now, although counts stay readable
  for (const std::unique_ptr<Worker>& worker : impl_->workers) impl_->time_to_answer.merge(worker->own.time_to_answer);
  impl_->workers.clear();
}

std::uint16_t Receiver::port() const {
  return impl_->endpoint.port();
}

std::string Receiver::address() const {
  return endpoint_text(impl_->endpoint);
}

std::string Receiver::connect_address() const {
  tcp::endpoint reachable = impl_->endpoint;
  if (reachable.address().is_unspecified())
    reachable.address(reachable.address().is_v6() ? asio::ip::address(asio::ip::address_v6::loopback())
                                                  : asio::ip::address(asio::ip::address_v4::loopback()));
  return endpoint_text(reachable);
}

std::string Receiver::root_pem() const {
  return impl_->root_pem;
}

const Ledger& Receiver::ledger() const {
  return impl_->state.ledger;
}

const Histogram& Receiver::time_to_answer() const {
  return impl_->time_to_answer;
}

ReceiverCounts Receiver::counts() const {
  const ReceiverState& state = impl_->state;
  ReceiverCounts counts;
  counts.connections = state.connections;
  counts.handshakes_failed = state.handshakes_failed;
  counts.requests = state.requests;
  counts.deliveries = state.deliveries;
  counts.refused_signatures = state.refused_signatures;
  counts.unreadable = state.unreadable;
  counts.challenges = state.challenges;
  counts.refused_challenges = state.refused_challenges;
  counts.malformed = state.malformed;
  counts.closed = state.closed;
  counts.half = state.half;
  counts.reset = state.reset;
  counts.dropped_syns = state.dropped_syns;
  counts.dropped_reset = state.dropped_reset;
  counts.dropped_silence = state.dropped_silence;
  counts.dropped_hello = state.dropped_hello;
  for (std::size_t status = 0; status < state.answers.size(); ++status)
    if (const std::uint64_t count = state.answers[status]; count > 0) counts.answers[static_cast<int>(status)] = count;
  return counts;
}

}  // namespace hookdrill
