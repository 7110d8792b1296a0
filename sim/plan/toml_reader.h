// Reads plain data out of a TOML tree, one line a key. A reader is any function (node, out, reading) that fills `out`
// or tells what is wrong; here are those for plain values. Knows nothing of scenarios.
#pragma once

#include <fmt/core.h>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/time.h"
#include "plan/toml.h"

namespace hookdrill {

/// What a reading has found out so far: the mistake to show, and every key that was asked for.
class Reading {
 public:
  /// A value (or a key) that cannot be. Of several, the first in the file is shown.
  void wrong(const TomlNode& value, std::string_view message);
  void wrong_at(const Place& place, std::string message);
  /// Something that is not there; shown only when nothing that is there is wrong, since a misspelt key is missing too.
  void missing(const TomlNode& table, std::string_view message);

  bool ok() const { return !mistake_.has_value(); }
  const Diagnostic& mistake() const { return *mistake_; }

  /// The table that is being read: "", "deliveries", "stage[]", "stage[].rate".
  std::string scope;
  /// Every key that was asked for, dotted: "stage.rate.from".
  std::set<std::string> keys;

  /// How people write the scope: "[deliveries]", "[[stage]]", "the top level".
  std::string title() const;

 private:
  void add(int rank, const Place& place, std::string message);

  std::optional<Diagnostic> mistake_;
  std::pair<int, std::pair<int, int>> order_;  // of the mistake: rank, line, column
};

/// Walks a table. Whatever key nobody has asked for when it goes out of scope is unknown, which is a mistake.
class TableReader {
 public:
  TableReader(const TomlNode& node, Reading& reading);
  ~TableReader();
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  /// Reads the value of a key into `out` when the key is there; says whether it is.
  template <class T, class Reader>
  bool key(std::string_view name, T& out, const Reader& read) {
    const TomlNode* value = ask(name);
    if (value == nullptr) return false;
    const std::string outer = reading_.scope;
    reading_.scope += (outer.empty() ? "" : ".") + std::string(name);
    read(*value, out, reading_);
    reading_.scope = outer;
    return true;
  }

  /// The same for a key that must be there; `example` shows how to write it.
  template <class T, class Reader>
  void need(std::string_view name, T& out, const Reader& read, std::string_view example) {
    if (!key(name, out, read) && node_.is_table())
      reading_.missing(node_, fmt::format("{} has no \"{}\"; write {}", reading_.title(), name, example));
  }

 private:
  const TomlNode* ask(std::string_view name);

  const TomlNode& node_;
  Reading& reading_;
  std::vector<std::string_view> asked_;
};

// Readers for plain values.

void read_flag(const TomlNode& node, bool& out, Reading& reading);
/// Any text of at most 1,000 bytes, not empty.
void read_text(const TomlNode& node, std::string& out, Reading& reading);
/// Letters, digits, "-" and "_", at most 64: what can be a part of a dotted metric.
void read_name(const TomlNode& node, std::string& out, Reading& reading);
/// A share from 0 to 1, as a number or in percent ("3%").
void read_share(const TomlNode& node, double& out, Reading& reading);

std::optional<std::int64_t> whole_number(const TomlNode& node, std::int64_t low, std::int64_t high, Reading& reading);
std::optional<double> any_number(const TomlNode& node, double low, double high, Reading& reading);
std::optional<Duration> duration_text(const TomlNode& node, Duration low, Duration high, Reading& reading);
std::optional<std::size_t> word_index(const TomlNode& node, const std::vector<std::string_view>& words,
                                      Reading& reading);

/// A whole number within bounds, into any integer type that holds them.
inline auto whole(std::int64_t low, std::int64_t high) {
  return [=](const TomlNode& node, auto& out, Reading& reading) {
    if (const auto value = whole_number(node, low, high, reading))
      out = static_cast<std::remove_reference_t<decltype(out)>>(*value);
  };
}

inline auto number(double low, double high) {
  return [=](const TomlNode& node, double& out, Reading& reading) {
    if (const auto value = any_number(node, low, high, reading)) out = *value;
  };
}

inline auto duration(Duration low, Duration high) {
  return [=](const TomlNode& node, auto& out, Reading& reading) {  // a Duration or an optional one
    if (const auto value = duration_text(node, low, high, reading)) out = *value;
  };
}

/// One word of a few, each with the value that it stands for.
template <class T, std::size_t N>
auto one_of(const std::pair<std::string_view, T> (&choices)[N]) {
  return [&choices](const TomlNode& node, auto& out, Reading& reading) {
    std::vector<std::string_view> words;
    for (const auto& choice : choices) words.push_back(choice.first);
    if (const auto index = word_index(node, words, reading)) out = choices[*index].second;
  };
}

/// A list whose items are all read alike; replaces what is in `out`.
template <class Reader>
auto list_of(const Reader& read, std::size_t items_max) {
  return [=](const TomlNode& node, auto& out, Reading& reading) {
    if (!node.is_list()) return reading.wrong(node, fmt::format("expected a list, found {}", describe(node)));
    if (node.items.size() > items_max)
      return reading.wrong(node, fmt::format("at most {} entries, not {}", items_max, node.items.size()));
    out.clear();
    reading.scope += "[]";
    for (const TomlNode& item : node.items) read(item, out.emplace_back(), reading);
    reading.scope.resize(reading.scope.size() - 2);
  };
}

}  // namespace hookdrill
