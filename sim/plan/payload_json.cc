#include "plan/payload_json.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>

namespace hookdrill {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

// Takes one code point from the front of `text`; a byte that starts no well-formed sequence is taken alone.
std::uint32_t take_code_point(std::string_view& text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  const std::size_t length = lead < 0x80                    ? 1
                             : lead >= 0xc2 && lead <= 0xdf ? 2
                             : lead >= 0xe0 && lead <= 0xef ? 3
                             : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                            : 0;
  std::uint32_t code = length == 1 ? lead : lead & (0x7fU >> length);
  bool valid = length != 0 && length <= text.size();
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (at(i) & 0xc0) == 0x80;
    code = (code << 6) | (at(i) & 0x3fU);
  }
  constexpr std::array<std::uint32_t, 5> kLowest{0, 0, 0x80, 0x800, 0x10000};
  valid = valid && code >= kLowest[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  text.remove_prefix(valid ? length : 1);
  return valid ? code : kReplacement;
}

void append_unit(std::string& out, std::uint32_t unit) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHex[(unit >> shift) & 15];
}

void append_ascii(std::string& out, char c, Escaping escaping) {
  constexpr std::string_view kNamed = "\"\\/\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  if (const std::size_t at = kNamed.find(c); at != std::string_view::npos) {
    out += '\\';
    out += kLetters[at];
    return;
  }
  if (escaping == Escaping::of_2016) {
    // The text of 2016 writes \u003C, with an upper-case C, and the others without letters.
    if (c == '<') return void(out += "\\u003C");
    if (c == '%') return void(out += "\\u0025");
    if (c == '@') return void(out += "\\u0040");
  }
  if (static_cast<unsigned char>(c) < 0x20) return append_unit(out, static_cast<unsigned char>(c));
  out += c;
}

// Receives the events of Boost.JSON's parser and writes them again. The parser checks the syntax.
class Rewriter {
 public:
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  using Error = boost::system::error_code;
  using View = boost::json::string_view;

  explicit Rewriter(Escaping form) : escaping(form) {}

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return open('{'); }
  bool on_object_end(std::size_t, Error&) { return close('}'); }
  bool on_array_begin(Error&) { return open('['); }
  bool on_array_end(std::size_t, Error&) { return close(']'); }
  bool on_key_part(View part, std::size_t, Error&) { return collect(part); }
  bool on_key(View part, std::size_t, Error&) {
    collect(part);
    write_string();
    out += ':';
    comma_due_ = false;
    return true;
  }
  bool on_string_part(View part, std::size_t, Error&) { return collect(part); }
  bool on_string(View part, std::size_t, Error&) {
    collect(part);
    write_string();
    return true;
  }
  bool on_number_part(View part, Error&) { return collect(part); }
  bool on_int64(std::int64_t, View part, Error&) { return number(part); }
  bool on_uint64(std::uint64_t, View part, Error&) { return number(part); }
  bool on_double(double, View part, Error&) { return number(part); }
  bool on_bool(bool value, Error&) { return word(value ? "true" : "false"); }
  bool on_null(Error&) { return word("null"); }
  bool on_comment_part(View, Error&) { return true; }
  bool on_comment(View, Error&) { return true; }

  std::string out;
  Escaping escaping;

 private:
  void value_begins() {
    if (comma_due_) out += ',';
    comma_due_ = true;
  }
  bool open(char bracket) {
    value_begins();
    out += bracket;
    comma_due_ = false;
    return true;
  }
  bool close(char bracket) {
    out += bracket;
    comma_due_ = true;
    return true;
  }
  bool collect(View part) {
    pending_.append(part.data(), part.size());
    return true;
  }
  void write_string() {
    value_begins();
    out += '"';
    append_escaped(out, pending_, escaping);
    out += '"';
    pending_.clear();
  }
  bool number(View last_part) {
    collect(last_part);
    value_begins();
    out += pending_;
    pending_.clear();
    return true;
  }
  bool word(std::string_view text) {
    value_begins();
    out += text;
    return true;
  }

  std::string pending_;  // a string, key or number that may come in parts
  bool comma_due_ = false;
};

Diagnostic syntax_error(std::string_view json, std::size_t offset, const std::string& what) {
  const std::string_view before = json.substr(0, std::min(offset, json.size()));
  Diagnostic diagnostic;
  diagnostic.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  diagnostic.column = static_cast<int>(before.size() - (before.rfind('\n') + 1)) + 1;
  diagnostic.message = fmt::format("not JSON: {}", what);
  return diagnostic;
}

}  // namespace

void append_escaped(std::string& out, std::string_view utf8, Escaping escaping) {
  while (!utf8.empty()) {
    if (static_cast<unsigned char>(utf8[0]) < 0x80) {
      append_ascii(out, utf8[0], escaping);
      utf8.remove_prefix(1);
      continue;
    }
    const std::uint32_t code = take_code_point(utf8);
    if (code < 0x10000) {
      append_unit(out, code);
    } else {
      append_unit(out, 0xd800 + ((code - 0x10000) >> 10));
      append_unit(out, 0xdc00 + ((code - 0x10000) & 0x3ff));
    }
  }
}

Result<std::string> to_meta_json(std::string_view json, Escaping escaping) {
  boost::json::parse_options options;
  options.allow_comments = true;
  options.max_depth = 64;
  boost::json::basic_parser<Rewriter> parser(options, escaping);
  boost::system::error_code error;
  const std::size_t used = parser.write_some(false, json.data(), json.size(), error);
  if (!error && used < json.size()) error = boost::json::error::extra_data;
  if (error) return syntax_error(json, used, error.message());
  return {boost::system::in_place_value, std::move(parser.handler().out)};
}

}  // namespace hookdrill
