#include "engine/stats.h"

#include <algorithm>

#include "base/check.h"

namespace hookdrill {
namespace {

constexpr std::uint64_t kIndexMask =
    (std::uint64_t{1} << 40) - 1;  // a path's deliveries count from first_number_of_path()

void count_outcome(std::vector<OutcomeCount>& outcomes, const Outcome& outcome, std::uint64_t count,
                   const std::shared_ptr<const FailureDetail>& detail) {
  for (OutcomeCount& row : outcomes) {
    if (row.outcome != outcome) continue;
    row.count += count;
    if (!row.detail && detail) row.detail = detail;
    return;
  }
  outcomes.push_back({outcome, count, detail});
}

template <class T>
void add_each(std::vector<T>& to, const std::vector<T>& from) {
  if (to.size() < from.size()) to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
}

// Statuses are outcomes of their own, but "ok" with 200 and "ok" with 201 are one.
Outcome counted_as(Outcome outcome) {
  if (outcome.kind != OutcomeKind::http_status) outcome.http_status = 0;
  return outcome;
}

// Before its handshake has ended, nobody can tell whether a connection would have been resumed: it counts as both.
bool is_of_kind(const Finished& finished, ConnectionKind kind) {
  const bool opened = finished.phases[static_cast<std::size_t>(Phase::write)] != kNotReached;
  switch (kind) {
    case ConnectionKind::full:
      return finished.fresh && !finished.resumed;
    case ConnectionKind::resumed:
      return finished.fresh && (finished.resumed || !opened);
    case ConnectionKind::reused:
      return !finished.fresh;
    default:
      return true;
  }
}

}  // namespace

void StageStats::record(const Finished& finished, Ending ending, ConnectionKind asked_for) {
  ++attempts;
  count_outcome(outcomes, counted_as(finished.outcome), 1, finished.detail);
  if (finished.fresh) {
    ++fresh;
    resumed += finished.resumed ? 1 : 0;
    if (outcome_side(finished.outcome) != Side::client) {
      ++drop_trials;
      dropped += finished.outcome.dropped() ? 1 : 0;
    }
  }
  loss.record(finished);
  lateness.record(finished.sent - finished.attempt.due);
  if (is_of_kind(finished, asked_for)) {
    record_times(finished);
  } else {
    ++other_kind;
  }
  if (ending == Ending::delivered) {
    const std::uint32_t number = finished.attempt.number;
    ++(number == 0 ? delivered_first_try : delivered_by_retry);
    if (delivered_at_attempt.size() <= number) delivered_at_attempt.resize(number + 1);
    ++delivered_at_attempt[number];
    time_to_deliver.record(finished.done - finished.attempt.first_due);
  } else if (ending == Ending::expired) {
    ++expired;
    time_to_deliver.record_infinite();
  }
}

void StageStats::record_times(const Finished& finished) {
  const bool answered = finished.outcome.answered();
  std::array<Histogram, kPhases>& histograms = answered ? phases : failed_phases;
  for (std::size_t i = 0; i < kPhases; ++i) {
    if (finished.phases[i] != kNotReached) histograms[i].record(finished.phases[i]);
  }
  (answered ? service : failed_service).record(finished.done - finished.sent);
  if (finished.outcome.ok()) {
    latency.record(finished.done - finished.attempt.due);
  } else {
    latency.record_infinite();
  }
}

void StageStats::merge(const StageStats& other) {
  planned += other.planned;
  delivered_first_try += other.delivered_first_try;
  delivered_by_retry += other.delivered_by_retry;
  expired += other.expired;
  abandoned += other.abandoned;
  attempts += other.attempts;
  fresh += other.fresh;
  resumed += other.resumed;
  dropped += other.dropped;
  drop_trials += other.drop_trials;
  capped += other.capped;
  loss.merge(other.loss);
  other_kind += other.other_kind;
  for (const OutcomeCount& row : other.outcomes) count_outcome(outcomes, row.outcome, row.count, row.detail);
  add_each(delivered_at_attempt, other.delivered_at_attempt);
  for (std::size_t i = 0; i < kPhases; ++i) {
    phases[i].merge(other.phases[i]);
    failed_phases[i].merge(other.failed_phases[i]);
  }
  latency.merge(other.latency);
  service.merge(other.service);
  failed_service.merge(other.failed_service);
  lateness.merge(other.lateness);
  time_to_deliver.merge(other.time_to_deliver);
}

void SeriesInterval::merge(const SeriesInterval& other) {
  planned += other.planned;
  sent += other.sent;
  retried += other.retried;
  delivered += other.delivered;
  failed += other.failed;
  lateness_max = std::max(lateness_max, other.lateness_max);
  latency_max = std::max(latency_max, other.latency_max);
}

SeriesInterval& Series::at(Time time) {
  const auto second =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, time.time_since_epoch().count()) / 1'000'000'000);
  while (second / seconds_per_row_ >= kRowsMax) coarsen();
  const std::size_t row = second / seconds_per_row_;
  if (row >= rows_.size()) rows_.resize(row + 1);
  return rows_[row];
}

void Series::coarsen() {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (i % 2 == 0) {
      rows_[i / 2] = rows_[i];
    } else {
      rows_[i / 2].merge(rows_[i]);
    }
  }
  rows_.resize((rows_.size() + 1) / 2);
  seconds_per_row_ *= 2;
}

void Series::merge(const Series& other) {
  while (seconds_per_row_ < other.seconds_per_row_) coarsen();
  for (std::size_t i = 0; i < other.rows_.size(); ++i) {
    at(Time(std::chrono::seconds(i * other.seconds_per_row_))).merge(other.rows_[i]);
  }
}

void PathStats::planned(const Attempt& first) {
  ++stages[first.stage].planned;
  ++series.at(first.due + offset).planned;
}

void PathStats::record(const Finished& finished, Ending ending) {
  stages[finished.attempt.stage].record(finished, ending, kind);
  ended = std::max(ended, finished.done);
  SeriesInterval& begun = series.at(finished.sent + offset);
  ++begun.sent;
  begun.retried += finished.attempt.number > 0 ? 1 : 0;
  begun.lateness_max = std::max(begun.lateness_max, finished.sent - finished.attempt.due);
  SeriesInterval& done = series.at(finished.done + offset);
  if (ending == Ending::delivered) {
    ++done.delivered;
    done.latency_max = std::max(done.latency_max, finished.done - finished.attempt.due);
  } else {
    ++done.failed;
  }
  if (keep_delivered && ending == Ending::delivered) {
    const std::uint64_t index = finished.attempt.delivery & kIndexMask;
    if (delivered.size() <= index / 64) delivered.resize(index / 64 + 1);
    delivered[index / 64] |= std::uint64_t{1} << (index % 64);
  }
}

bool PathStats::was_delivered(std::uint64_t index) const {
  return index / 64 < delivered.size() && (delivered[index / 64] >> (index % 64) & 1) != 0;
}

void PathStats::merge(const PathStats& other) {
  HOOKDRILL_CHECK(stages.size() == other.stages.size());
  for (std::size_t i = 0; i < stages.size(); ++i) stages[i].merge(other.stages[i]);
  series.merge(other.series);
  ended = std::max(ended, other.ended);
  keep_delivered = keep_delivered || other.keep_delivered;
  if (delivered.size() < other.delivered.size()) delivered.resize(other.delivered.size());
  for (std::size_t i = 0; i < other.delivered.size(); ++i) delivered[i] |= other.delivered[i];
}

}  // namespace hookdrill
