// --set key.path=value: changes the tree before anything is checked, so that an override is held to the same rules.
#include <fmt/core.h>

#include "base/encoding.h"
#include "plan/toml.h"

namespace hookdrill {
namespace {

// The path in TOML's own syntax, so that a key in quotes may hold a dot. Empty when it is not one.
std::vector<std::string> split_key(std::string_view key) {
  const Result<TomlNode> parsed = parse_toml(fmt::format("{} = 0", key), "");
  std::vector<std::string> segments;
  if (!parsed) return segments;
  for (const TomlNode* node = &*parsed; node->is_table(); node = &node->items[0]) {
    if (node->items.size() != 1) return {};
    segments.push_back(node->items[0].key);
  }
  return segments;
}

void set_places(TomlNode& node, const Place& place) {
  node.place = node.key_place = place;
  for (TomlNode& item : node.items) {
    if (node.is_list()) item.key = node.key;
    set_places(item, place);
  }
}

TomlNode parse_value(std::string_view text, const std::string& key, const Place& place) {
  Result<TomlNode> parsed = parse_toml(fmt::format("value = {}", text), "");
  const bool one_value = parsed.has_value() && parsed->items.size() == 1 && parsed->items[0].key == "value";
  TomlNode value;
  if (one_value) value = std::move(parsed->items[0]);
  if (!one_value) value.kind = TomlNode::Kind::text;
  // A scalar keeps its spelling: tls.min_version=1.2 means the text "1.2".
  const bool quoted = one_value && value.kind == TomlNode::Kind::text;
  if (!quoted && !value.is_list() && !value.is_table()) value.text = text;
  value.key = key;
  set_places(value, place);
  return value;
}

Result<TomlNode*> entry_of(TomlNode& list, const std::string& segment, const Place& place) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const TomlNode* name = list.items[i].find("name");
    if (segment == std::to_string(i) || (name != nullptr && name->text == segment)) return &list.items[i];
    if (name != nullptr) names.push_back(name->text);
  }
  return Diagnostic{place.file, 0, 0,
                    fmt::format("there is no {} \"{}\"; the scenario has {} of them{}", list.key, printable(segment),
                                list.items.size(), did_you_mean(segment, names))};
}

}  // namespace

Result<void> override_toml(TomlNode& root, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string_view key = assignment.substr(0, equals);
  const Place place{fmt::format("--set {}", printable(key)), 0, 0};
  const std::vector<std::string> path = split_key(key);
  if (equals == std::string_view::npos || path.empty())
    return Diagnostic{place.file, 0, 0, "expected key.path=value, such as deliveries.batch=10"};

  TomlNode* node = &root;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool last = i + 1 == path.size();
    if (node->is_list()) {
      const Result<TomlNode*> entry = entry_of(*node, path[i], place);
      if (!entry) return entry.error();
      node = *entry;
    } else if (node->is_table()) {
      TomlNode* next = node->find(path[i]);
      if (next == nullptr) {
        next = &node->items.emplace_back();
        next->key = path[i];
        next->place = next->key_place = place;
      }
      node = next;
    } else {
      return Diagnostic{place.file, 0, 0,
                        fmt::format("\"{}\" is not a table but {}", printable(path[i - 1]), describe(*node))};
    }
    if (last) *node = parse_value(assignment.substr(equals + 1), node->key, place);
  }
  return {};
}

}  // namespace hookdrill
