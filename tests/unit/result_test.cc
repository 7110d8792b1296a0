#include "base/result.h"

#include "catch.h"

namespace hookdrill {

TEST_CASE("result: a diagnostic leaves out what is not known") {
  CHECK(Diagnostic("a.toml", 3, 7, "wrong").text() == "a.toml:3:7: wrong");
  CHECK(Diagnostic("a.toml", 3, 0, "wrong").text() == "a.toml:3: wrong");
  CHECK(Diagnostic("a.toml", 0, 0, "wrong").text() == "a.toml: wrong");
  CHECK(Diagnostic("a.toml", 0, 7, "wrong").text() == "a.toml: wrong");
  CHECK(Diagnostic("", 0, 0, "wrong").text() == "wrong");
}

TEST_CASE("result: text and a mistake are told apart") {
  const auto length = [](bool good) -> Result<std::string> {
    if (good) return std::string("text");
    return Diagnostic("f", 1, 2, "wrong");
  };
  CHECK(*length(true) == "text");
  REQUIRE_FALSE(length(false).has_value());
  CHECK(length(false).error().text() == "f:1:2: wrong");
}

TEST_CASE("result: an unchecked mistake throws with its text") {
  const Result<int> failed = Diagnostic("f", 1, 2, "wrong");
  CHECK_THROWS_WITH(failed.value(), "unchecked Result: f:1:2: wrong");
}

TEST_CASE("result: the nearest word is the one with the fewest edits") {
  const std::vector<std::string_view> words{"connections", "connect", "batch", "by", "max_in_flight"};
  CHECK(nearest("conections", words) == "connections");
  CHECK(nearest("conect", words) == "connect");
  CHECK(nearest("bacth", words) == "batch");  // swapped neighbours are one edit
  CHECK(nearest("b", words) == "by");
  CHECK(nearest("max_inflight", words) == "max_in_flight");
  CHECK(nearest("batch", words) == "batch");
}

TEST_CASE("result: no word is near enough to something else") {
  const std::vector<std::string_view> words{"connections", "batch"};
  CHECK(nearest("delay", words) == "");
  CHECK(nearest("bxxxh", words) == "");
  CHECK(nearest("", words) == "");
  CHECK(nearest("batch", {}) == "");
  CHECK(did_you_mean("delay", words) == "");
  CHECK(did_you_mean("bach", words) == "; did you mean \"batch\"?");
}

}  // namespace hookdrill
