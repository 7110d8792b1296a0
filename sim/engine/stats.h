// What happened, counted: recorded by one worker, merged exactly afterwards. Knows nothing of how it is judged or
// shown.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/histogram.h"
#include "engine/agenda.h"
#include "engine/attempt.h"
#include "engine/loss_evidence.h"

namespace hookdrill {

struct OutcomeCount {
  Outcome outcome;
  std::uint64_t count = 0;
  std::shared_ptr<const FailureDetail> detail;  // of the first one that had any
};

/// What an attempt went over. Handshakes differ so much that a comparison never mixes them.
enum class ConnectionKind : std::uint8_t {
  any,
  full,     // opened for it, with a whole handshake
  resumed,  // opened for it, with a resumed TLS session
  reused    // kept from an earlier attempt
};

/// One stage of the scenario on one path.
struct StageStats {
  std::uint64_t planned = 0;
  std::uint64_t delivered_first_try = 0;
  std::uint64_t delivered_by_retry = 0;
  std::uint64_t expired = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t attempts = 0;
  std::uint64_t fresh = 0;             // attempts on connections opened for them
  std::uint64_t resumed = 0;           // of those, with a resumed TLS session
  std::uint64_t dropped = 0;           // of those, Outcome::dropped()
  std::uint64_t capped = 0;            // attempts that waited because max_in_flight was reached
  std::uint64_t drop_trials = 0;       // fresh attempts that client.* did not spoil
  LossEvidence loss;                   // what those tell about the kind of loss
  std::uint64_t other_kind = 0;        // attempts on connections that were not asked for: not in phases to latency
  std::vector<OutcomeCount> outcomes;  // in order of first appearance
  std::vector<std::uint64_t> delivered_at_attempt;

  std::array<Histogram, kPhases> phases;         // of attempts that were answered
  std::array<Histogram, kPhases> failed_phases;  // of the others, as far as they got
  Histogram latency;                             // due to done of successes; every other attempt is infinite
  Histogram service;                             // sent to done of attempts that were answered
  Histogram failed_service;                      // of the others
  Histogram lateness;                            // due to sent
  Histogram time_to_deliver;                     // first due to done; expired deliveries are infinite

  void record(const Finished& finished, Ending ending, ConnectionKind asked_for = ConnectionKind::any);
  void merge(const StageStats& other);
  std::uint64_t ended() const { return delivered_first_try + delivered_by_retry + expired + abandoned; }

 private:
  void record_times(const Finished& finished);
};

/// What happened in one interval of the run.
struct SeriesInterval {
  std::uint64_t planned = 0;
  std::uint64_t sent = 0;
  std::uint64_t retried = 0;
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;
  Duration lateness_max{};
  Duration latency_max{};

  void merge(const SeriesInterval& other);
};

/// A row for each second; from the 3,601st second on rows stand for two seconds, then four, so that a week fits.
class Series {
 public:
  static constexpr std::size_t kRowsMax = 3600;

  SeriesInterval& at(Time time);
  void merge(const Series& other);

  std::uint32_t seconds_per_row() const { return seconds_per_row_; }
  const std::vector<SeriesInterval>& rows() const { return rows_; }

 private:
  void coarsen();

  std::vector<SeriesInterval> rows_;
  std::uint32_t seconds_per_row_ = 1;
};

/// Everything about one path.
struct PathStats {
  std::vector<StageStats> stages;  // as in the scenario
  Series series;
  Time ended{};                          // when the last attempt was done
  std::vector<std::uint64_t> delivered;  // a bit for each delivery of the path, when asked for: see keep_delivered()
  bool keep_delivered = false;           // a receiver's ledger will be checked against `delivered`
  ConnectionKind kind = ConnectionKind::any;  // which connections the phases and the latency are of
  Duration offset{};                          // of the series: where in the plan this run began

  explicit PathStats(std::size_t stage_count) : stages(stage_count) {}

  void record(const Finished& finished, Ending ending);
  void planned(const Attempt& first);
  void abandoned(std::uint32_t stage, std::uint64_t count = 1) { stages[stage].abandoned += count; }
  void merge(const PathStats& other);
  bool was_delivered(std::uint64_t index) const;
};

}  // namespace hookdrill
