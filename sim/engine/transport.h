// The seam: the world as the engine sees it. LiveTransport is sockets, ModelTransport virtual time, FakeTransport a
// test.
#pragma once

#include <vector>

#include "engine/attempt.h"

namespace hookdrill {

class Transport {
 public:
  virtual ~Transport() = default;

  /// Never goes back.
  virtual Time now() const = 0;

  /// Never blocks, never finishes inline.
  virtual void start(const Attempt& attempt) = 0;

  /// Appends what has finished, in the order in which it did. Returns at the first completion or at `until`; may return
  /// early with nothing (a signal). With nothing in flight and until == kNever it returns at once.
  virtual void wait(Time until, std::vector<Finished>& finished) = 0;

  /// Ends everything in flight soon, as client.other: each attempt still comes back exactly once, from wait().
  virtual void cancel() = 0;
};

}  // namespace hookdrill
