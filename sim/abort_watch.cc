#include "abort_watch.h"

#include <fmt/core.h>

#include "engine/statistics.h"

namespace hookdrill {

void AbortWatch::look(const std::vector<LiveCounters>& counters) {
  if (interrupted_.load()) stop_ = true;
  if (stop_.load()) return;
  std::uint64_t delivered = 0, failed = 0, expired = 0;
  for (const LiveCounters& worker : counters) {
    delivered += worker.delivered.load(std::memory_order_relaxed);
    failed += worker.failed.load(std::memory_order_relaxed);
    expired += worker.expired.load(std::memory_order_relaxed);
  }
  const std::uint64_t ended = delivered + failed;
  const Interval share = wilson(failed, ended);
  if (rule_.expired > 0 && expired >= rule_.expired) {
    end("deliveries.expired", std::to_string(rule_.expired), std::to_string(expired));
  } else if (rule_.failed_share > 0 && ended > 0 && share.low > rule_.failed_share) {
    const double observed = static_cast<double>(failed) / static_cast<double>(ended);
    end("attempts.failed.rate", fmt::format("{:.3g}%", rule_.failed_share * 100),
        fmt::format("{:.3g} % [{:.3g}, {:.3g}]", observed * 100, share.low * 100, share.high * 100));
  }
}

void AbortWatch::end(const std::string& metric, const std::string& limit, const std::string& observed) {
  stop_ = true;
  VerdictRow row;
  row.limit = "below " + limit;
  row.name = fmt::format("abort_when: {} {}", metric, row.limit);
  row.status = "fail";
  row.observed = observed;
  row.why = "the run was hopeless and was ended early; what had not ended by then is counted as abandoned";
  verdict_ = row;
}

}  // namespace hookdrill
