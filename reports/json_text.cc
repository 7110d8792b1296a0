#include "reports/json_text.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <memory>

#include "base/check.h"
#include "reports/text.h"

namespace hookdrill {
namespace {

namespace json = boost::json;

constexpr std::size_t kOneLineColumns = 180;

void print_double(double value, std::string& out) {
  HOOKDRILL_CHECK(std::isfinite(value));
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end);
}

void print_scalar(const json::value& value, std::string& out) {
  if (value.is_double()) return print_double(value.get_double(), out);
  if (value.is_string()) {
    out += json::serialize(json::value(valid_utf8(value.get_string())));
  } else {
    out += json::serialize(value);
  }
}

bool is_scalar(const json::value& value) {
  return !value.is_object() && !value.is_array();
}

bool holds_scalars(const json::value& value) {
  if (value.is_array()) return std::all_of(value.get_array().begin(), value.get_array().end(), is_scalar);
  return std::all_of(value.get_object().begin(), value.get_object().end(),
                     [](const json::key_value_pair& member) { return is_scalar(member.value()); });
}

void print(const json::value& value, std::size_t indent, bool in_array, std::string& out);

// The members of an object or the elements of an array, each after `before`.
void print_members(const json::value& value, const std::string& between, const std::string& before, std::size_t indent,
                   std::string& out) {
  bool first = true;
  const auto separate = [&] {
    if (!first) out += between;
    first = false;
    out += before;
  };
  if (value.is_array()) {
    for (const json::value& element : value.get_array()) {
      separate();
      print(element, indent, true, out);
    }
    return;
  }
  for (const json::key_value_pair& member : value.get_object()) {
    separate();
    print_scalar(json::value(member.key()), out);
    out += ": ";
    print(member.value(), indent, false, out);
  }
}

void print(const json::value& value, std::size_t indent, bool in_array, std::string& out) {
  if (is_scalar(value)) return print_scalar(value, out);
  out += value.is_array() ? '[' : '{';
  const bool empty = value.is_array() ? value.get_array().empty() : value.get_object().empty();
  std::string line;
  if ((in_array || value.is_array()) && holds_scalars(value)) {
    print_members(value, ", ", "", 0, line);
    if (line.size() > kOneLineColumns) line.clear();
  }
  if (!line.empty()) {
    out += line;
  } else if (!empty) {
    print_members(value, ",", "\n" + std::string(indent + 2, ' '), indent + 2, out);
    out += "\n" + std::string(indent, ' ');
  }
  out += value.is_array() ? ']' : '}';
}

// Line and column, from 1, of the byte at `offset`.
Diagnostic diagnostic_at(std::string_view text, std::size_t offset, const std::string& file,
                         const std::string& message) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 = 0
  return {file, static_cast<int>(line), static_cast<int>(offset - start + 1), message};
}

}  // namespace

std::string json_text(const json::value& value) {
  std::string out;
  print(value, 0, false, out);
  out += '\n';
  return out;
}

Result<json::value> parse_json(std::string_view text, const std::string& file) {
  json::stream_parser parser;
  boost::system::error_code error;
  const std::size_t consumed = parser.write_some(text.data(), text.size(), error);
  if (error) return diagnostic_at(text, consumed, file, "not JSON: " + error.message());
  const std::size_t rest = text.find_first_not_of(" \t\r\n", consumed);
  if (rest != std::string_view::npos) return diagnostic_at(text, rest, file, "not JSON: text after the end");
  parser.finish(error);
  if (error) return diagnostic_at(text, text.size(), file, "not JSON: it ends too early");
  return parser.release();
}

}  // namespace hookdrill
