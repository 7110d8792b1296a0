#include "base/time.h"

#include <cmath>

#include "base/rng.h"
#include "catch.h"

namespace hookdrill {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("time: a duration is a number and a unit") {
  CHECK(parse_duration("250ns") == Duration(250));
  CHECK(parse_duration("250us") == microseconds(250));
  CHECK(parse_duration("5ms") == milliseconds(5));
  CHECK(parse_duration("1.5s") == milliseconds(1500));
  CHECK(parse_duration("10m") == minutes(10));
  CHECK(parse_duration("36h") == hours(36));
  CHECK(parse_duration("7d") == hours(7 * 24));
  CHECK(parse_duration("0s") == Duration{});
  CHECK(parse_duration(".5s") == milliseconds(500));
  CHECK(parse_duration("1e3ms") == seconds(1));
  CHECK(parse_duration("0.4ns") == Duration{});
  CHECK(parse_duration("0.1s") == milliseconds(100));
  CHECK(parse_duration("10000d") == hours(240'000));
}

TEST_CASE("time: no other text is a duration") {
  for (const char* text :
       {"",          "5",  "s",    "5 ms", " 5ms", "5ms ", "-5ms", "-0s",    "+5s",    "5sec",
        "5S",        "5M", "5,5s", "5s5s", "infs", "nans", "0x5s", "1e999s", "10001d", "9999999999999999999s",
        "5\xc2\xb5s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("time: the exact text of a duration reads back to the same value") {
  CHECK(exact_duration(Duration{}) == "0s");
  CHECK(exact_duration(seconds(20)) == "20s");
  CHECK(exact_duration(milliseconds(1500)) == "1500ms");
  CHECK(exact_duration(minutes(90)) == "90m");
  CHECK(exact_duration(hours(48)) == "2d");
  CHECK(exact_duration(Duration(1)) == "1ns");
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    // Of every size: the highest bit is drawn first.
    const std::uint64_t bits = draw({.seed = 1, .delivery = i}) % 864'000'000'000'000'000;
    const Duration duration(static_cast<std::int64_t>(bits >> draw_below({.seed = 2, .delivery = i}, 60)));
    wrong += parse_duration(exact_duration(duration)) != duration;
  }
  CHECK(wrong == 0);
}

TEST_CASE("time: durations for people") {
  CHECK(format_duration(Duration{}) == "0 ms");
  CHECK(format_duration(Duration(7)) == "7 ns");
  CHECK(format_duration(Duration(999)) == "999 ns");
  CHECK(format_duration(Duration(1500)) == "1.50 us");
  CHECK(format_duration(microseconds(58)) == "58.0 us");
  CHECK(format_duration(microseconds(120)) == "120 us");
  CHECK(format_duration(microseconds(5200)) == "5.20 ms");
  CHECK(format_duration(microseconds(9994)) == "9.99 ms");
  CHECK(format_duration(microseconds(9996)) == "10.0 ms");
  CHECK(format_duration(microseconds(99'960)) == "100 ms");
  CHECK(format_duration(milliseconds(312)) == "312 ms");
  CHECK(format_duration(microseconds(999'600)) == "1.00 s");
  CHECK(format_duration(milliseconds(1210)) == "1.21 s");
  CHECK(format_duration(milliseconds(59'960)) == "1 min");
  CHECK(format_duration(seconds(100)) == "1 min 40 s");
  CHECK(format_duration(seconds(3599)) == "59 min 59 s");
  CHECK(format_duration(milliseconds(3'599'700)) == "1 h");
  CHECK(format_duration(minutes(165)) == "2 h 45 min");
  CHECK(format_duration(hours(24 * 7)) == "7 d");
  CHECK(format_duration(hours(36)) == "1 d 12 h");
  CHECK(format_duration(-milliseconds(5)) == "-5.00 ms");
}

TEST_CASE("time: seconds and durations convert to the nearest nanosecond") {
  CHECK(from_seconds(1.5) == milliseconds(1500));
  CHECK(from_seconds(-1.5) == -milliseconds(1500));
  CHECK(from_seconds(0.3) == milliseconds(300));
  CHECK(to_seconds(minutes(1)) == 60);
}

}  // namespace hookdrill
