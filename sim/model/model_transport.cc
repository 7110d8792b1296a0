#include "model/model_transport.h"

#include <algorithm>
#include <tuple>

#include "base/rng.h"
#include "plan/delay_law.h"

namespace hookdrill {
namespace {

// The draws of one attempt, told apart by index. SYNs draw from kFirstSyn on.
enum Draw : std::uint32_t { kLoss, kDelay, kStatus, kFirstSyn = 16 };

// Linux sends a SYN again after 1 s, doubled each time: a lost SYN is a delay before it is a failure.
constexpr Duration kFirstSynTimeout = std::chrono::seconds(1);

bool later(const Finished& a, const Finished& b) {
  return std::tie(a.done, a.attempt.delivery, a.attempt.number) >
         std::tie(b.done, b.attempt.delivery, b.attempt.number);
}

int draw_status(const std::map<int, double>& shares, double unit) {
  double total = 0;
  for (const auto& [status, share] : shares) total += share;
  for (const auto& [status, share] : shares) {
    unit -= share / total;
    if (unit < 0) return status;
  }
  return shares.empty() ? 200 : shares.rbegin()->first;
}

}  // namespace

ModelTransport::ModelTransport(const PathModel& model, std::size_t sources, Duration attempt_timeout, bool tls,
                               std::uint64_t seed)
    : model_(model),
      sources_(std::max<std::size_t>(1, sources)),
      attempt_timeout_(attempt_timeout),
      tls_(tls),
      seed_(seed) {}

bool ModelTransport::lost(const Attempt& attempt) const {
  if (model_.drop_by == PathModel::DropBy::source) {
    const std::uint64_t source = draw_below({seed_, attempt.delivery, attempt.number, Purpose::source}, sources_);
    return draw_unit({seed_, source, 0, Purpose::model, kLoss}) < model_.drop_share;
  }
  return draw_unit({seed_, attempt.delivery, attempt.number, Purpose::model, kLoss}) < model_.drop_share;
}

Duration ModelTransport::connect_time(const Attempt& attempt) const {
  if (model_.drop_share <= 0) return model_.connect;
  if (model_.drop_by != PathModel::DropBy::packet) return lost(attempt) ? attempt_timeout_ : model_.connect;
  Duration time = model_.connect;
  Duration wait = kFirstSynTimeout;
  for (std::uint32_t syn = 0; time < attempt_timeout_; ++syn, wait *= 2) {
    if (draw_unit({seed_, attempt.delivery, attempt.number, Purpose::model, kFirstSyn + syn}) >= model_.drop_share)
      break;
    time += wait;
  }
  return time;
}

Finished ModelTransport::perform(const Attempt& attempt) const {
  Finished finished;
  finished.attempt = attempt;
  finished.sent = now_;
  Time at = now_;
  const Time deadline = now_ + attempt_timeout_;
  const auto passed = [&](Phase phase, Duration length) {
    const Time end = std::min(at + length, deadline);
    finished.phases[static_cast<std::size_t>(phase)] = end - at;
    finished.done = at = end;
    return at < deadline;
  };
  const auto ended = [&](OutcomeKind kind, int status = 0) {
    finished.outcome = {kind, static_cast<std::uint16_t>(status)};
    return finished;
  };
  if (!passed(Phase::connect, connect_time(attempt))) return ended(OutcomeKind::connect_timeout);
  if (tls_ && !passed(Phase::tls, model_.tls)) return ended(OutcomeKind::tls_timeout);
  passed(Phase::write, Duration{});
  const DrawKey key{seed_, attempt.delivery, attempt.number, Purpose::model, kDelay};
  if (!passed(Phase::wait, draw_delay(model_.delay, key))) return ended(OutcomeKind::wait_timeout);
  passed(Phase::read, Duration{});
  const double unit = draw_unit({seed_, attempt.delivery, attempt.number, Purpose::model, kStatus});
  return ended(OutcomeKind::http_status, draw_status(model_.status, unit));
}

void ModelTransport::start(const Attempt& attempt) {
  pending_.push_back(perform(attempt));
  std::push_heap(pending_.begin(), pending_.end(), later);
}

void ModelTransport::wait(Time until, std::vector<Finished>& finished) {
  if (pending_.empty() || pending_.front().done > until) {
    if (until != kNever) now_ = std::max(now_, until);
    return;
  }
  now_ = std::max(now_, pending_.front().done);
  while (!pending_.empty() && pending_.front().done <= now_) {
    std::pop_heap(pending_.begin(), pending_.end(), later);
    finished.push_back(std::move(pending_.back()));
    pending_.pop_back();
  }
}

void ModelTransport::cancel() {
  for (Finished& finished : pending_) {
    finished.done = now_;
    finished.outcome = {OutcomeKind::client_other, 0};
  }
  std::make_heap(pending_.begin(), pending_.end(), later);
}

}  // namespace hookdrill
