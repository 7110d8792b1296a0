#include "check/batch.h"

#include <algorithm>

namespace hookdrill {

void Batch::run() {
  for (std::size_t first = 0; first < probes_.size(); first += static_cast<std::size_t>(at_once_)) {
    const Duration left = budget_.left();
    if (left < std::chrono::milliseconds(1)) return;
    const std::size_t end = std::min(probes_.size(), first + static_cast<std::size_t>(at_once_));
    std::vector<Probe> now;
    for (std::size_t i = first; i < end; ++i) {
      now.push_back(std::move(probes_[i]));
      now.back().limit = std::min(now.back().limit, left);
    }
    std::vector<ProbeResult> results = probe_all(now, at_once_);
    for (std::size_t i = first; i < end; ++i) *places_[i] = std::move(results[i - first]);
  }
}

}  // namespace hookdrill
