// JSON as Meta writes it: compact, ASCII only, "/" escaped. Knows nothing of templates or deliveries.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "plan/scenario.h"

namespace hookdrill {

/// Appends UTF-8 text as the inside of a JSON string: non-ASCII as \u with four lower-case hex digits (surrogate pairs
/// above U+FFFF), "/" as "\/", and what JSON demands. "& ' > + = ?" stay as they are (source: captured bodies).
/// Bytes that are not UTF-8 become U+FFFD.
void append_escaped(std::string& out, std::string_view utf8, Escaping escaping);

/// Rewrites a JSON text in Meta's form: key order, duplicates and the spelling of numbers stay, white space and //
/// comments go. The diagnostic has line and column.
Result<std::string> to_meta_json(std::string_view json, Escaping escaping);

}  // namespace hookdrill
