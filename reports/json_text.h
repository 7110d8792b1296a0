// JSON as text: a printer whose output is made for diffs, and a parser that names the place of a mistake. Boost.JSON
// has neither.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hookdrill {

/// Two spaces a level, members in their order, a short list or list element of plain values on one line, doubles in the
/// shortest form that reads back the same. Malformed UTF-8 becomes U+FFFD. Ends in a newline.
std::string json_text(const boost::json::value& value);

/// `file` is for the diagnostic only.
Result<boost::json::value> parse_json(std::string_view text, const std::string& file);

}  // namespace hookdrill
