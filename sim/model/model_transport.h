// The seam in virtual time: a path's model in place of sockets. Time jumps to the next event, so a week takes seconds,
// and one seed gives the same bytes each time.
#pragma once

#include <vector>

#include "engine/transport.h"
#include "plan/scenario.h"

namespace hookdrill {

class ModelTransport final : public Transport {
 public:
  /// `sources`: how many source addresses the path has, for losses by source; at least 1.
  ModelTransport(const PathModel& model, std::size_t sources, Duration attempt_timeout, bool tls, std::uint64_t seed);

  Time now() const override { return now_; }
  void start(const Attempt& attempt) override;
  void wait(Time until, std::vector<Finished>& finished) override;
  void cancel() override;

 private:
  Finished perform(const Attempt& attempt) const;
  bool lost(const Attempt& attempt) const;
  Duration connect_time(const Attempt& attempt) const;

  PathModel model_;
  std::size_t sources_;
  Duration attempt_timeout_;
  bool tls_;
  std::uint64_t seed_;
  Time now_ = kRunStart;
  std::vector<Finished> pending_;  // a heap, earliest done first
};

}  // namespace hookdrill
