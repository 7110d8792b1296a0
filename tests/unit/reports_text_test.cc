#include "catch.h"
#include "reports/text.h"

using namespace hookdrill;

TEST_CASE("text: counts have separators and shares three digits") {
  CHECK(format_count(0) == "0");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1000) == "1,000");
  CHECK(format_count(12345678) == "12,345,678");
  CHECK(format_counted(1, "attempt") == "1 attempt");
  CHECK(format_counted(0, "attempt") == "0 attempts");
  CHECK(format_counted(2000, "delivery", "deliveries") == "2,000 deliveries");
  CHECK(format_share(0.1812) == "18.1 %");
  CHECK(format_share(0.01) == "1.00 %");
  CHECK(format_share(0.0002) == "0.02 %");
  CHECK(format_share(1) == "100 %");
  CHECK(format_share(0.1812, 0.1744, 0.1881) == "18.1 % [17.4, 18.8]");
  CHECK(format_share(0, 0, 0.00371) == "0 % [0, 0.37]");
  CHECK(format_share(0, 0, 0.00008) == "0 % [0, 0.008]");
  CHECK(format_share(1, 0.912, 1) == "100 % [91.2, 100]");
}

TEST_CASE("text: a share is never rounded to none or all") {
  CHECK(format_share(0) == "0 %");
  CHECK(format_share(1e-9) == "<0.001 %");
  CHECK(format_share(0.9999) == "99.990 %");
  CHECK(format_share(1 - 1e-9) == ">99.999 %");
}

TEST_CASE("text: width counts columns, not bytes") {
  CHECK(display_width("") == 0);
  CHECK(display_width("µs") == 2);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("e\xcc\x81") == 1);              // e and a combining accent
  CHECK(display_width("\x1b[1;31mFAIL\x1b[0m") == 4);  // colours
  CHECK(display_width("\x1b[") == 0);                  // a colour cut off
  CHECK(display_width("a\xff") == 2);                  // a malformed byte
  CHECK(pad_right("日", 4) == "日  ");
  CHECK(pad_left("é", 3) == "  é");
  CHECK(pad_left("abcd", 3) == "abcd");
}

TEST_CASE("text: malformed bytes become the replacement character") {
  CHECK(valid_utf8("añb") == "añb");
  CHECK(valid_utf8("a\xc3") == "a\xef\xbf\xbd");
  CHECK(valid_utf8("\xed\xa0\x80") == "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");  // a surrogate
  CHECK(valid_utf8("\xc0\xaf") == "\xef\xbf\xbd\xef\xbf\xbd");                  // an overlong slash
}

TEST_CASE("text: fitting cuts at a character and shows it") {
  CHECK(fit_width("abc", 3) == "abc");
  CHECK(fit_width("abcd", 3) == "ab…");
  CHECK(fit_width("日本語", 5) == "日本…");
  CHECK(fit_width("日本語", 4) == "日…");
  CHECK(fit_width("abc", 0).empty());
}

TEST_CASE("text: wrapping keeps words, newlines and the width") {
  CHECK(wrap_text("", 10) == std::vector<std::string>{""});
  CHECK(wrap_text("one two three", 7) == std::vector<std::string>{"one two", "three"});
  CHECK(wrap_text("one\ntwo three", 9) == std::vector<std::string>{"one", "two three"});
  CHECK(wrap_text("a verylongwordindeed b", 6) == std::vector<std::string>{"a", "verylongwordindeed", "b"});
  CHECK(hanging_text("one two three", 12, 8, 2) == "one\n  two three");
  CHECK(hanging_text("one two", 20, 4, 4) == "one two");
}

TEST_CASE("text: a table aligns columns and leaves no trailing spaces") {
  TextTable table({TextTable::Align::left, TextTable::Align::right});
  table.row({"a", "1"});
  table.row({"bcd", "1,000"});
  table.row({"only"});
  CHECK(table.text(1, 2) == " a         1\n bcd   1,000\n only\n");
}

TEST_CASE("text: words are joined as a person would") {
  CHECK(join_words({}).empty());
  CHECK(join_words({"a"}) == "a");
  CHECK(join_words({"a", "b", "c"}) == "a, b and c");
}
