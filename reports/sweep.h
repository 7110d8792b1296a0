// The results of many simulations of one scenario, one value changed: plain data, a table, JSON, a page with a chart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "reports/results.h"

namespace hookdrill {

/// One value on one path, over all seeds.
struct SweepPoint {
  std::string value;
  std::string path;
  std::string verdict;  // of the runs: untrusted when any was, else fail when any did, else pass
  std::uint64_t runs = 0;
  DeliveryCounts deliveries;
  std::uint64_t attempts = 0;
  std::uint64_t dropped = 0;  // of fresh connections
  std::uint64_t dropped_of = 0;
  double lost_low = 0;  // Wilson 95 % of the deliveries that were lost
  double lost_high = 0;
  Histogram time_to_deliver;
  double load_max = 0;          // attempts for each delivery due, in the worst interval; 0 when never sick
  bool drained = true;          // after its longest sick time the load came back to normal
  std::uint64_t drained_s = 0;  // so long after it; of several seeds, the longest

  std::uint64_t lost() const { return deliveries.expired + deliveries.abandoned; }
};

struct SweepResults {
  std::string scenario;
  std::string file;
  std::string sha256;  // of the scenario without the sweep
  std::string key;     // "paths.direct.model.drop.share"
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1;  // simulations for each value
  std::vector<SweepPoint> points;
  bool interrupted = false;
};

/// At most 100 columns.
std::string sweep_text(const SweepResults& sweep);
std::string sweep_json(const SweepResults& sweep);
/// A page of its own: two charts over the swept value, and the table.
std::string sweep_html(const SweepResults& sweep);

}  // namespace hookdrill
