// The one loop: start what is due, wait, record, let the agenda decide. The same code on sockets and in virtual time.
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/agenda.h"
#include "engine/attempt_log.h"
#include "engine/stats.h"
#include "engine/transport.h"

namespace hookdrill {

struct EngineSettings {
  int max_in_flight = 256;  // of this worker
  RetrySettings::Success success = RetrySettings::Success::only_200;
  Time end = kNever;                   // what has not ended by then is abandoned
  AttemptLog* log = nullptr;           // is told of every attempt that counts; null: nobody is
  const Payloads* payloads = nullptr;  // knows which deliveries a good endpoint refuses; null: it accepts all
};

/// An outcome in one atomic word.
constexpr std::uint32_t pack_outcome(const Outcome& outcome) {
  return static_cast<std::uint32_t>(outcome.kind) | std::uint32_t{outcome.http_status} << 8;
}
constexpr Outcome unpack_outcome(std::uint32_t word) {
  return {static_cast<OutcomeKind>(word & 0xff), static_cast<std::uint16_t>(word >> 8)};
}

/// Numbers for the progress line; written by one worker, read by another thread at any time.
struct alignas(64) LiveCounters {
  std::atomic<std::uint64_t> planned{0};
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> delivered{0};
  std::atomic<std::uint64_t> expired{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> in_flight{0};
  std::atomic<std::uint64_t> waiting{0};
  std::atomic<std::int64_t> lateness_max_ns{0};  // since the reader last set it to 0
  std::atomic<std::uint32_t> last_failure{0};    // pack_outcome() of it
};

/// Runs one path's share to its end, or until `stop` is set (looked at after every wait; wake the transport then).
/// Every delivery of the agenda ends once in `stats`: delivered, expired or abandoned.
void run(Agenda& agenda, Transport& transport, PathStats& stats, const EngineSettings& settings,
         const std::atomic<bool>& stop, LiveCounters& counters);

}  // namespace hookdrill
