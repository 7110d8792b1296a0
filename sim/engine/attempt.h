// What crosses the seam: an attempt on its way out, and the same attempt finished.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/time.h"
#include "engine/outcome.h"
#include "engine/sender_pace.h"

namespace hookdrill {

/// One try of one delivery.
struct Attempt {
  std::uint64_t delivery = 0;
  Time due{};                 // when Meta would have sent it
  Time first_due{};           // when the delivery's first attempt was due
  std::uint32_t number = 0;   // 0 = first try
  std::uint32_t stage = 0;    // index of the scenario's stage that the delivery belongs to
  bool taken_before = false;  // the endpoint took an earlier attempt, whose answer was lost; known to models only
};

/// What a person needs to know about a failure beyond its code. Received text in it is already printable().
struct FailureDetail {
  std::string text;     // one or two sentences
  std::string address;  // "203.0.113.7:443"
  int curl_errno = 0;
};

inline constexpr Duration kNotReached{-1};
inline constexpr std::int32_t kNotKnown = -1;

struct Finished {
  Attempt attempt;
  Time sent{};  // when the attempt really began; >= due
  Time done{};  // when its outcome was known; >= sent
  Outcome outcome;
  bool fresh = true;     // on a connection opened for it
  bool resumed = false;  // its TLS session was resumed
  std::array<Duration, kPhases> phases{kNotReached, kNotReached, kNotReached, kNotReached, kNotReached, kNotReached};
  std::shared_ptr<const FailureDetail> detail;  // only for failures, and not for each of many alike

  // Of a fresh connection.
  std::int32_t source = kNotKnown;             // index of its source address in the path's list
  SenderPace::Recent sender_pace;              // of that address when this one began
  std::int32_t syns_repeated = kNotKnown;      // SYNs sent again until it was open or given up
  std::shared_ptr<const std::string> address;  // that it went to; null when the path has but one, or a model
};

}  // namespace hookdrill
