#include "live/probe.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace hookdrill {

namespace asio = boost::asio;

namespace {

using Clock = std::chrono::steady_clock;

class Probe {
 public:
  Probe(const LivePath& path, const TrustStore& trust, ProbeResult& result)
      : path_(path),
        client_(path.tls, trust, path.endpoint.host),
        resolver_(io_, path.connect_host, path.connect_port),
        connection_(io_),
        result_(result) {}

  void run(std::string_view request, Duration limit) {
    asio::steady_timer deadline(io_, limit);
    deadline.async_wait([this](boost::system::error_code error) {
      if (!error) connection_.abort(true);
    });
    asio::co_spawn(
        io_,
        [this, request, &deadline]() -> asio::awaitable<void> {
          result_.step = co_await perform(request);
          result_.tls = connection_.tls_observation();
          connection_.close();
          deadline.cancel();
        },
        asio::detached);
    io_.run();
  }

 private:
  asio::awaitable<StepResult> perform(std::string_view request) {
    step_began_ = Clock::now();
    const Resolver::Answer found = co_await resolver_.resolve();
    passed(Phase::dns, {});
    if (found.kind != OutcomeKind::ok) co_return StepResult{{found.kind, 0}, 0, found.text};
    const asio::ip::address source = path_.sources.empty() ? asio::ip::address() : path_.sources.front();
    StepResult step = co_await connection_.connect(found.addresses.front(), source);
    result_.remote = connection_.remote();
    if (!passed(Phase::connect, step)) co_return step;
    if (path_.endpoint.tls) {
      step = co_await connection_.handshake(client_);
      if (!passed(Phase::tls, step)) co_return step;
      result_.negotiated = negotiated_text(connection_.ssl());
    }
    step = co_await connection_.write(request);
    if (!passed(Phase::write, step)) co_return step;
    step = co_await connection_.first_byte();
    if (!passed(Phase::wait, step)) co_return step;
    step = co_await connection_.read_answer(result_.answer);
    passed(Phase::read, step);
    co_return step;
  }

  bool passed(Phase phase, const StepResult& step) {
    const Clock::time_point ended = Clock::now();
    result_.phases[static_cast<std::size_t>(phase)] = ended - step_began_;
    step_began_ = ended;
    return step.ok();
  }

  const LivePath& path_;
  asio::io_context io_{1};
  TlsClient client_;
  Resolver resolver_;
  Connection connection_;
  ProbeResult& result_;
  Clock::time_point step_began_;
};

}  // namespace

ProbeResult probe(const LivePath& path, const TrustStore& trust, std::string_view request, Duration limit) {
  ProbeResult result;
  Probe(path, trust, result).run(request, limit);
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
