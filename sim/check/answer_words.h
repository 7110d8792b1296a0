// What an HTTP answer shows about whoever gave it: a redirect, a CDN's error, a challenge page, an error status in
// Meta's words. Reads received text; what it returns is printable.
#pragma once

#include <string>

#include "live/connection.h"

namespace hookdrill {

/// "HTTP Status Code = 404; HTTP Message = Not Found", as Meta's error lists it.
std::string meta_status(int status);

/// Why a CDN or proxy answers so: Cloudflare's 520 to 530, nginx's 502 and 504; "" for other answers.
std::string proxy_reason(const HttpAnswer& answer);

/// What shows that a bot filter or firewall answered in place of the endpoint; "" when nothing does.
std::string filter_signs(const HttpAnswer& answer);

/// The value of a header field, case-insensitive; "" without it.
std::string field_of(const HttpAnswer& answer, std::string_view name);

/// Two lines of at most 16 bytes each in hexadecimal, with what was expected above what came.
std::string byte_difference(std::string_view expected, std::string_view received);

}  // namespace hookdrill
