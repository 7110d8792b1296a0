// A page for a terminal under construction: lines, labels, wrapping, colour. Knows nothing of results.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "reports/terminal.h"
#include "reports/text.h"

namespace hookdrill {

/// Collects the report; knows the width and whether colour is wanted.
class Page {
 public:
  static constexpr std::size_t kLabelColumns = 12;  // "Deliveries  "

  explicit Page(const TerminalStyle& style)
      : colour_(style.colour), width_(static_cast<std::size_t>(std::max(80, style.width))) {}

  std::size_t width() const { return width_; }
  void line(std::string_view text = "") { text_ += std::string(text) + "\n"; }
  /// A table that may be too wide for a narrow terminal: its lines are cut.
  void fitted(std::string_view table) {
    for (std::size_t end = 0; (end = table.find('\n')) != std::string_view::npos; table.remove_prefix(end + 1))
      line(fit_width(table.substr(0, end), width_));
  }
  void raw(std::string_view text) { text_ += text; }

  /// "Label       text", wrapped under the text.
  void labelled(std::string_view label, std::string_view text) {
    line(bold(pad_right(label, kLabelColumns)) + hanging_text(text, width_, kLabelColumns, kLabelColumns));
  }
  void indented(std::string_view text, std::size_t indent) {
    line(std::string(indent, ' ') + hanging_text(text, width_, indent, indent));
  }

  std::string bold(std::string_view text) const { return paint("1", text); }
  std::string dim(std::string_view text) const { return paint("2", text); }
  std::string verdict(std::string_view status, std::string_view text) const {
    return paint(status == "pass" ? "1;32" : status == "fail" || status == "fatal" ? "1;31" : "1;33", text);
  }

  /// What "inf" means, once.
  void note_infinite() {
    if (noted_) return;
    noted_ = true;
    line(dim("inf: failures count as infinite; bars: the values that came, logarithmic axis"));
  }

  std::string take() { return std::move(text_); }

 private:
  std::string paint(std::string_view code, std::string_view text) const {
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  }

  bool colour_;
  std::size_t width_;
  bool noted_ = false;
  std::string text_;
};

}  // namespace hookdrill
