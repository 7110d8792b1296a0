#include "live/workers.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace hookdrill {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{200};
constexpr std::chrono::milliseconds kLeadIn{50};
constexpr double kRatePerWorker = 1000;

double thread_cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// CPU time of the whole machine since it started, in ticks; zero where /proc is not there.
struct MachineTime {
  std::uint64_t busy = 0;
  std::uint64_t all = 0;
};

MachineTime machine_time() {
  // user, nice, system, idle, iowait, irq, softirq, steal; the guest times behind them are parts of user and nice.
  std::ifstream file("/proc/stat");
  std::string cpu;
  file >> cpu;
  MachineTime time;
  for (int field = 0; field < 8; ++field) {
    std::uint64_t ticks = 0;
    if (!(file >> ticks)) return {};
    time.all += ticks;
    if (field != 3 && field != 4) time.busy += ticks;
  }
  return time;
}

double busy_share(const MachineTime& before, const MachineTime& after) {
  return after.all > before.all
             ? static_cast<double>(after.busy - before.busy) / static_cast<double>(after.all - before.all)
             : 0;
}

/// Counts workers that are done, and lets one thread wait for them.
class Finish {
 public:
  explicit Finish(int running) : running_(running) {}
  void one_is_done() {
    const std::lock_guard lock(mutex_);
    --running_;
    changed_.notify_all();
  }
  bool all_done_within(Clock::duration time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int running_;
};

struct Worker {
  Worker(const Scenario& scenario, const LivePath& path, Share share, const PathLoad& load, const TrustStore& trust,
         const Payloads& payloads, WallStart start)
      : transport(path, trust, payloads, start),
        agenda(Plan(scenario, share, load.first_number, &payloads, load.window),
               RetrySchedule(scenario.retry, scenario.seed)),
        stats(scenario.stages.size()) {
    stats.keep_delivered = load.keep_delivered;
    stats.kind = load.kind;
    stats.offset = load.window.from.time_since_epoch();
  }

  LiveTransport transport;
  Agenda agenda;
  PathStats stats;
  double cpu_share = 0;
};

}  // namespace

int worker_count(const Scenario& scenario) {
  if (scenario.workers > 0) return scenario.workers;
  double peak = 0;
  for (const Stage& stage : scenario.stages) peak = std::max({peak, stage.rate_from, stage.rate_to});
  const int wanted = static_cast<int>(std::ceil(std::min(peak / kRatePerWorker, 1e6)));
  return std::clamp(wanted, 1, static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
}

PathRun run_path(const Scenario& scenario, const LivePath& path, const PathLoad& load, const TrustStore& trust,
                 const Payloads& payloads, const std::atomic<bool>& stop, std::vector<LiveCounters>& counters,
                 const std::function<void(Duration elapsed)>& tick) {
  const auto count = counters.size();
  // A little ahead, so that workers are built and waiting when the first delivery is due.
  const Clock::time_point start = Clock::now() + kLeadIn;
  EngineSettings settings;
  settings.max_in_flight = std::max(1, scenario.deliveries.max_in_flight / static_cast<int>(count));
  settings.success = scenario.retry.success;
  settings.payloads = &payloads;
  settings.log = load.log;
  if (scenario.limits.max_duration) settings.end = kRunStart + *scenario.limits.max_duration - load.spent;

  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t i = 0; i < count; ++i) {
    const Share share{static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(count)};
    workers.push_back(std::make_unique<Worker>(scenario, path, share, load, trust, payloads, start));
  }

  const MachineTime before = machine_time();
  Finish finish(static_cast<int>(count));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      Worker& worker = *workers[i];
      run(worker.agenda, worker.transport, worker.stats, settings, stop, counters[i]);
      worker.cpu_share = thread_cpu_seconds() / std::max(1e-9, to_seconds(Clock::now() - start));
      finish.one_is_done();
    });
  }
  while (!finish.all_done_within(kTick)) {
    tick(Clock::now() - start);  // may find a reason to stop
    if (stop.load(std::memory_order_relaxed)) {
      for (const auto& worker : workers) worker->transport.wake();
    }
  }
  for (std::thread& thread : threads) thread.join();

  PathRun result{PathStats(scenario.stages.size()), "", "", {}, 0, busy_share(before, machine_time())};
  std::set<std::string> addresses;
  for (const auto& worker : workers) {
    result.stats.merge(worker->stats);
    if (result.negotiated.empty()) {
      result.negotiated = worker->transport.negotiated();
      result.certificate_expires = worker->transport.certificate_expires();
    }
    addresses.insert(worker->transport.addresses().begin(), worker->transport.addresses().end());
    result.cpu_share_max = std::max(result.cpu_share_max, worker->cpu_share);
  }
  result.addresses.assign(addresses.begin(), addresses.end());
  return result;
}

}  // namespace hookdrill
