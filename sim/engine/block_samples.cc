#include "engine/block_samples.h"

namespace hookdrill {

Distribution::Distribution(const Histogram& histogram) : infinite(histogram.infinite()) {
  const std::size_t used = histogram.used();
  for (std::size_t i = 0; i < used; ++i) {
    if (const std::uint64_t count = histogram.counter(i); count > 0)
      values.emplace_back(Histogram::highest(i).count(), count);
  }
  total = histogram.count() + infinite;
}

BlockSample sample_of(const StageStats& measured) {
  BlockSample sample;
  const auto phase = [&](Phase which) { return Distribution(measured.phases[static_cast<std::size_t>(which)]); };
  sample.durations = {Distribution(measured.latency), Distribution(measured.service), phase(Phase::tls),
                      phase(Phase::connect)};
  sample.dropped = measured.dropped;
  sample.drop_trials = measured.drop_trials;
  return sample;
}

}  // namespace hookdrill
