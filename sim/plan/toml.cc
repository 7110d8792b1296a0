#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include "plan/toml.h"

#include <fmt/core.h>
#include <toml++/toml.h>

#include <algorithm>

#include "base/encoding.h"

namespace hookdrill {
namespace {

Place place_of(const toml::source_region& region, const std::string& file) {
  return {file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

void convert(const toml::node& from, const std::string& file, TomlNode& to);

void convert_table(const toml::table& from, const std::string& file, TomlNode& to) {
  to.kind = TomlNode::Kind::table;
  for (const auto& [key, value] : from) {
    TomlNode& item = to.items.emplace_back();
    item.key = std::string(key.str());
    item.key_place = place_of(key.source(), file);
    convert(value, file, item);
  }
  // toml++ keeps its tables by name; mistakes are told, and paths are run, in the order of the file.
  std::stable_sort(to.items.begin(), to.items.end(), [](const TomlNode& a, const TomlNode& b) {
    return std::pair(a.key_place.line, a.key_place.column) < std::pair(b.key_place.line, b.key_place.column);
  });
}

void convert_list(const toml::array& from, const std::string& file, TomlNode& to) {
  to.kind = TomlNode::Kind::list;
  for (const toml::node& value : from) {
    TomlNode& item = to.items.emplace_back();
    item.key = to.key;
    item.key_place = place_of(value.source(), file);
    convert(value, file, item);
  }
}

void convert(const toml::node& from, const std::string& file, TomlNode& to) {
  to.place = place_of(from.source(), file);
  if (const auto* table = from.as_table()) {
    convert_table(*table, file, to);
  } else if (const auto* list = from.as_array()) {
    convert_list(*list, file, to);
  } else if (const auto* text = from.as_string()) {
    to.kind = TomlNode::Kind::text;
    to.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    to.kind = TomlNode::Kind::integer;
    to.integer = integer->get();
    to.number = static_cast<double>(to.integer);
    to.text = fmt::format("{}", to.integer);
  } else if (const auto* number = from.as_floating_point()) {
    to.kind = TomlNode::Kind::number;
    to.number = number->get();
    to.text = fmt::format("{}", to.number);
  } else if (const auto* boolean = from.as_boolean()) {
    to.kind = TomlNode::Kind::boolean;
    to.boolean = boolean->get();
    to.text = to.boolean ? "true" : "false";
  } else {
    to.kind = TomlNode::Kind::date;
  }
}

}  // namespace

const TomlNode* TomlNode::find(std::string_view name) const {
  if (kind != Kind::table) return nullptr;
  const auto found = std::find_if(items.begin(), items.end(), [&](const TomlNode& item) { return item.key == name; });
  return found == items.end() ? nullptr : &*found;
}

TomlNode* TomlNode::find(std::string_view name) {
  return const_cast<TomlNode*>(static_cast<const TomlNode*>(this)->find(name));
}

Result<TomlNode> parse_toml(std::string_view text, const std::string& file) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const Place place = place_of(parsed.error().source(), file);
    return Diagnostic{file, place.line, place.column, printable(parsed.error().description())};
  }
  TomlNode root;
  convert(parsed.table(), file, root);
  return root;
}

std::string describe(const TomlNode& node) {
  switch (node.kind) {
    case TomlNode::Kind::text:
      return fmt::format("the text \"{}\"", printable(node.text, 60));
    case TomlNode::Kind::integer:
    case TomlNode::Kind::number:
      return "the number " + node.text;
    case TomlNode::Kind::boolean:
      return node.text;
    case TomlNode::Kind::date:
      return "a date";
    case TomlNode::Kind::list:
      return "a list";
    case TomlNode::Kind::table:
      return "a table";
  }
  return {};
}

}  // namespace hookdrill
