// Whoever wants to know each attempt as it ends, and not only what all of them come to.
#pragma once

#include "engine/attempt.h"

namespace hookdrill {

class AttemptLog {
 public:
  virtual ~AttemptLog() = default;

  /// After it was judged: an answer that is a success is ok by now. Called by every worker's thread.
  virtual void record(const Finished& finished) = 0;
};

}  // namespace hookdrill
