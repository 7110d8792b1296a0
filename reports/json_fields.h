// One list of keys for both directions: a struct names its members once, in fields(io, struct), and JsonWriter or
// JsonReader walks that list. Knows JSON and plain structs; the lists themselves are in results_json.cc.
#pragma once

#include <boost/json.hpp>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/histogram.h"
#include "base/result.h"

namespace hookdrill {

/// `T` is `Struct`, const or not: what a list of keys takes, as it serves the writer and the reader.
template <class T, class Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

/// Counts and percentiles for readers, and the whole histogram in "hdr" for us. "max_ns" and "mean_ns" are of the
/// values that came; a percentile among those that never came is null.
boost::json::value histogram_value(const Histogram& histogram);
/// Nothing when a member is missing or damaged.
std::optional<Histogram> histogram_from(const boost::json::value& value);

class JsonWriter {
 public:
  static constexpr bool kReads = false;

  template <class T>
  void operator()(std::string_view key, const T& member) {
    object_[key] = value_of(member);
  }
  /// Left out when it is empty.
  template <class T>
  void optional(std::string_view key, const T& member) {
    if (!member.empty()) object_[key] = value_of(member);
  }
  /// null when it is infinite or not a number, which JSON has no words for.
  void finite(std::string_view key, double number, double) {
    object_[key] = std::isfinite(number) ? boost::json::value(number) : boost::json::value(nullptr);
  }

  template <class T>
  static boost::json::value value_of(const T& member) {
    JsonWriter writer;
    fields(writer, member);
    return std::move(writer.object_);
  }
  static boost::json::value value_of(const std::string& text) { return boost::json::value(text); }
  static boost::json::value value_of(const boost::json::object& object) { return object; }
  static boost::json::value value_of(const Histogram& histogram) { return histogram_value(histogram); }
  template <class T>
  requires std::is_arithmetic_v<T>
  static boost::json::value value_of(const T& number) { return boost::json::value(number); }
  template <class T>
  static boost::json::value value_of(const std::vector<T>& list) {
    boost::json::array array;
    for (const T& element : list) array.push_back(value_of(element));
    return array;
  }
  template <class T>
  static boost::json::value value_of(const std::map<std::string, T>& map) {
    boost::json::object object;
    for (const auto& [key, element] : map) object[key] = value_of(element);
    return object;
  }

 private:
  boost::json::object object_;
};

/// Fills a struct from an object. The first mistake is kept in `error` ("paths.direct.drop.rate is not a number");
/// members that cannot be read keep their defaults. Keys that no list names are ignored: a newer writer may add some.
class JsonReader {
 public:
  static constexpr bool kReads = true;

  JsonReader(const boost::json::value& value, std::string place, std::string& error)
      : object_(value.if_object()), place_(std::move(place)), error_(error) {
    if (object_ == nullptr) fail(place_, "is not an object");
  }

  template <class T>
  void operator()(std::string_view key, T& member) {
    const boost::json::value* value = object_ == nullptr ? nullptr : object_->if_contains(key);
    if (value != nullptr) {
      read(*value, place_of(key), member);
    } else if (object_ != nullptr) {
      fail(place_of(key), "is missing");
    }
  }
  template <class T>
  void optional(std::string_view key, T& member) {
    if (object_ != nullptr && object_->contains(key)) (*this)(key, member);
  }
  /// `otherwise` is what null stands for.
  void finite(std::string_view key, double& number, double otherwise) {
    const boost::json::value* value = object_ == nullptr ? nullptr : object_->if_contains(key);
    if (value != nullptr && value->is_null()) {
      number = otherwise;
    } else {
      (*this)(key, number);
    }
  }

 private:
  std::string place_of(std::string_view key) const {
    return place_.empty() ? std::string(key) : place_ + "." + std::string(key);
  }
  void fail(const std::string& place, std::string_view what) {
    if (error_.empty()) error_ = (place.empty() ? "the document" : place) + " " + std::string(what);
  }

  template <class T>
  void read(const boost::json::value& value, const std::string& place, T& member) {
    JsonReader reader(value, place, error_);
    fields(reader, member);
  }
  void read(const boost::json::value& value, const std::string& place, std::string& text) {
    if (!value.is_string()) return fail(place, "is not text");
    text = std::string(value.get_string());
  }
  void read(const boost::json::value& value, const std::string& place, bool& flag) {
    if (!value.is_bool()) return fail(place, "is neither true nor false");
    flag = value.get_bool();
  }
  void read(const boost::json::value& value, const std::string& place, Histogram& histogram) {
    std::optional<Histogram> read_back = histogram_from(value);
    if (!read_back) return fail(place, "is not a whole histogram");
    histogram = std::move(*read_back);
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  void read(const boost::json::value& value, const std::string& place, T& number) {
    boost::system::error_code error;
    const T read_back = value.to_number<T>(error);
    if (error) return fail(place, std::is_integral_v<T> ? "is not a whole number in range" : "is not a number");
    number = read_back;
  }
  template <class T>
  void read(const boost::json::value& value, const std::string& place, std::vector<T>& list) {
    if (!value.is_array()) return fail(place, "is not a list");
    for (const boost::json::value& element : value.get_array())
      read(element, place + "[" + std::to_string(list.size()) + "]", list.emplace_back());
  }
  template <class T>
  void read(const boost::json::value& value, const std::string& place, std::map<std::string, T>& map) {
    if (!value.is_object()) return fail(place, "is not an object");
    for (const boost::json::key_value_pair& member : value.get_object())
      read(member.value(), place + "." + std::string(member.key()), map[std::string(member.key())]);
  }

  const boost::json::object* object_;
  std::string place_;
  std::string& error_;
};

}  // namespace hookdrill
