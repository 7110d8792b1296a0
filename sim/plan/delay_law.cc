#include "plan/delay_law.h"

#include <algorithm>
#include <cmath>

namespace hookdrill {
namespace {

double delay_seconds(const DelayLaw& law, const DrawKey& key) {
  const double low = to_seconds(law.low);
  const double high = to_seconds(law.high);
  switch (law.kind) {
    case DelayLaw::Kind::fixed:
      return low;
    case DelayLaw::Kind::uniform:
      return low + draw_unit(key) * (high - low);
    case DelayLaw::Kind::bimodal:
      return draw_unit(key) < law.share ? high : low;
    case DelayLaw::Kind::lognormal:
      return low * std::exp(std::min(law.sigma * draw_normal(key), 100.0));  // finite, so that 0 s stays 0 s
  }
  return 0;
}

}  // namespace

Duration draw_delay(const DelayLaw& law, const DrawKey& key) {
  return from_seconds(std::clamp(delay_seconds(law, key), 0.0, to_seconds(kLongestDelay)));
}

}  // namespace hookdrill
