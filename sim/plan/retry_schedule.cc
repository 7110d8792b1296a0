#include "plan/retry_schedule.h"

#include <numeric>

#include "base/check.h"
#include "base/rng.h"

namespace hookdrill {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

struct Preset {
  std::string_view name;
  std::vector<Duration> (*waits)();
  std::string_view source;
};

// "Retried at once, then a few more times with decreasing frequency": no times are published, so: at once, then one
// minute, doubled until the next wait would leave the window.
std::vector<Duration> doubling_within(Duration window) {
  std::vector<Duration> waits{Duration{}};
  Duration used{};
  for (Duration wait = minutes(1); used + wait <= window; wait *= 2) {
    waits.push_back(wait);
    used += wait;
  }
  return waits;
}

const Preset kPresets[] = {
    {"guide",
     [] {
       return std::vector<Duration>{minutes(5), minutes(10), minutes(20), minutes(40), minutes(90)};
     },
     "a widely read webhook guide (no official source): 5, 10, 20, 40, 90 min after the previous attempt"},
    {"graph-36h", [] { return doubling_within(hours(36)); },
     "Graph API webhooks guide: at once, then less and less often for 36 h; the times are our assumption (1 min, "
     "doubled)"},
    {"whatsapp-7d", [] { return doubling_within(hours(24 * 7)); },
     "WhatsApp webhooks guide: at once, then less and less often for 7 days; the times are our assumption (1 min, "
     "doubled)"},
    {"none", [] { return std::vector<Duration>{}; }, "no retries"},
};

}  // namespace

RetrySchedule::RetrySchedule(const RetrySettings& settings, std::uint64_t seed)
    : name_(settings.schedule),
      source_("the scenario's own list"),
      waits_(settings.waits),
      jitter_(settings.jitter),
      time_scale_(settings.time_scale),
      seed_(seed) {
  HOOKDRILL_CHECK(time_scale_ > 0 && jitter_ >= 0 && jitter_ <= 1);
  for (const Preset& preset : kPresets) {
    if (preset.name != name_) continue;
    waits_ = preset.waits();
    source_ = preset.source;
  }
}

std::optional<Duration> RetrySchedule::wait_after(std::uint64_t delivery, std::uint32_t attempt) const {
  if (attempt >= waits_.size()) return std::nullopt;
  double seconds = to_seconds(waits_[attempt]) / time_scale_;
  if (jitter_ > 0) seconds *= 1 + jitter_ * (2 * draw_unit({seed_, delivery, attempt, Purpose::retry_jitter}) - 1);
  return from_seconds(seconds);
}

Duration RetrySchedule::window() const {
  return std::accumulate(waits_.begin(), waits_.end(), Duration{});
}

std::vector<std::string_view> retry_schedule_names() {
  std::vector<std::string_view> names;
  for (const Preset& preset : kPresets) names.push_back(preset.name);
  return names;
}

}  // namespace hookdrill
