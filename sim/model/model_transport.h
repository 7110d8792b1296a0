// The seam in virtual time: a path's model in place of sockets. Time jumps to the next event, so a week takes seconds,
// and one seed gives the same bytes each time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/sender_pace.h"
#include "engine/transport.h"
#include "model/loss_laws.h"
#include "model/server_queue.h"
#include "plan/payload.h"
#include "plan/planned_answer.h"
#include "plan/scenario.h"

namespace hookdrill {

struct ModelSettings {
  PathModel model;
  std::vector<std::string> sources;  // addresses that the path sends from; empty = one that is not known
  RetrySettings::Sender sender = RetrySettings::Sender::any;
  Duration attempt_timeout = std::chrono::seconds(20);
  bool tls = true;
  bool keepalive = false;
  std::uint64_t seed = 1;
  const Payloads* payloads = nullptr;  // needed when the model's server draws by delivery
};

class ModelTransport final : public Transport {
 public:
  explicit ModelTransport(ModelSettings settings);

  Time now() const override { return now_; }
  void start(const Attempt& attempt) override;
  void wait(Time until, std::vector<Finished>& finished) override;
  void cancel() override;

  /// Requests that the server took although it had taken the same delivery before.
  std::uint64_t duplicates() const { return duplicates_; }

 private:
  /// An attempt on its way.
  struct Flight {
    Finished finished;
    Time at{};                 // how far it has got
    std::uint32_t syns = 0;    // sent so far
    std::uint32_t source = 0;  // index of the address that it comes from
  };
  struct Event {
    Time at;
    std::uint64_t order;  // breaks ties, so that the order never depends on how the heap was filled
    std::uint32_t flight;
    bool arrives;  // at the server; else it has ended
  };

  struct Later {
    bool operator()(const Event& a, const Event& b) const { return a.at != b.at ? a.at > b.at : a.order > b.order; }
  };
  std::uint32_t new_flight();
  void schedule(Time at, std::uint32_t flight, bool arrives);
  Duration draw(const DelayLaw& law, const Attempt& attempt, std::uint32_t index) const;

  void knock(std::uint32_t index);
  void arrive(std::uint32_t index);
  void lose(std::uint32_t index, DropLaw::Of of);
  void turn_away(std::uint32_t index);
  void serve(std::uint32_t index, Duration queued, const PlannedAnswer& answer);
  PlannedAnswer planned_answer(const Attempt& attempt) const;
  std::uint64_t key_of(std::uint64_t delivery) const;
  bool pass(Flight& flight, Phase phase, Duration length) const;
  void end(std::uint32_t index, OutcomeKind kind, int status = 0);
  void deliver(std::uint32_t index, std::vector<Finished>& finished);

  ModelSettings settings_;
  LossLaws laws_;
  SenderPace pace_;
  std::optional<SourceGate> gate_;
  std::optional<ServerQueue> queue_;
  Time now_ = kRunStart;
  std::vector<Event> events_;  // a heap, earliest first
  std::vector<Flight> flights_;
  std::vector<std::uint32_t> free_flights_;
  std::uint64_t idle_connections_ = 0;
  std::uint64_t duplicates_ = 0;
};

}  // namespace hookdrill
