// Text for people: numbers, shares, durations, widths of UTF-8, wrapped paragraphs, tables. Shared by every report;
// knows nothing about results.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace hookdrill {

/// "12,208".
std::string format_count(std::uint64_t count);

/// "1 attempt", "12,208 attempts"; `plural` when it is more than the word and an s.
std::string format_counted(std::uint64_t count, std::string_view word, std::string_view plural = {});

/// A share as percent with three significant digits, at most three decimals: "18.1 %", "0.02 %", "0 %". Never rounds a
/// share that is not 0 to "0 %" (but "<0.001 %"), nor one that is not 1 to "100 %" (but ">99.999 %").
std::string format_share(double share);

/// "18.1 % [17.4, 18.9]".
std::string format_share(double share, double low, double high);

/// format_duration(), or "inf" for nothing: a value that never came.
std::string format_duration_or_inf(std::optional<Duration> duration);

/// The first code point of `text`, which must not be empty, and its length in bytes. A malformed byte is U+FFFD of
/// length 1.
struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;
};
CodePoint first_code_point(std::string_view text);

/// `text` with every malformed byte as U+FFFD: for formats that must be UTF-8.
std::string valid_utf8(std::string_view text);

/// Columns that `text` takes on a terminal: wide characters count twice, combining ones and
/// colours not at all.
std::size_t display_width(std::string_view text);

/// Spaces added on the right, or on the left, until `text` is `width` columns wide.
std::string pad_right(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);

/// `text` in at most `width` columns, the last of them "…" when something was cut.
std::string fit_width(std::string_view text, std::size_t width);

/// Lines of at most `width` columns, broken at spaces; a longer word has a line of its own. Newlines stay.
std::vector<std::string> wrap_text(std::string_view text, std::size_t width);

/// `text` wrapped so that its first line may stand after `used` columns and the others begin with `indent` spaces; no
/// newline at the end.
std::string hanging_text(std::string_view text, std::size_t width, std::size_t used, std::size_t indent);

/// "first, second and third".
std::string join_words(const std::vector<std::string>& words);

/// Columns aligned by content. Short rows are allowed.
class TextTable {
 public:
  enum class Align { left, right };

  explicit TextTable(std::vector<Align> columns) : columns_(std::move(columns)) {}
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  /// Each row as a line with `indent` spaces before it and `gap` spaces between columns; no trailing spaces.
  std::string text(std::size_t indent = 0, std::size_t gap = 2) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace hookdrill
