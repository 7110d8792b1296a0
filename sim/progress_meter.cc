#include "progress_meter.h"

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "plan/arrivals.h"
#include "reports/progress.h"

namespace hookdrill {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr Duration kRedraw = std::chrono::milliseconds(500);
constexpr Duration kLogEvery = std::chrono::seconds(10);

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 100;
}

}  // namespace

ProgressMeter::ProgressMeter(const Scenario& scenario, const std::string& path, std::vector<LiveCounters>& counters,
                             bool quiet)
    : counters_(counters),
      title_(scenario.paths.size() > 1 ? fmt::format("{} {}", scenario.name, path) : scenario.name),
      planned_length_(total_length(scenario.stages)),
      quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressMeter::~ProgressMeter() {
  if (drawn_ && terminal_) fmt::print(stderr, "\r\x1b[K");
}

ProgressMeter::Totals ProgressMeter::take() {
  Totals totals;
  for (LiveCounters& worker : counters_) {
    totals.planned += worker.planned.load(kRelaxed);
    totals.sent += worker.sent.load(kRelaxed);
    totals.delivered += worker.delivered.load(kRelaxed);
    totals.failed += worker.failed.load(kRelaxed);
    totals.in_flight += worker.in_flight.load(kRelaxed);
    totals.waiting += worker.waiting.load(kRelaxed);
    totals.lateness_max_ns = std::max(totals.lateness_max_ns, worker.lateness_max_ns.exchange(0, kRelaxed));
    if (worker.failed.load(kRelaxed) > 0) totals.last_failure = worker.last_failure.load(kRelaxed);
  }
  return totals;
}

void ProgressMeter::tick(Duration elapsed) {
  const Duration since = elapsed - drawn_at_;
  if (quiet_ || since < (terminal_ ? kRedraw : kLogEvery)) return;
  const Totals totals = take();
  const auto rate = [&](std::uint64_t now, std::uint64_t before) {
    return static_cast<double>(now - before) / to_seconds(since);
  };
  ProgressSnapshot snapshot;
  snapshot.scenario = title_;
  snapshot.elapsed = elapsed;
  snapshot.remaining = std::max(Duration{}, planned_length_ - elapsed);
  snapshot.planned_per_second = rate(totals.planned, before_.planned);
  snapshot.sent_per_second = rate(totals.sent, before_.sent);
  snapshot.delivered_per_second = rate(totals.delivered, before_.delivered);
  snapshot.in_flight = totals.in_flight;
  snapshot.retrying = totals.waiting;
  const std::uint64_t ended = totals.delivered + totals.failed;
  snapshot.lost_share = ended == 0 ? 0 : static_cast<double>(totals.failed) / static_cast<double>(ended);
  if (totals.failed > 0) snapshot.top_cause = outcome_code(unpack_outcome(totals.last_failure));
  snapshot.lateness_max = Duration(totals.lateness_max_ns);
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", progress_line(snapshot, terminal_width() - 1));
  } else {
    fmt::print(stderr, "{}\n", progress_log_line(snapshot));
  }
  std::fflush(stderr);
  before_ = totals;
  drawn_at_ = elapsed;
  drawn_ = true;
}

}  // namespace hookdrill
