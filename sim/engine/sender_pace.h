// How busy each source address is at the moment, next to the others: what "DDoS protection" looks at.
#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"

namespace hookdrill {

class SenderPace {
 public:
  static constexpr Duration kMemory = std::chrono::seconds(1);  // connections older than this hardly count

  explicit SenderPace(std::size_t senders) : senders_(senders) {}

  struct Recent {
    float own = 0;     // connections of this sender, each weighted by e^(-age / kMemory)
    float of_all = 0;  // the same of all senders, divided by their number
  };
  /// Counts a connection that `sender` begins now, and says what there was before it. `now` never goes back.
  Recent begin(std::size_t sender, Time now);

 private:
  struct Decaying {
    double count = 0;
    Time at{};
  };
  static double add(Decaying& counter, Time now);

  std::vector<Decaying> senders_;
  Decaying all_;
};

}  // namespace hookdrill
