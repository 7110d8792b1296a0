// Meta's three clients as data: which headers each sends, in which order. Writes nothing. The evidence and what is
// unknown stand beside each entry in client_profile.cc.
#pragma once

#include <span>
#include <string_view>

namespace hookdrill {

/// What the value of a header is.
enum class HeaderValue { fixed, host, sha1, sha256, content_length };

struct HeaderLine {
  std::string_view name;
  HeaderValue kind = HeaderValue::fixed;
  std::string_view value = "";  // when fixed
};

struct ClientProfile {
  std::string_view name;    // verify | messaging | changes
  std::string_view method;  // GET | POST
  std::span<const HeaderLine> headers;
};

/// The profile of that name; one of the three.
const ClientProfile& client_profile(std::string_view name);

}  // namespace hookdrill
