// Text inside XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace hookdrill {

/// `text` for an element or a double-quoted attribute. Characters that XML 1.0 cannot hold, escaped or not, and
/// malformed UTF-8 become U+FFFD.
std::string xml_escape(std::string_view text);

}  // namespace hookdrill
