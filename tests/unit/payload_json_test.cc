#include "plan/payload_json.h"

#include <boost/json.hpp>

#include "base/rng.h"
#include "catch.h"

namespace hookdrill {
namespace {

std::string escaped(std::string_view text, Escaping escaping = Escaping::today) {
  std::string out;
  append_escaped(out, text, escaping);
  return out;
}

std::string meta(std::string_view json, Escaping escaping = Escaping::today) {
  return to_meta_json(json, escaping).value();
}

std::string mistake(std::string_view json) {
  Diagnostic diagnostic = to_meta_json(json, Escaping::today).error();
  diagnostic.file = "x";
  return diagnostic.text();
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return add(code);
  if (code < 0x800) {
    add(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    add(0xe0 | code >> 12);
    add(0x80 | ((code >> 6) & 63));
  } else {
    add(0xf0 | code >> 18);
    add(0x80 | ((code >> 12) & 63));
    add(0x80 | ((code >> 6) & 63));
  }
  add(0x80 | (code & 63));
}

// Up to 40 code points from everywhere, ASCII and its controls more often than chance would have it.
std::string random_text(std::uint64_t seed) {
  std::uint32_t index = 0;
  const auto below = [&](std::uint64_t limit) {
    return static_cast<std::uint32_t>(draw_below({seed, 0, 0, Purpose::payload, index++}, limit));
  };
  std::string text;
  for (std::uint32_t left = below(40); left > 0; --left) {
    constexpr std::uint32_t kLimits[] = {0x20, 0x80, 0x800, 0x10000, 0x110000};
    const std::uint32_t code = below(kLimits[below(5)]);
    if (code < 0xd800 || code > 0xdfff) append_utf8(text, code);
  }
  return text;
}

TEST_CASE("payload json: captured spellings are reproduced") {
  CHECK(escaped("image/jpeg") == R"(image\/jpeg)");
  CHECK(escaped("audio/ogg; codecs=opus") == R"(audio\/ogg; codecs=opus)");
  CHECK(escaped("Cotação-10.pdf") == R"(Cota\u00e7\u00e3o-10.pdf)");
  CHECK(escaped("Café / ok 🤘") == R"(Caf\u00e9 \/ ok \ud83e\udd18)");
  CHECK(escaped("FWQpoaJAkZZXR5l5U2jWezDGza2jhNRC9+I/VWGolXQ=") == R"(FWQpoaJAkZZXR5l5U2jWezDGza2jhNRC9+I\/VWGolXQ=)");
  CHECK(escaped("https://lookaside.fbsbx.com/a/?mid=1&source=webhook") ==
        R"(https:\/\/lookaside.fbsbx.com\/a\/?mid=1&source=webhook)");
}

TEST_CASE("payload json: what JSON demands is escaped, what may stay stays") {
  CHECK(escaped("\"\\\b\f\n\r\t") == R"(\"\\\b\f\n\r\t)");
  CHECK(escaped(std::string("\0\x1f\x7f", 3)) == "\\u0000\\u001f\x7f");
  CHECK(escaped("& ' > + = ? < % @ {}[]:,#$") == "& ' > + = ? < % @ {}[]:,#$");
  CHECK(escaped("\u200a\u2028\ufeff\uffff\U0010ffff") == R"(\u200a\u2028\ufeff\uffff\udbff\udfff)");
}

TEST_CASE("payload json: the form of 2016 also escapes three signs") {
  CHECK(escaped("a<b> 5% @x /", Escaping::of_2016) == R"(a\u003Cb> 5\u0025 \u0040x \/)");
}

TEST_CASE("payload json: bytes that are no UTF-8 become the replacement character") {
  CHECK(escaped("a\xffz") == R"(a\ufffdz)");
  CHECK(escaped("\xc3") == R"(\ufffd)");
  CHECK(escaped("\xed\xa0\x80") == R"(\ufffd\ufffd\ufffd)");  // a surrogate
  CHECK(escaped("\xc0\xaf") == R"(\ufffd\ufffd)");            // an overlong "/"
}

TEST_CASE("payload json: random text comes back from a JSON parser, in both forms, and is ASCII on the way") {
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    const std::string text = random_text(seed);
    for (const Escaping escaping : {Escaping::today, Escaping::of_2016}) {
      const std::string json = '"' + escaped(text, escaping) + '"';
      CHECK(std::all_of(json.begin(), json.end(), [](char c) { return c >= ' ' && c <= '\x7f'; }));
      const boost::json::value back = boost::json::parse(json);
      CHECK(std::string_view(back.get_string()) == text);
      CHECK(meta(json, escaping) == json);
    }
  }
}

TEST_CASE("payload json: order, numbers and duplicate keys stay; white space and comments go") {
  CHECK(meta("// a comment\n{ \"b\" : [ 1 , -0.50, 1e3, 123456789012345678901234567890 ],\n\t\"a\": {}, \"a\": [], "
             "\"c\": [true, false, null, \"\"] }\n") ==
        R"({"b":[1,-0.50,1e3,123456789012345678901234567890],"a":{},"a":[],"c":[true,false,null,""]})");
  CHECK(meta("37.4611978") == "37.4611978");
  CHECK(meta(R"("\u00E9\/\ud83e\udd18")") == R"("\u00e9\/\ud83e\udd18")");
}

TEST_CASE("payload json: a mistake is told with its line and column") {
  CHECK(mistake("{\n  \"a\": 1,\n  }") == "x:3:3: not JSON: syntax error");
  CHECK(mistake("{} x") == "x:1:4: not JSON: extra data");
  CHECK(mistake("{\"a\":") == "x:1:6: not JSON: incomplete JSON");
  CHECK(mistake("") == "x:1:1: not JSON: incomplete JSON");
}

}  // namespace
}  // namespace hookdrill
