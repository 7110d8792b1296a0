#include "live/probe.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hookdrill {

namespace asio = boost::asio;

namespace {

class Prober {
 public:
  Prober(asio::io_context& io, const std::vector<Probe>& probes) : io_(io), probes_(probes), results_(probes.size()) {}

  // One of `at_once` coroutines that take the probes in turn.
  asio::awaitable<void> work() {
    while (next_ < probes_.size()) {
      const std::size_t mine = next_++;
      co_await perform(probes_[mine], results_[mine]);
    }
  }

  std::vector<ProbeResult> take() { return std::move(results_); }

 private:
  asio::awaitable<void> perform(const Probe& order, ProbeResult& result) {
    Connection connection(io_);
    asio::steady_timer deadline(io_, order.limit);
    deadline.async_wait([&connection](boost::system::error_code error) {
      if (!error) connection.abort(true);
    });
    result.answer.keep_fields = true;
    result.step = co_await converse(connection, order, result);
    result.remote = connection.remote();
    result.tls = connection.tls_observation();
    if (connection.ssl() != nullptr) {
      result.facts = tls_facts(connection.ssl());
      if (result.facts.done) result.negotiated = negotiated_text(connection.ssl());
    }
    connection.close();
    deadline.cancel();
    // The timer's handler refers to the connection: it must have run before both go.
    co_await asio::post(io_, asio::use_awaitable);
  }

  static asio::awaitable<StepResult> converse(Connection& connection, const Probe& order, ProbeResult& result) {
    StepResult step = co_await connection.open(order.to, order.source, order.tls, result.times);
    result.connected = step.ok() || connection.ssl() != nullptr;
    if (result.connected && order.tls != nullptr) note_first_byte(connection.tls_observation(), result);
    if (!step.ok()) co_return step;
    if (!order.request.empty()) co_return co_await connection.exchange(order.request, result.answer, result.times);
    if (order.listen) step = co_await connection.first_byte();
    co_return step;
  }

  static void note_first_byte(const TlsObservation& seen, ProbeResult& result) {
    if (seen.first_byte == std::chrono::steady_clock::time_point{}) return;
    const Duration tls = result.times.took[static_cast<std::size_t>(Phase::tls)];
    result.first_tls_byte = seen.first_byte - (result.times.began - tls);
  }

  asio::io_context& io_;
  const std::vector<Probe>& probes_;
  std::vector<ProbeResult> results_;
  std::size_t next_ = 0;
};

}  // namespace

std::vector<ProbeResult> probe_all(const std::vector<Probe>& probes, int at_once) {
  asio::io_context io(1);
  Prober prober(io, probes);
  for (int i = 0; i < at_once; ++i) asio::co_spawn(io, prober.work(), asio::detached);
  io.run();
  return prober.take();
}

ProbeResult probe(const LivePath& path, const TrustStore& trust, const std::string& request, Duration limit) {
  asio::io_context io(1);
  Resolver resolver(io, path.connect_host, path.connect_port);
  Resolver::Answer found;
  PhaseTimes times;
  asio::co_spawn(
      io, [&]() -> asio::awaitable<void> { found = co_await resolver.resolve(); }, asio::detached);
  io.run();
  times.end(Phase::dns);
  const Duration lookup = times.took[static_cast<std::size_t>(Phase::dns)];
  ProbeResult result;
  if (found.kind != OutcomeKind::ok) {
    result.step = {{found.kind, 0}, 0, found.text};
  } else {
    TlsClient client(strict_profile(path.tls), trust, path.endpoint.host);
    Probe order;
    order.to = found.addresses.front();
    if (!path.sources.empty()) order.source = path.sources.front();
    order.tls = path.endpoint.tls ? &client : nullptr;
    order.request = request;
    order.limit = std::max(limit - lookup, Duration(1));
    result = std::move(probe_all({order}, 1).front());
  }
  result.times.took[static_cast<std::size_t>(Phase::dns)] = lookup;
  return result;
}

bool is_on_loopback(const LivePath& path) {
  asio::io_context io;
  asio::ip::tcp::resolver resolver(io);
  boost::system::error_code error;
  const auto found = resolver.resolve(path.connect_host, std::to_string(path.connect_port),
                                      asio::ip::tcp::resolver::numeric_service, error);
  return !error && std::all_of(found.begin(), found.end(),
                               [](const auto& entry) { return entry.endpoint().address().is_loopback(); });
}

}  // namespace hookdrill
