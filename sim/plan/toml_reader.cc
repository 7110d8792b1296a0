#include "plan/toml_reader.h"

#include <algorithm>
#include <charconv>

#include "base/encoding.h"

namespace hookdrill {
namespace {

// Inside a table that --set gave whole, the option alone does not tell which key is meant.
std::string with_key(const TomlNode& value, std::string_view message) {
  const bool said = value.key.empty() || (value.from_option() && value.place.file.ends_with(value.key));
  return said ? std::string(message) : fmt::format("{}: {}", printable(value.key), message);
}

}  // namespace

void Reading::add(int rank, const Place& place, std::string message) {
  const std::pair order(rank, std::pair(place.line, place.column));
  if (mistake_ && order_ <= order) return;
  order_ = order;
  mistake_ = Diagnostic{place.file, place.line, place.column, std::move(message)};
}

void Reading::wrong(const TomlNode& value, std::string_view message) {
  add(0, value.place, with_key(value, message));
}

void Reading::wrong_at(const Place& place, std::string message) {
  add(0, place, std::move(message));
}

void Reading::missing(const TomlNode& table, std::string_view message) {
  add(1, table.place, std::string(message));
}

std::string Reading::title() const {
  if (scope.empty()) return "the top level";
  std::string path = scope;
  const bool entry = path.ends_with("[]");
  for (std::size_t at = 0; (at = path.find("[]")) != std::string::npos;) path.erase(at, 2);
  return entry ? fmt::format("[[{}]]", path) : fmt::format("[{}]", path);
}

TableReader::TableReader(const TomlNode& node, Reading& reading) : node_(node), reading_(reading) {
  if (!node.is_table()) reading.wrong(node, fmt::format("expected a table, found {}", describe(node)));
}

TableReader::~TableReader() {
  if (!node_.is_table()) return;
  for (const TomlNode& item : node_.items) {
    if (std::find(asked_.begin(), asked_.end(), item.key) != asked_.end()) continue;
    reading_.wrong_at(item.key_place, fmt::format("unknown key \"{}\" in {}{}", printable(item.key, 60),
                                                  reading_.title(), did_you_mean(item.key, asked_)));
  }
}

const TomlNode* TableReader::ask(std::string_view name) {
  asked_.push_back(name);
  std::string path = reading_.scope;
  for (std::size_t at = 0; (at = path.find("[]")) != std::string::npos;) path.erase(at, 2);
  reading_.keys.insert(path.empty() ? std::string(name) : fmt::format("{}.{}", path, name));
  return node_.find(name);
}

void read_flag(const TomlNode& node, bool& out, Reading& reading) {
  if (node.kind != TomlNode::Kind::boolean)
    return reading.wrong(node, fmt::format("expected true or false, found {}", describe(node)));
  out = node.boolean;
}

void read_text(const TomlNode& node, std::string& out, Reading& reading) {
  const bool bare_word = node.from_option() && !node.is_list() && !node.is_table();
  if (node.kind != TomlNode::Kind::text && !bare_word)
    return reading.wrong(node, fmt::format("expected text in quotes, found {}", describe(node)));
  if (node.text.empty()) return reading.wrong(node, "must not be empty");
  if (node.text.size() > 1000) return reading.wrong(node, "longer than 1,000 bytes");
  out = node.text;
}

void read_name(const TomlNode& node, std::string& out, Reading& reading) {
  std::string name;
  read_text(node, name, reading);
  const bool plain =
      name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
      });
  if (!plain)
    return reading.wrong(node, fmt::format("\"{}\" cannot be a name; use up to 64 letters, digits, \"-\" and \"_\"",
                                           printable(name, 70)));
  out = name;
}

void read_share(const TomlNode& node, double& out, Reading& reading) {
  double percent = 0;
  const char* const end = node.text.data() + node.text.size();
  const bool in_percent = node.kind == TomlNode::Kind::text && node.text.ends_with('%') &&
                          std::from_chars(node.text.data(), end - 1, percent).ptr == end - 1;
  const bool plain = node.kind == TomlNode::Kind::integer || node.kind == TomlNode::Kind::number;
  if (!in_percent && !plain)
    return reading.wrong(node, fmt::format("expected a share such as 0.03 or \"3%\", found {}", describe(node)));
  const double share = in_percent ? percent / 100 : node.number;
  if (!(share >= 0 && share <= 1))
    return reading.wrong(node, fmt::format("a share is 0 to 1 (or 0% to 100%), not {}", node.text));
  out = share;
}

std::optional<std::int64_t> whole_number(const TomlNode& node, std::int64_t low, std::int64_t high, Reading& reading) {
  if (node.kind != TomlNode::Kind::integer) {
    reading.wrong(node, fmt::format("expected a whole number, found {}", describe(node)));
    return std::nullopt;
  }
  if (node.integer >= low && node.integer <= high) return node.integer;
  reading.wrong(node, fmt::format("must be {} to {}, not {}", low, high, node.integer));
  return std::nullopt;
}

std::optional<double> any_number(const TomlNode& node, double low, double high, Reading& reading) {
  if (node.kind != TomlNode::Kind::integer && node.kind != TomlNode::Kind::number) {
    reading.wrong(node, fmt::format("expected a number, found {}", describe(node)));
    return std::nullopt;
  }
  if (node.number >= low && node.number <= high) return node.number;
  reading.wrong(node, fmt::format("must be {} to {}, not {}", low, high, node.text));
  return std::nullopt;
}

std::optional<Duration> duration_text(const TomlNode& node, Duration low, Duration high, Reading& reading) {
  if (node.kind != TomlNode::Kind::text) {
    reading.wrong(node, fmt::format("expected a duration such as \"20s\", found {}", describe(node)));
    return std::nullopt;
  }
  const std::optional<Duration> value = parse_duration(node.text);
  if (!value) {
    reading.wrong(node, fmt::format("\"{}\" is no duration; write a number and us, ms, s, m, h or d, such as \"20s\"",
                                    printable(node.text, 60)));
  } else if (*value < low || *value > high) {
    reading.wrong(node, fmt::format("must be {} to {}, not {}", exact_duration(low), exact_duration(high), node.text));
  } else {
    return value;
  }
  return std::nullopt;
}

std::optional<std::size_t> word_index(const TomlNode& node, const std::vector<std::string_view>& words,
                                      Reading& reading) {
  std::string word;
  read_text(node, word, reading);
  if (word.empty()) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string known;
  for (const std::string_view each : words) known += fmt::format("{}{}", known.empty() ? "" : ", ", each);
  reading.wrong(node, fmt::format("\"{}\" is none of {}{}", printable(word, 60), known, did_you_mean(word, words)));
  return std::nullopt;
}

}  // namespace hookdrill
