#include "reports/xml.h"

#include "reports/text.h"

namespace hookdrill {

std::string xml_escape(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const bool control = point.value < 0x20 && point.value != '\t' && point.value != '\n' && point.value != '\r';
    if (point.value == '&') {
      escaped += "&amp;";
    } else if (point.value == '<') {
      escaped += "&lt;";
    } else if (point.value == '>') {
      escaped += "&gt;";
    } else if (point.value == '"') {
      escaped += "&quot;";
    } else if (control || point.value == 0xfffd || point.value == 0xfffe || point.value == 0xffff) {
      escaped += "\xef\xbf\xbd";
    } else {
      escaped += text.substr(0, point.bytes);
    }
    text.remove_prefix(point.bytes);
  }
  return escaped;
}

}  // namespace hookdrill
