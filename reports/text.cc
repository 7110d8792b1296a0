#include "reports/text.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace hookdrill {
namespace {

// Percent without its sign. Three significant digits, at most three decimals: one drop in a million is no news.
std::string percent_number(double share) {
  const double percent = share * 100;
  const double size = std::abs(percent);
  if (size == 0) return "0";
  if (size < 0.0005) return percent < 0 ? ">-0.001" : "<0.001";
  if (size > 99.9995 && size < 100) return ">99.999";
  if (size >= 99.95 && size < 100) return fmt::format("{:.3f}", percent);
  const int decimals = size < 1 ? 3 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  std::string text = fmt::format("{:.{}f}", percent, decimals);
  if (decimals == 3) text.erase(text.find_last_not_of('0') + 1);
  return text;
}

// Ranges that take two columns: East Asian wide and emoji, as far as a name or an error text may hold them.
bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
         (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
         (c >= 0xffe0 && c <= 0xffe6) || (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
}

bool is_combining(char32_t c) {
  return (c >= 0x0300 && c <= 0x036f) || (c >= 0x200b && c <= 0x200f) || (c >= 0x20d0 && c <= 0x20ff) ||
         (c >= 0xfe00 && c <= 0xfe0f);
}

std::size_t width_of(char32_t c) {
  return is_combining(c) ? 0 : is_wide(c) ? 2 : 1;
}

}  // namespace

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string format_counted(std::uint64_t count, std::string_view word, std::string_view plural) {
  if (count == 1) return fmt::format("1 {}", word);
  return plural.empty() ? fmt::format("{} {}s", format_count(count), word)
                        : fmt::format("{} {}", format_count(count), plural);
}

std::string format_share(double share) {
  return percent_number(share) + " %";
}

std::string format_share(double share, double low, double high) {
  // All three to the same place, which the upper end decides.
  const int decimals = high < 0.000995 ? 3 : high < 0.0995 ? 2 : 1;
  const auto number = [&](double value) {
    return value == 0 || value == 1 ? fmt::format("{:g}", value * 100) : fmt::format("{:.{}f}", value * 100, decimals);
  };
  return fmt::format("{} % [{}, {}]", number(share), number(low), number(high));
}

std::string format_duration_or_inf(std::optional<Duration> duration) {
  return duration ? format_duration(*duration) : "inf";
}

CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xc2 && lead <= 0xdf   ? 2
                             : lead >= 0xe0 && lead <= 0xef ? 3
                             : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                            : 0;
  if (length == 0 || text.size() < length) return {0xfffd, 1};
  char32_t value = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {0xfffd, 1};
    value = value << 6 | (byte(i) & 0x3fU);
  }
  const char32_t lowest = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
  if (value < lowest || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return {0xfffd, 1};
  return {value, length};
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (point.value == 0xfffd && point.bytes == 1) {
      valid += "\xef\xbf\xbd";
    } else {
      valid += text.substr(0, point.bytes);
    }
    text.remove_prefix(point.bytes);
  }
  return valid;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    if (text.substr(0, 2) == "\x1b[") {  // our own colours
      text.remove_prefix(std::min(text.find('m'), text.size() - 1) + 1);
      continue;
    }
    const CodePoint point = first_code_point(text);
    width += width_of(point.value);
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::string pad_right(std::string_view text, std::size_t width) {
  const std::size_t have = display_width(text);
  return std::string(text) + std::string(have < width ? width - have : 0, ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
  const std::size_t have = display_width(text);
  return std::string(have < width ? width - have : 0, ' ') + std::string(text);
}

std::string fit_width(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::size_t used = 0, end = 0;
  while (end < text.size()) {
    const CodePoint point = first_code_point(text.substr(end));
    if (used + width_of(point.value) > width - 1) break;
    used += width_of(point.value);
    end += point.bytes;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::vector<std::string> wrap_text(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  while (!text.empty()) {
    if (text.front() == '\n') {
      lines.emplace_back();
      used = 0;
      text.remove_prefix(1);
      continue;
    }
    const std::size_t spaces = std::min(text.find_first_not_of(' '), text.size());
    const std::size_t end = std::min(text.find_first_of(" \n", spaces), text.size());
    const std::string_view word = text.substr(spaces, end - spaces);
    const std::size_t columns = display_width(word);
    if (used > 0 && !word.empty() && used + spaces + columns > width) {
      lines.emplace_back(word);
      used = columns;
    } else if (!word.empty()) {
      lines.back() += text.substr(0, end);
      used += spaces + columns;
    }
    text.remove_prefix(end);
  }
  return lines;
}

std::string hanging_text(std::string_view text, std::size_t width, std::size_t used, std::size_t indent) {
  // The first line is shorter by what stands before it: stand-in characters take that place while wrapping.
  const std::size_t taken = used > indent ? used - indent : 0;
  const std::vector<std::string> lines = wrap_text(std::string(taken, '\x01') + std::string(text), width - indent);
  std::string joined = lines.front().substr(std::min(taken, lines.front().size()));
  for (std::size_t i = 1; i < lines.size(); ++i) joined += "\n" + std::string(indent, ' ') + lines[i];
  return joined;
}

std::string join_words(const std::vector<std::string>& words) {
  std::string joined;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) joined += i + 1 == words.size() ? " and " : ", ";
    joined += words[i];
  }
  return joined;
}

std::string TextTable::text(std::size_t indent, std::size_t gap) const {
  std::vector<std::size_t> widths(columns_.size());
  for (const std::vector<std::string>& row : rows_) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string text;
  for (const std::vector<std::string>& row : rows_) {
    std::string line(indent, ' ');
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      if (i > 0) line += std::string(gap, ' ');
      line += columns_[i] == Align::left ? pad_right(row[i], widths[i]) : pad_left(row[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

}  // namespace hookdrill
