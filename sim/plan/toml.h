// A TOML document as a plain tree in which every value knows its place. Knows nothing of scenarios, and hides toml++.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hookdrill {

/// Where a key or a value was written: in a file, or as an option of the command line (line 0).
struct Place {
  std::string file;  // or "--set deliveries.batch"
  int line = 0;
  int column = 0;
};

struct TomlNode {
  enum class Kind { text, integer, number, boolean, date, list, table };
  Kind kind = Kind::table;
  std::string key;  // under which it was found; the items of a list carry the key of the list
  Place key_place;
  Place place;

  std::string text;          // text: the value; other scalars: how they are written ("50", "true")
  std::int64_t integer = 0;  // integer
  double number = 0;         // integer and number
  bool boolean = false;
  std::vector<TomlNode> items;  // of a list; of a table, in the order of the file

  bool is_list() const { return kind == Kind::list; }
  bool is_table() const { return kind == Kind::table; }
  bool from_option() const { return place.line == 0; }

  /// The value of a key of a table, or nullptr.
  const TomlNode* find(std::string_view name) const;
  TomlNode* find(std::string_view name);
};

/// `file` stands in the places and messages only.
Result<TomlNode> parse_toml(std::string_view text, const std::string& file);

/// Applies "key.path=value", as given with --set: the value in TOML syntax, or else a bare word. Tables on the way are
/// made when they are missing; an entry of a list is addressed by its index or its name ("stage.0.rate",
/// "stage.burst.rate") and must exist.
Result<void> override_toml(TomlNode& root, std::string_view assignment);

/// What was found in place of something else: "the number 50", "the text \"abc\"", "a list".
std::string describe(const TomlNode& node);

}  // namespace hookdrill
