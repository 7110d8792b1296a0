#include "reports/json_fields.h"

namespace hookdrill {
namespace {

namespace json = boost::json;

constexpr std::pair<std::string_view, double> kPercentiles[] = {
    {"p50_ns", 50}, {"p90_ns", 90}, {"p95_ns", 95}, {"p99_ns", 99}, {"p999_ns", 99.9}};

std::optional<std::int64_t> whole_number(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  boost::system::error_code error;
  const std::int64_t number = value == nullptr ? -1 : value->to_number<std::int64_t>(error);
  if (error || number < 0) return std::nullopt;
  return number;
}

}  // namespace

json::value histogram_value(const Histogram& histogram) {
  json::object object;
  object["count"] = histogram.count();
  object["infinite"] = histogram.infinite();
  object["min_ns"] = histogram.min().count();
  for (const auto& [key, percent] : kPercentiles) {
    const std::optional<Duration> value = histogram.percentile(percent);
    object[key] = value ? json::value(value->count()) : json::value();
  }
  object["max_ns"] = histogram.max().count();
  object["mean_ns"] = histogram.mean().count();
  object["hdr"] = histogram.encode();
  return object;
}

std::optional<Histogram> histogram_from(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  const std::optional<std::int64_t> count = whole_number(*object, "count"),
                                    infinite = whole_number(*object, "infinite"), min = whole_number(*object, "min_ns"),
                                    max = whole_number(*object, "max_ns");
  const json::value* hdr = object->if_contains("hdr");
  if (!count || !infinite || !min || !max || *min > *max || hdr == nullptr || !hdr->is_string()) return std::nullopt;
  std::optional<Histogram> histogram = Histogram::decode(std::string(hdr->get_string()));
  if (!histogram || histogram->count() != static_cast<std::uint64_t>(*count)) return std::nullopt;
  if (*count > 0) histogram->set_extremes(Duration(*min), Duration(*max));
  histogram->record_infinite(static_cast<std::uint64_t>(*infinite));
  return histogram;
}

}  // namespace hookdrill
