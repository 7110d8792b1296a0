#include "reports/ci_json.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "reports/json_text.h"
#include "reports/summary.h"
#include "reports/text.h"

namespace hookdrill {
namespace {

namespace json = boost::json;

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

struct Trend {
  std::string_view name;  // of k6
  std::string_view key;   // of ours
};
constexpr Trend kTrends[] = {{"http_req_connecting", "connect"},
                             {"http_req_tls_handshaking", "tls"},
                             {"http_req_sending", "write"},
                             {"http_req_waiting", "wait"},
                             {"http_req_receiving", "read"}};

json::object trend(const Histogram& histogram) {
  const auto at = [&](double percent) { return milliseconds(histogram.percentile(percent).value_or(histogram.max())); };
  return {{"avg", milliseconds(histogram.mean())},
          {"max", milliseconds(histogram.max())},
          {"med", at(50)},
          {"min", milliseconds(histogram.min())},
          {"p(90)", at(90)},
          {"p(95)", at(95)}};
}

// k6's rate metrics: "value" is the share of passes.
json::object rate(std::uint64_t passes, std::uint64_t fails) {
  const std::uint64_t all = passes + fails;
  return {{"fails", fails},
          {"passes", passes},
          {"value", all == 0 ? 0.0 : static_cast<double>(passes) / static_cast<double>(all)}};
}

void add_number(json::array& list, const std::string& name, std::string_view unit, double value,
                const std::string& range, const std::string& extra) {
  json::object number = {{"name", name}, {"unit", unit}, {"value", value}};
  if (!range.empty()) number["range"] = range;
  if (!extra.empty()) number["extra"] = extra;
  list.push_back(std::move(number));
}

}  // namespace

std::string k6_summary(const Results& results) {
  json::object metrics;
  std::uint64_t attempts = 0, failed = 0, passes = 0;
  for (const auto& [name, path] : results.paths) {
    attempts += path.attempts_total;
    failed += failed_attempts(path);
  }
  for (const VerdictRow& row : results.verdicts) passes += row.status == "pass" ? 1 : 0;
  const double seconds = static_cast<double>(results.duration_ns) / 1e9;
  metrics["checks"] = rate(passes, results.verdicts.size() - passes);
  metrics["http_reqs"] = {{"count", attempts}, {"rate", seconds > 0 ? static_cast<double>(attempts) / seconds : 0.0}};
  metrics["http_req_failed"] = rate(failed, attempts - std::min(failed, attempts));
  for (const Trend& wanted : kTrends) {
    Histogram merged;
    for (const auto& [name, path] : results.paths) {
      const auto found = path.histograms.find(std::string(wanted.key));
      if (found != path.histograms.end()) merged.merge(found->second);
    }
    if (merged.count() > 0) metrics[wanted.name] = trend(merged);
  }
  return json_text(json::object{{"metrics", std::move(metrics)}});
}

std::string benchmark_report(const Results& results) {
  json::array list;
  for (const auto& [name, path] : results.paths) {
    const std::string prefix = results.scenario.name + "/" + name + " ";
    const std::string extra =
        fmt::format("{}, seed {}", format_counted(path.attempts_total, "attempt"), results.scenario.seed);
    if (const auto latency = path.histograms.find("latency");
        latency != path.histograms.end() && !latency->second.empty()) {
      for (const int percent : {50, 95, 99}) {
        const std::optional<Duration> value = latency->second.percentile(percent);
        if (value)
          add_number(list, fmt::format("{}latency p{}", prefix, percent), "ms", milliseconds(*value), "", extra);
      }
    }
    add_number(list, prefix + "drop rate", "%", path.drop.rate * 100,
               fmt::format("{:.3f} … {:.3f}", path.drop.low * 100, path.drop.high * 100), extra);
    const auto attempts = static_cast<double>(std::max<std::uint64_t>(1, path.attempts_total));
    add_number(list, prefix + "failed attempts", "%", static_cast<double>(failed_attempts(path)) / attempts * 100, "",
               extra);
  }
  return json_text(list);
}

}  // namespace hookdrill
