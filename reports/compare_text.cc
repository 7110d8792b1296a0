#include "reports/compare_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "reports/text.h"

namespace hookdrill {
namespace {

// A duration with a sign, in the unit that `scale` (the largest of what stands together) asks for.
struct Unit {
  double nanoseconds;
  std::string_view name;
};

Unit unit_for(double nanoseconds) {
  constexpr Unit kUnits[] = {{1e9, "s"}, {1e6, "ms"}};
  for (const Unit& unit : kUnits) {
    if (nanoseconds >= unit.nanoseconds) return unit;
  }
  return {1e6, "ms"};  // a tenth of a millisecond is still read as one
}

// Two digits behind the point suffice below ten, and none above a hundred.
std::string signed_number(double value) {
  if (std::isinf(value)) return value > 0 ? "+inf" : "-inf";
  const double size = std::abs(value);
  const std::string digits = size >= 100  ? fmt::format("{:.0f}", size)
                             : size >= 10 ? fmt::format("{:.1f}", size)
                                          : fmt::format("{:.2f}", size);
  const bool zero = digits.find_first_not_of("0.") == std::string::npos;
  return (value < 0 && !zero ? "-" : "+") + digits;
}

}  // namespace

std::string comparison_facts(const Results& results) {
  if (results.comparison.empty()) return "";
  std::uint64_t deliveries = 0;
  for (const auto& [name, path] : results.paths) deliveries += path.deliveries.planned;
  const std::uint64_t blocks = results.comparison[0].blocks;
  const std::string counted = format_counted(deliveries, "delivery", "deliveries");
  if (blocks > 0) return fmt::format("{} paired blocks, {}", blocks, counted);
  return fmt::format("{} in two runs, not interleaved: whatever else changed between them is in the differences",
                     counted);
}

std::string compared_value(const ComparisonRow& row, double value) {
  if (std::isinf(value)) return "inf";
  return row.unit == "ns" ? format_duration(Duration(std::llround(value))) : format_share(value);
}

std::string difference_text(const ComparisonRow& row) {
  if (std::isnan(row.difference)) return "unknown";
  if (std::isinf(row.difference)) return row.difference > 0 ? "+inf" : "-inf";
  const Unit unit = row.unit == "ns" ? unit_for(std::abs(row.difference)) : Unit{0.01, "points"};
  const auto number = [&](double value) { return signed_number(value / unit.nanoseconds); };
  return fmt::format("{} {} [{}, {}]", number(row.difference), unit.name, number(row.low), number(row.high));
}

std::string answer_sentence(const ComparisonRow& row) {
  if (row.answer == "better") return row.path + " better";
  if (row.answer == "worse") return row.baseline + " better";
  if (row.answer == "undecided")
    return row.blocks_needed > 0 ? fmt::format("undecided: {} blocks", format_count(row.blocks_needed)) : row.answer;
  const std::string margin = row.unit == "ns" ? format_duration(Duration(std::llround(row.margin)))
                                              : fmt::format("{:.3g} points", row.margin * 100);
  return fmt::format("no difference (margin {})", margin);
}

std::string metric_label(const ComparisonRow& row) {
  std::string label = row.metric;
  std::replace(label.begin(), label.end(), '.', ' ');
  return label;
}

std::string noise_sentence(const Results& results) {
  std::string text;
  for (const std::string_view metric : {"latency.p50", "latency.p99", "drop.rate"}) {
    double noise = -1;
    for (const ComparisonRow& row : results.comparison) {
      if (row.metric == metric && std::isfinite(row.noise)) noise = std::max(noise, row.noise);
    }
    if (noise < 0) continue;
    std::string label(metric);
    std::replace(label.begin(), label.end(), '.', ' ');
    text += fmt::format("{}{} ±{}", text.empty() ? "" : ", ", label,
                        metric == "drop.rate" ? fmt::format("{:.2g} points", noise * 100)
                                              : format_duration(Duration(std::llround(noise))));
  }
  return text.empty() ? "" : "noise floor (the same path against itself): " + text;
}

std::vector<ComparedPair> compared_pairs(const Results& results) {
  std::vector<ComparedPair> pairs;
  for (const ComparisonRow& row : results.comparison) {
    if (pairs.empty() || pairs.back().baseline != row.baseline || pairs.back().path != row.path)
      pairs.push_back({row.baseline, row.path, {}});
    pairs.back().rows.push_back(&row);
  }
  return pairs;
}

}  // namespace hookdrill
