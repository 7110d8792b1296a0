#include "live/live_transport.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/check.h"
#include "base/encoding.h"
#include "base/rng.h"
#include "live/certificate_text.h"
#include "live/client_certificate.h"
#include "plan/address.h"
#include "plan/sender.h"

namespace hookdrill {

namespace asio = boost::asio;

namespace {

// Beyond these the report names "and others"; a hostile server could else fill the memory with texts.
constexpr std::size_t kDetailsMax = 1000;
constexpr std::size_t kAddressesMax = 64;
constexpr std::size_t kBatch = 64;  // completions handed over at a time

Duration since(WallStart start) {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - start);
}

TlsProfile load_profile(const TlsSettings& settings) {
  TlsProfile profile = strict_profile(settings);
  profile.many = true;
  return profile;
}

}  // namespace

/// One attempt under way.
struct LiveTransport::Operation {
  Finished finished;
  std::unique_ptr<Connection> connection;
  std::string request;
  bool over = false;
  bool aborted = false;  // before there was a connection to abort
  bool timed_out = false;
  PhaseTimes times;

  void abort(bool by_deadline) {
    if (aborted) return;
    aborted = true;
    timed_out = by_deadline;
    if (connection) connection->abort(by_deadline);
  }
};

Result<LivePath> live_path(const Scenario& scenario, const PathSettings& path) {
  LivePath live;
  live.endpoint = path.endpoint.value_or(scenario.endpoint);
  live.endpoint.app_secret = scenario.endpoint.app_secret;
  live.endpoint.verify_token = scenario.endpoint.verify_token;
  live.tls = scenario.tls;
  live.deliveries = scenario.deliveries;
  live.attempt_timeout = scenario.retry.attempt_timeout;
  live.seed = scenario.seed;
  live.sender = scenario.retry.sender;
  live.connect_host = live.endpoint.host;
  live.connect_port = live.endpoint.port;
  const auto mistake = [&](const std::string& what) {
    return Diagnostic{scenario.file, 0, 0, fmt::format("paths.{}: {}", path.name, what)};
  };
  if (!path.connect.empty()) {
    const std::optional<HostPort> connect = parse_host_port(path.connect);
    if (!connect) return mistake(fmt::format("connect = \"{}\" is not \"host:port\"", path.connect));
    live.connect_host = connect->host;
    live.connect_port = connect->port;
  }
  for (const std::string& source : path.sources) {
    boost::system::error_code error;
    live.sources.push_back(asio::ip::make_address(source, error));
    if (error) return mistake(fmt::format("source \"{}\" is not an IP address", source));
  }
  if (!live.tls.client_certificate.empty()) {
    const Result<void> usable = check_client_certificate(live.tls.client_certificate);
    if (!usable) return usable.error();
  }
  return live;
}

LiveTransport::LiveTransport(const LivePath& path, const TrustStore& trust, const Payloads& payloads, WallStart start)
    : path_(path),
      start_(start),
      tls_client_(load_profile(path.tls), trust, path.endpoint.host),
      resolver_(io_, path.connect_host, path.connect_port),
      writer_(path.endpoint, path.deliveries.client, payloads),
      sender_pace_(path.sources.size()) {}

// Coroutines that never finished (the resolver cannot be cancelled) are destroyed with io_, while the members they use
// are still alive: operations own their connections.
LiveTransport::~LiveTransport() {
  for (std::unique_ptr<Connection>& connection : idle_) connection->close();
}

Time LiveTransport::now() const {
  return kRunStart + since(start_);
}

void LiveTransport::start(const Attempt& attempt) {
  auto operation = std::make_shared<Operation>();
  operation->finished.attempt = attempt;
  deadlines_.push_back({now() + path_.attempt_timeout, operation});
  ++in_flight_;
  asio::co_spawn(io_, perform(std::move(operation)), asio::detached);
}

asio::awaitable<void> LiveTransport::perform(std::shared_ptr<Operation> operation) {
  HttpAnswer answer;
  writer_.post(operation->finished.attempt.delivery, operation->request);
  operation->finished.sent = std::max(now(), operation->finished.attempt.due);
  StepResult step;
  operation->connection = idle_connection();
  operation->finished.fresh = operation->connection == nullptr;
  if (!operation->finished.fresh) {
    step = co_await operation->connection->exchange(operation->request, answer, operation->times);
    // A server may close an idle connection just as we write: that is no failed attempt, libcurl opens a new one as
    // well.
    const bool stale = step.outcome.kind == OutcomeKind::wait_closed || step.outcome.kind == OutcomeKind::wait_reset ||
                       step.outcome.kind == OutcomeKind::write_reset;
    if (stale) {
      operation->connection->close();
      operation->connection.reset();
      operation->finished.fresh = true;
      operation->times = {};
    }
  }
  if (operation->finished.fresh) {
    step = co_await open(*operation);
    if (step.ok()) step = co_await operation->connection->exchange(operation->request, answer, operation->times);
  }
  finish(*operation, step, answer);
}

asio::awaitable<StepResult> LiveTransport::open(Operation& operation) {
  const Attempt& attempt = operation.finished.attempt;
  operation.times.begin();
  const Resolver::Answer found = co_await resolver_.resolve();
  if (found.asked) operation.times.end(Phase::dns);
  if (operation.aborted)
    co_return StepResult{{operation.timed_out ? OutcomeKind::dns_timeout : OutcomeKind::client_other, 0}, 28, {}};
  if (found.kind != OutcomeKind::ok) co_return StepResult{{found.kind, 0}, 0, found.text};

  const DrawKey key{path_.seed, attempt.delivery, attempt.number, Purpose::address};
  const asio::ip::tcp::endpoint to = found.addresses[draw_below(key, found.addresses.size())];
  asio::ip::address source;
  if (!path_.sources.empty()) {
    const std::uint64_t index =
        draw_sender(path_.sender, path_.seed, attempt.delivery, attempt.number, path_.sources.size());
    source = path_.sources[index];
    operation.finished.source = static_cast<std::int32_t>(index);
    operation.finished.sender_pace = sender_pace_.begin(index, now());
  }
  if (in_flight_ + static_cast<int>(idle_.size()) > path_.connections_max) {
    co_return StepResult{
        {OutcomeKind::client_fds, 0}, 0, "more connections than descriptors: raise the limit (ulimit -n)"};
  }
  operation.connection = std::make_unique<Connection>(io_);
  const StepResult step =
      co_await operation.connection->open(to, source, path_.endpoint.tls ? &tls_client_ : nullptr, operation.times);
  if (const std::optional<PathFacts> facts = operation.connection->connect_facts())
    operation.finished.syns_repeated = static_cast<std::int32_t>(facts->segments_repeated);
  if (found.addresses.size() > 1) operation.finished.address = shared_name(operation.connection->remote());
  if (!step.ok() || !path_.endpoint.tls) co_return step;
  operation.finished.resumed = SSL_session_reused(operation.connection->ssl()) == 1;
  if (negotiated_.empty()) {
    negotiated_ = negotiated_text(operation.connection->ssl());
    if (const X509* certificate = SSL_get0_peer_certificate(operation.connection->ssl()))
      certificate_expires_ = date_text(X509_get0_notAfter(certificate));
  }
  co_return step;
}

void LiveTransport::finish(Operation& operation, const StepResult& step, const HttpAnswer& answer) {
  Finished& finished = operation.finished;
  finished.done = now();
  finished.phases = operation.times.took;
  finished.outcome = step.outcome;
  if (step.ok()) finished.outcome = {OutcomeKind::http_status, static_cast<std::uint16_t>(answer.status)};
  const bool redirect = answer.status >= 300 && answer.status < 400 && !answer.location.empty();
  StepResult told = step;
  if (redirect) told.text = fmt::format("Redirects are not followed; Location: {}", printable(answer.location));
  if (!step.ok() || redirect) finished.detail = detail_of(operation, told);
  if (operation.connection) {
    if (path_.name_addresses) finished.address = shared_name(operation.connection->remote());
    if (addresses_.size() < kAddressesMax) addresses_.insert(operation.connection->remote());
    const bool keep = path_.deliveries.connections == DeliverySettings::Connections::keepalive && step.ok() &&
                      answer.keep_alive && !operation.aborted;
    if (keep) {
      idle_.push_back(std::move(operation.connection));
    } else {
      operation.connection->close();
    }
  }
  operation.connection.reset();
  operation.over = true;
  --in_flight_;
  finished_.push_back(std::move(finished));
}

std::shared_ptr<const FailureDetail> LiveTransport::detail_of(const Operation& operation, const StepResult& step) {
  FailureDetail detail{step.text, operation.connection ? operation.connection->remote() : "",
                       step.curl_errno != 0 ? step.curl_errno : outcome_curl_errno(step.outcome)};
  const std::string key = fmt::format("{} {} {}", detail.curl_errno, detail.address, detail.text);
  const auto known = details_.find(key);
  if (known != details_.end()) return known->second;
  auto shared = std::make_shared<const FailureDetail>(std::move(detail));
  if (details_.size() < kDetailsMax) details_.emplace(key, shared);
  return shared;
}

std::shared_ptr<const std::string> LiveTransport::shared_name(const std::string& address) {
  for (const auto& name : names_) {
    if (*name == address) return name;
  }
  if (names_.size() >= kAddressesMax) return nullptr;
  return names_.emplace_back(std::make_shared<const std::string>(address));
}

std::unique_ptr<Connection> LiveTransport::idle_connection() {
  while (!idle_.empty()) {
    std::unique_ptr<Connection> connection =
        std::move(idle_.back());  // the last used: the least likely to have been closed
    idle_.pop_back();
    if (connection->usable_again()) return connection;
    connection->close();
  }
  return nullptr;
}

void LiveTransport::expire_deadlines() {
  const Time time = now();
  while (!deadlines_.empty() && (deadlines_.front().operation->over || deadlines_.front().at <= time)) {
    if (!deadlines_.front().operation->over) deadlines_.front().operation->abort(true);
    deadlines_.pop_front();
  }
}

// steady_timer with run_one() waits with nanosecond deadlines (timerfd); run_one_until() would round to milliseconds.
void LiveTransport::arm(Time until) {
  if (timer_pending_ && armed_ == until) return;
  armed_ = until;
  timer_.expires_at(start_ + until.time_since_epoch());
  timer_pending_ = true;
  timer_.async_wait([this, until](boost::system::error_code) {
    if (armed_ == until) timer_pending_ = false;
  });
}

void LiveTransport::wait(Time until, std::vector<Finished>& finished) {
  expire_deadlines();
  while (finished_.empty() && !woken_ && (in_flight_ > 0 || until != kNever)) {
    const Time next = deadlines_.empty() ? until : std::min(until, deadlines_.front().at);
    if (next != kNever) arm(next);
    io_.restart();
    io_.run_one();
    // What else is ready, but never so much that something due has to wait for it.
    while (now() < next && finished_.size() < kBatch && io_.poll_one() > 0) {
    }
    expire_deadlines();
    if (until <= now()) break;
  }
  woken_ = false;
  finished.insert(finished.end(), std::make_move_iterator(finished_.begin()), std::make_move_iterator(finished_.end()));
  finished_.clear();
}

void LiveTransport::cancel() {
  for (Deadline& deadline : deadlines_) {
    if (!deadline.operation->over) deadline.operation->abort(false);
  }
}

void LiveTransport::wake() {
  asio::post(io_, [this] { woken_ = true; });
}

}  // namespace hookdrill
