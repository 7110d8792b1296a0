// A sweep as JSON. Its histograms are those of results.json.
#include "reports/json_fields.h"
#include "reports/json_text.h"
#include "reports/sweep.h"

namespace hookdrill {
namespace {

boost::json::object point_value(const SweepPoint& point) {
  const auto seconds = [](std::uint64_t s) { return boost::json::value(s); };
  return {{"value", point.value},
          {"path", point.path},
          {"verdict", point.verdict},
          {"runs", point.runs},
          {"deliveries",
           {{"planned", point.deliveries.planned},
            {"delivered", point.deliveries.delivered},
            {"delivered_first_try", point.deliveries.delivered_first_try},
            {"delivered_by_retry", point.deliveries.delivered_by_retry},
            {"expired", point.deliveries.expired},
            {"abandoned", point.deliveries.abandoned},
            {"duplicates", point.deliveries.duplicates}}},
          {"lost", {{"count", point.lost()}, {"low", point.lost_low}, {"high", point.lost_high}}},
          {"attempts", point.attempts},
          {"drop", {{"dropped", point.dropped}, {"of", point.dropped_of}}},
          {"time_to_deliver", histogram_value(point.time_to_deliver)},
          {"load_max", point.load_max == 0 ? boost::json::value() : boost::json::value(point.load_max)},
          {"drained_s", point.load_max == 0 || !point.drained ? boost::json::value() : seconds(point.drained_s)}};
}

}  // namespace

std::string sweep_json(const SweepResults& sweep) {
  boost::json::array points;
  for (const SweepPoint& point : sweep.points) points.push_back(point_value(point));
  return json_text(
      boost::json::object{{"schema_version", 1},
                          {"command", "simulate"},
                          {"scenario", {{"name", sweep.scenario}, {"file", sweep.file}, {"sha256", sweep.sha256}}},
                          {"sweep", {{"key", sweep.key}, {"first_seed", sweep.first_seed}, {"seeds", sweep.seeds}}},
                          {"interrupted", sweep.interrupted},
                          {"points", std::move(points)}});
}

}  // namespace hookdrill
