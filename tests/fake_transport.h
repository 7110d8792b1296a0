// A scripted world in virtual time: outcomes and durations are a function that the test gives. The only stand-in for
// the seam.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "engine/transport.h"

namespace hookdrill {

class FakeTransport final : public Transport {
 public:
  struct Script {
    Duration takes{};
    Outcome outcome{OutcomeKind::http_status, 200};
  };
  using Law = std::function<Script(const Attempt&)>;

  explicit FakeTransport(Law law) : law_(std::move(law)) {}

  Time now() const override { return now_; }

  void start(const Attempt& attempt) override {
    started.push_back(attempt);
    started_at.push_back(now_);
    const Script script = law_(attempt);
    Finished finished;
    finished.attempt = attempt;
    finished.sent = now_;
    finished.done = now_ + script.takes;
    finished.outcome = script.outcome;
    pending_.push_back(finished);
    in_flight_max = std::max(in_flight_max, pending_.size());
  }

  void wait(Time until, std::vector<Finished>& finished) override {
    ++waits;
    const auto first = std::min_element(pending_.begin(), pending_.end(),
                                        [](const Finished& a, const Finished& b) { return a.done < b.done; });
    if (first == pending_.end() || first->done > until) {
      if (until != kNever) now_ = std::max(now_, until);
      return;
    }
    now_ = std::max(now_, first->done);
    finished.push_back(*first);
    pending_.erase(first);
  }

  void cancel() override {
    for (Finished& finished : pending_) {
      finished.done = now_;
      finished.outcome = {OutcomeKind::client_other, 0};
    }
  }

  std::vector<Attempt> started;
  std::vector<Time> started_at;
  std::size_t in_flight_max = 0;
  std::size_t waits = 0;

 private:
  Law law_;
  Time now_ = kRunStart;
  std::vector<Finished> pending_;
};

}  // namespace hookdrill
