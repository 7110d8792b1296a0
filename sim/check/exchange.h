// One request of a check beyond the first, by name, with what it was meant to show and its answer.
#pragma once

#include <string>

#include "live/probe.h"

namespace hookdrill {

struct Exchange {
  std::string name;      // "token.wrong", "type.image", "batch.1000"
  std::string detail;    // for the report: what was sent, in words
  std::string expected;  // of a challenge: the bytes that must come back
  std::size_t body_bytes = 0;
  ProbeResult result;
  std::string first_try;  // how it ended, when it had to be sent again

  bool answered() const { return result.step.ok(); }
  int status() const { return result.answer.status; }
  /// The challenge came back as it was sent.
  bool echoed() const { return answered() && status() == 200 && !expected.empty() && result.answer.body == expected; }
};

}  // namespace hookdrill
