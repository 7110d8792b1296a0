#include "model/model_transport.h"

#include <algorithm>

#include "base/check.h"
#include "base/rng.h"
#include "plan/delay_law.h"
#include "plan/planned_answer.h"
#include "plan/sender.h"

namespace hookdrill {
namespace {

// DrawKey::index of an attempt's draws besides those of LossLaws.
enum Draw : std::uint32_t { kConnectDraw = 20, kTlsDraw = 21, kAnswerDraw = 22 };

std::uint64_t order_of(const Attempt& attempt) {
  return attempt.delivery << 8 | (attempt.number & 0xff);
}

Phase after_connect(bool tls) {
  return tls ? Phase::tls : Phase::wait;
}

}  // namespace

ModelTransport::ModelTransport(ModelSettings settings)
    : settings_(std::move(settings)),
      laws_(settings_.model.server.drops, settings_.sources, settings_.seed),
      pace_(settings_.sources.size()) {
  const PathModel& model = settings_.model;
  HOOKDRILL_CHECK(model.server.by == ServerBehaviour::By::request || settings_.payloads != nullptr);
  const std::size_t sources = std::max<std::size_t>(1, settings_.sources.size());
  if (model.server.limit.per_second > 0) gate_.emplace(model.server.limit, sources);
  if (model.capacity.workers > 0)
    queue_.emplace(static_cast<std::size_t>(model.capacity.workers), static_cast<std::size_t>(model.capacity.queue));
}

std::uint32_t ModelTransport::new_flight() {
  if (free_flights_.empty()) {
    flights_.emplace_back();
    return static_cast<std::uint32_t>(flights_.size() - 1);
  }
  const std::uint32_t index = free_flights_.back();
  free_flights_.pop_back();
  flights_[index] = Flight();
  return index;
}

void ModelTransport::schedule(Time at, std::uint32_t flight, bool arrives) {
  events_.push_back({at, order_of(flights_[flight].finished.attempt), flight, arrives});
  std::push_heap(events_.begin(), events_.end(), Later());
}

Duration ModelTransport::draw(const DelayLaw& law, const Attempt& attempt, std::uint32_t index) const {
  return draw_delay(law, {settings_.seed, attempt.delivery, attempt.number, Purpose::model, index});
}

void ModelTransport::start(const Attempt& attempt) {
  const std::uint32_t index = new_flight();
  Flight& flight = flights_[index];
  flight.finished.attempt = attempt;
  flight.finished.sent = flight.at = now_;
  if (settings_.sources.size() > 1) {
    flight.source = static_cast<std::uint32_t>(
        draw_sender(settings_.sender, settings_.seed, attempt.delivery, attempt.number, settings_.sources.size()));
  }
  if (!settings_.sources.empty()) flight.finished.source = static_cast<std::int32_t>(flight.source);
  if (idle_connections_ == 0) {
    if (settings_.sources.size() > 1) flight.finished.sender_pace = pace_.begin(flight.source, now_);
    return knock(index);
  }
  --idle_connections_;
  flight.finished.fresh = false;
  arrive(index);
}

// Sends SYNs until one gets through. What is lost is a delay before it is a failure.
void ModelTransport::knock(std::uint32_t index) {
  Flight& flight = flights_[index];
  const Attempt& attempt = flight.finished.attempt;
  const std::vector<Duration>& again = settings_.model.syn_again;
  const Time sent = flight.finished.sent;
  const Duration round_trip = draw(settings_.model.connect, attempt, kConnectDraw);
  Duration waited{};
  LossLaws::SynFate fate = LossLaws::SynFate::lost;
  while (fate == LossLaws::SynFate::lost && flight.syns <= again.size()) {
    waited = flight.syns == 0 ? Duration{} : again[flight.syns - 1];
    if (waited >= settings_.attempt_timeout) break;
    fate = laws_.syn(attempt, flight.syns++, flight.source, sent + waited);
  }
  flight.finished.syns_repeated = static_cast<std::int32_t>(flight.syns) - 1;
  flight.at = sent;
  const Duration length = fate == LossLaws::SynFate::lost ? settings_.attempt_timeout : waited + round_trip;
  if (!pass(flight, Phase::connect, length)) return end(index, OutcomeKind::connect_timeout);
  if (fate == LossLaws::SynFate::refused) return end(index, OutcomeKind::connect_refused);
  if (!gate_ && !queue_) return arrive(index);
  schedule(flight.at, index, true);  // a gate and a queue must see arrivals in their order
}

void ModelTransport::arrive(std::uint32_t index) {
  Flight& flight = flights_[index];
  const Attempt& attempt = flight.finished.attempt;
  if (flight.finished.fresh) {
    if (const std::optional<DropLaw::Of> of = laws_.accepted(attempt, flight.source, flight.at))
      return lose(index, *of);
    if (gate_ && gate_->over(flight.source, flight.at)) return lose(index, settings_.model.server.limit.of);
  }
  const PlannedAnswer answer = planned_answer(attempt);
  if (!queue_) return serve(index, Duration{}, answer);
  const bool handshake = settings_.tls && flight.finished.fresh;
  const Duration work = (handshake ? settings_.model.capacity.handshake : Duration{}) + answer.delay;
  const std::optional<Time> begin = queue_->take(flight.at, work);
  if (!begin) return turn_away(index);
  serve(index, *begin - flight.at, answer);
}

// A connection that was accepted and then lost before a request was read. A reset or a close takes a round trip.
void ModelTransport::lose(std::uint32_t index, DropLaw::Of of) {
  Flight& flight = flights_[index];
  const bool tls = settings_.tls;
  const bool silent = of == DropLaw::Of::silence;
  const Duration length =
      silent ? settings_.attempt_timeout : draw(settings_.model.connect, flight.finished.attempt, kConnectDraw);
  if (!pass(flight, after_connect(tls), length))
    return end(index, tls ? OutcomeKind::tls_timeout : OutcomeKind::wait_timeout);
  if (of == DropLaw::Of::hello) return end(index, tls ? OutcomeKind::tls_closed : OutcomeKind::wait_closed);
  end(index, tls ? OutcomeKind::tls_reset : OutcomeKind::wait_reset);
}

// The server's queue is full.
void ModelTransport::turn_away(std::uint32_t index) {
  const ServerCapacity& capacity = settings_.model.capacity;
  Flight& flight = flights_[index];
  if (capacity.full_status != 0) {
    PlannedAnswer answer;
    answer.status = capacity.full_status;
    return serve(index, Duration{}, answer);
  }
  const bool opening = flight.finished.fresh;
  if (opening && capacity.full == DropLaw::Of::refuse) return end(index, OutcomeKind::connect_refused);
  if (opening && capacity.full == DropLaw::Of::syn) return knock(index);
  lose(index, DropLaw::Of::reset);
}

void ModelTransport::serve(std::uint32_t index, Duration queued, const PlannedAnswer& answer) {
  Flight& flight = flights_[index];
  Attempt& attempt = flight.finished.attempt;
  if (settings_.tls && flight.finished.fresh) {
    const Duration handshake = queue_ ? settings_.model.capacity.handshake : Duration{};
    if (!pass(flight, Phase::tls, queued + handshake + draw(settings_.model.tls, attempt, kTlsDraw)))
      return end(index, OutcomeKind::tls_timeout);
    if (settings_.model.certificate != ReceiverCertificate::good) return end(index, OutcomeKind::tls_certificate);
    queued = Duration{};
  }
  pass(flight, Phase::write, Duration{});
  if (answer.accepts() && attempt.taken_before) ++duplicates_;
  attempt.taken_before = attempt.taken_before || answer.accepts();
  if (!pass(flight, Phase::wait, queued + answer.delay)) return end(index, OutcomeKind::wait_timeout);
  if (answer.kind == PlannedAnswer::Kind::close) return end(index, OutcomeKind::wait_closed);
  if (answer.kind == PlannedAnswer::Kind::reset) return end(index, OutcomeKind::wait_reset);
  pass(flight, Phase::read, Duration{});
  if (answer.kind == PlannedAnswer::Kind::half) return end(index, OutcomeKind::read_closed);
  end(index, OutcomeKind::http_status, answer.status);
}

// A server like the receiver refuses what carries a wrong signature, whatever its laws say.
PlannedAnswer ModelTransport::planned_answer(const Attempt& attempt) const {
  if (settings_.payloads != nullptr && settings_.payloads->expected(attempt.delivery) == ExpectedAnswer::refuse) {
    PlannedAnswer refusal;
    refusal.status = 401;
    return refusal;
  }
  const ServerBehaviour& server = settings_.model.server;
  if (server.by == ServerBehaviour::By::delivery) return plan_answer(server, settings_.seed, key_of(attempt.delivery));
  const bool drawn = server.status.size() > 1 || server.close + server.half + server.reset > 0 ||
                     server.delay.kind != DelayLaw::Kind::fixed;
  if (!drawn) return plan_answer(server, settings_.seed, 0);
  return plan_answer(server, settings_.seed,
                     hookdrill::draw({settings_.seed, attempt.delivery, attempt.number, Purpose::model, kAnswerDraw}));
}

std::uint64_t ModelTransport::key_of(std::uint64_t delivery) const {
  std::string body;
  settings_.payloads->body(delivery, body);
  return delivery_key(body);
}

// False when the attempt's time was up first.
bool ModelTransport::pass(Flight& flight, Phase phase, Duration length) const {
  const Time deadline = flight.finished.sent + settings_.attempt_timeout;
  const Time until = std::min(flight.at + length, deadline);
  flight.finished.phases[static_cast<std::size_t>(phase)] = until - flight.at;
  flight.at = until;
  return until < deadline;
}

void ModelTransport::end(std::uint32_t index, OutcomeKind kind, int status) {
  Flight& flight = flights_[index];
  flight.finished.outcome = {kind, static_cast<std::uint16_t>(status)};
  flight.finished.done = flight.at;
  schedule(flight.at, index, false);
}

void ModelTransport::deliver(std::uint32_t index, std::vector<Finished>& finished) {
  Finished& ended = flights_[index].finished;
  if (settings_.keepalive && ended.outcome.kind == OutcomeKind::http_status) ++idle_connections_;
  finished.push_back(std::move(ended));
  free_flights_.push_back(index);
}

void ModelTransport::wait(Time until, std::vector<Finished>& finished) {
  const std::size_t before = finished.size();
  while (!events_.empty() && events_.front().at <= until) {
    if (finished.size() > before && events_.front().at > now_) return;
    std::pop_heap(events_.begin(), events_.end(), Later());
    const Event event = events_.back();
    events_.pop_back();
    now_ = std::max(now_, event.at);
    if (event.arrives) {
      arrive(event.flight);
    } else {
      deliver(event.flight, finished);
    }
  }
  if (finished.size() == before && until != kNever) now_ = std::max(now_, until);
  laws_.forget(now_);
}

void ModelTransport::cancel() {
  for (Event& event : events_) {
    Finished& finished = flights_[event.flight].finished;
    finished.done = event.at = now_;
    finished.outcome = {OutcomeKind::client_other, 0};
    event.arrives = false;
  }
  std::make_heap(events_.begin(), events_.end(), Later());
}

}  // namespace hookdrill
