// What a function returns when the user can be wrong: a value, or a diagnostic that names the place.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace hookdrill {

/// One mistake of the user, in one sentence. `line` and `column` count from 1; 0 = the place is not known.
struct Diagnostic {
  std::string file;
  int line = 0;
  int column = 0;
  std::string message;

  Diagnostic() = default;
  // Not an aggregate: C++20 would then make it from a lone string, and Result<std::string> could not tell them apart.
  Diagnostic(std::string in_file, int at_line, int at_column, std::string what)
      : file(std::move(in_file)), line(at_line), column(at_column), message(std::move(what)) {}

  /// "file:line:column: message", leaving out what is not known.
  std::string text() const;
};

/// Thrown only when value() is called on a failed Result, which is a mistake of ours.
[[noreturn]] inline void throw_exception_from_error(const Diagnostic& diagnostic, const boost::source_location&) {
  throw std::logic_error("unchecked Result: " + diagnostic.text());
}

template <class T>
using Result = boost::system::result<T, Diagnostic>;

/// The candidate nearest to `word` (at most a third of its letters wrong, at least one), or "" when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

/// "; did you mean \"x\"?" for the nearest candidate, else "".
std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace hookdrill
