#include "descriptor_budget.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

#include "live/workers.h"

namespace hookdrill {
namespace {

constexpr int kKept = 40;  // for files, timers, name servers and listening
constexpr int kOfWorker = 4;
// Descriptors for two connections; the receiver closes its end a little after us.
constexpr int kForTwo = 2;
constexpr int kForTwoWithReceiver = 5;

int for_two(const Scenario& scenario) {
  return scenario.receiver ? kForTwoWithReceiver : kForTwo;
}

int beside_connections(const Scenario& scenario) {
  return kKept + kOfWorker * worker_count(scenario);
}

}  // namespace

int descriptors_needed(const Scenario& scenario) {
  return scenario.deliveries.max_in_flight * for_two(scenario) / 2 + beside_connections(scenario);
}

int connections_allowed(const Scenario& scenario) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::numeric_limits<int>::max();
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const auto descriptors = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 30));
  const int for_connections = descriptors - beside_connections(scenario);
  return std::max(1, for_connections / for_two(scenario) * 2 / worker_count(scenario));
}

}  // namespace hookdrill
