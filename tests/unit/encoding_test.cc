#include "base/encoding.h"

#include "base/rng.h"
#include "catch.h"

namespace hookdrill {
namespace {

std::string random_bytes(std::uint64_t which, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(draw({.seed = which, .delivery = i}) & 0xff);
  return bytes;
}

}  // namespace

TEST_CASE("encoding: hexadecimal is lower case") {
  const std::uint8_t bytes[] = {0x00, 0x0f, 0xa5, 0xff};
  CHECK(to_hex(bytes) == "000fa5ff");
  CHECK(to_hex({}) == "");
}

TEST_CASE("encoding: base64 as in RFC 4648") {
  CHECK(to_base64("") == "");
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foob") == "Zm9vYg==");
  CHECK(to_base64("fooba") == "Zm9vYmE=");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  CHECK(to_base64("\xfb\xff") == "+/8=");
}

TEST_CASE("encoding: base64 reads back whatever was written") {
  for (std::size_t size = 0; size < 100; ++size) {
    const std::string bytes = random_bytes(size, size);
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
}

TEST_CASE("encoding: damaged base64 is refused") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zg=a", "Z===", "====", "=Zg=", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm-_"}) {
    INFO(text);
    CHECK_FALSE(from_base64(text).has_value());
  }
}

TEST_CASE("encoding: percent-encoding keeps only unreserved characters") {
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encode("a b+c/d%\xc3\xa9\n") == "a%20b%2Bc%2Fd%25%C3%A9%0A");
  const std::string bytes = random_bytes(3, 300);
  CHECK(percent_decode(percent_encode(bytes), true) == bytes);
}

TEST_CASE("encoding: percent-decoding leaves a damaged escape alone") {
  CHECK(percent_decode("%41%6a%6A", false) == "Ajj");
  CHECK(percent_decode("a+b", true) == "a b");
  CHECK(percent_decode("a+b", false) == "a+b");
  CHECK(percent_decode("%2B", true) == "+");
  CHECK(percent_decode("%", false) == "%");
  CHECK(percent_decode("%4", false) == "%4");
  CHECK(percent_decode("%zz%4g", false) == "%zz%4g");
  CHECK(percent_decode("%%41", false) == "%A");
}

TEST_CASE("encoding: what could act on a terminal is shown as bytes") {
  CHECK(printable("plain text, \"quoted\" \\ too") == "plain text, \"quoted\" \\ too");
  CHECK(printable("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") == "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
  CHECK(printable("\x1b[31mred\r\n\t\x7f") == "\\x1b[31mred\\x0d\\x0a\\x09\\x7f");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");                    // C1: CSI
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");           // right-to-left override
  CHECK(printable("\xd8\x9c") == "\\xd8\\x9c");                    // Arabic letter mark
  CHECK(printable("\xe2\x81\xa6") == "\\xe2\\x81\\xa6");           // left-to-right isolate
  CHECK(printable("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");           // line separator
  CHECK(printable("\xef\xbb\xbf") == "\\xef\\xbb\\xbf");           // byte order mark
  CHECK(printable("\xf3\xa0\x81\x81") == "\\xf3\\xa0\\x81\\x81");  // tag characters
}

TEST_CASE("encoding: invalid UTF-8 is shown as bytes") {
  CHECK(printable("\xff\xfe") == "\\xff\\xfe");
  CHECK(printable("a\xc3") == "a\\xc3");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");           // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  CHECK(printable("\xf8\x88\x80\x80\x80") == "\\xf8\\x88\\x80\\x80\\x80");
}

TEST_CASE("encoding: long text is cut between characters") {
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdef", 5) == "abcde...");
  CHECK(printable("ab\xe2\x82\xac", 4) == "ab...");
  CHECK(printable("ab\xe2\x82\xac", 5) == "ab\xe2\x82\xac");
  CHECK(printable(std::string(1000, 'x')).size() == 203);
}

}  // namespace hookdrill
