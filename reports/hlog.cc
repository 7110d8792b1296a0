#include "reports/hlog.h"

#include <fmt/core.h>

#include <cmath>

#include "reports/summary.h"

namespace hookdrill {
namespace {

constexpr int kStepsPerHalving = 5;  // HdrHistogram's default
constexpr double kSmallestDistance = 1e-6;

double milliseconds(Duration duration) {
  return to_seconds(duration) * 1e3;
}

// A tag ends at a comma or a space.
std::string tag(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
    safe += plain ? c : '_';
  }
  return safe;
}

std::string lines(const Results& results, const std::string& prefix,
                  const std::map<std::string, Histogram>& histograms) {
  std::string text;
  for (const HistogramRow& row : histogram_rows(histograms)) {
    const std::string name = tag(prefix + "." + std::string(row.key));
    if (row.histogram->infinite() > 0)
      text += fmt::format("#[{}: {} more values never came (failures)]\n", name, row.histogram->infinite());
    if (row.histogram->count() == 0) continue;
    text += fmt::format("Tag={},0.000,{:.3f},{:.6f},{}\n", name, static_cast<double>(results.duration_ns) * 1e-9,
                        milliseconds(row.histogram->max()), row.histogram->encode());
  }
  return text;
}

std::string distribution(const Histogram& histogram) {
  std::string text =
      fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  const std::uint64_t all = histogram.count() + histogram.infinite();
  const auto line = [&](Duration value, double share, std::uint64_t count) {
    text += fmt::format("{:12.6f} {:14.12f} {:10}", milliseconds(value), share, count);
    text += share < 1 ? fmt::format(" {:14.2f}\n", 1 / (1 - share)) : "\n";
  };
  if (histogram.count() == 0) return text;
  std::uint64_t below = 0;
  std::size_t index = 0;
  const auto count_up_to = [&](Duration value) {
    for (; index < histogram.used() && Histogram::lowest(index) <= value; ++index) below += histogram.counter(index);
    return below;
  };
  // The distance to 100 % halves in kStepsPerHalving equal steps, from 0 on.
  for (double distance = 1; distance > kSmallestDistance; distance /= 2) {
    for (int step = 0; step < kStepsPerHalving; ++step) {
      const double share = 1 - distance + distance / 2 * step / kStepsPerHalving;
      const std::optional<Duration> value = share <= 0 ? histogram.min() : histogram.percentile(share * 100);
      if (!value) return text;
      line(*value, share, count_up_to(*value));
      if (below == all) break;
    }
    if (below == all) break;
  }
  if (const std::optional<Duration> most = histogram.percentile(100)) line(*most, 1, count_up_to(*most));
  return text;
}

}  // namespace

std::string hlog_report(const Results& results) {
  std::string text = "#[Histogram log format version 1.3]\n";
  text += fmt::format("#[hookdrill {}, seed {}; values in ns, maximum in ms]\n", tag(results.scenario.name),
                      results.scenario.seed);
  text += "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";
  for (const auto& [name, path] : results.paths) {
    text += lines(results, name, path.histograms) + lines(results, name + ".failed", path.failed_histograms);
  }
  return text;
}

std::string percentile_report(const Results& results) {
  std::string text;
  for (const auto& [name, path] : results.paths) {
    const auto latency = path.histograms.find("latency");
    if (latency == path.histograms.end()) continue;
    const Histogram& histogram = latency->second;
    const std::uint64_t all = histogram.count() + histogram.infinite();
    text += fmt::format("#[{} latency, ms]\n{}", tag(name), distribution(histogram));
    text += fmt::format("#[Mean    = {:12.3f}]\n", milliseconds(histogram.mean()));
    text += fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n", milliseconds(histogram.max()), all);
    if (histogram.infinite() > 0) text += fmt::format("#[Never came = {}]\n", histogram.infinite());
  }
  return text.empty() ? "#[no latency]\n" : text;
}

}  // namespace hookdrill
