#include "engine/engine.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace hookdrill {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// Each counter has one writer, so that no locked instruction is needed.
void add_one(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(kRelaxed) + 1, kRelaxed);
}

bool is_success(int status, RetrySettings::Success rule) {
  return rule == RetrySettings::Success::only_200 ? status == 200 : status >= 200 && status < 300;
}

/// The state of one run of the loop.
class Run {
 public:
  Run(Agenda& agenda, Transport& transport, PathStats& stats, const EngineSettings& settings, LiveCounters& counters)
      : agenda_(agenda), transport_(transport), stats_(stats), settings_(settings), counters_(counters) {}

  bool over() const { return in_flight_ == 0 && agenda_.empty(); }

  void start_what_is_due() {
    const Time now = transport_.now();
    while (agenda_.next_due() <= now) {
      if (in_flight_ == settings_.max_in_flight) {
        capped_ = true;
        return;
      }
      const Attempt attempt = agenda_.pop();
      if (std::exchange(capped_, false)) ++stats_.stages[attempt.stage].capped;
      start(attempt);
    }
  }

  void wait() {
    const bool full = in_flight_ == settings_.max_in_flight;
    wait_until(std::min(full ? kNever : agenda_.next_due(), settings_.end));
  }

  /// Everything in flight is cancelled; it and what was never started is abandoned.
  void abandon_the_rest() {
    abandoning_ = true;
    transport_.cancel();
    while (in_flight_ > 0) wait_until(kNever);
    while (!agenda_.empty()) {
      const Attempt attempt = agenda_.pop();
      if (attempt.number == 0) stats_.planned(attempt);
      stats_.abandoned(attempt.stage);
    }
  }

 private:
  void start(const Attempt& attempt) {
    if (attempt.number == 0) {
      stats_.planned(attempt);
      add_one(counters_.planned);
    }
    transport_.start(attempt);
    ++in_flight_;
    add_one(counters_.sent);
    counters_.in_flight.store(static_cast<std::uint64_t>(in_flight_), kRelaxed);
  }

  void wait_until(Time until) {
    finished_.clear();
    transport_.wait(until, finished_);
    for (Finished& finished : finished_) record(finished);
  }

  void record(Finished& finished) {
    HOOKDRILL_CHECK(in_flight_ > 0 && finished.attempt.due <= finished.sent && finished.sent <= finished.done);
    --in_flight_;
    if (abandoning_ && finished.outcome.kind == OutcomeKind::client_other) {
      stats_.abandoned(finished.attempt.stage);
      return;
    }
    const Agenda::Judgement judgement = judge(finished);
    const Ending ending = agenda_.settle(finished.attempt, finished.done, judgement);
    stats_.record(finished, ending);
    if (settings_.log != nullptr) settings_.log->record(finished);
    publish(finished, ending);
  }

  // An HTTP answer becomes ok when it is the one that a good endpoint gives to this delivery.
  Agenda::Judgement judge(Finished& finished) const {
    Outcome& outcome = finished.outcome;
    if (outcome.kind != OutcomeKind::http_status) return Agenda::Judgement::failed;
    const bool taken = is_success(outcome.http_status, settings_.success);
    const ExpectedAnswer expected = settings_.payloads == nullptr
                                        ? ExpectedAnswer::accept
                                        : settings_.payloads->expected(finished.attempt.delivery);
    if (expected == ExpectedAnswer::refuse && taken) {
      outcome.kind = OutcomeKind::http_accepted;
      return Agenda::Judgement::lost;
    }
    const bool right = taken || expected != ExpectedAnswer::accept;
    if (right) outcome.kind = OutcomeKind::ok;
    return right ? Agenda::Judgement::delivered : Agenda::Judgement::failed;
  }

  void publish(const Finished& finished, Ending ending) {
    counters_.in_flight.store(static_cast<std::uint64_t>(in_flight_), kRelaxed);
    counters_.waiting.store(agenda_.waiting(), kRelaxed);
    if (ending == Ending::delivered) {
      add_one(counters_.delivered);
    } else {
      add_one(counters_.failed);
      counters_.last_failure.store(pack_outcome(finished.outcome), kRelaxed);
    }
    if (ending == Ending::expired) add_one(counters_.expired);
    const std::int64_t lateness = (finished.sent - finished.attempt.due).count();
    if (lateness > counters_.lateness_max_ns.load(kRelaxed)) counters_.lateness_max_ns.store(lateness, kRelaxed);
  }

  Agenda& agenda_;
  Transport& transport_;
  PathStats& stats_;
  const EngineSettings& settings_;
  LiveCounters& counters_;
  std::vector<Finished> finished_;
  int in_flight_ = 0;
  bool capped_ = false;  // the next attempt has been waiting for a place
  bool abandoning_ = false;
};

}  // namespace

void run(Agenda& agenda, Transport& transport, PathStats& stats, const EngineSettings& settings,
         const std::atomic<bool>& stop, LiveCounters& counters) {
  Run loop(agenda, transport, stats, settings, counters);
  while (!loop.over()) {
    if (stop.load(kRelaxed) || transport.now() >= settings.end) {
      loop.abandon_the_rest();
      return;
    }
    loop.start_what_is_due();
    loop.wait();
  }
}

}  // namespace hookdrill
