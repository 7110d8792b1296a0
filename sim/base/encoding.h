// Text forms of bytes: hexadecimal, base64, percent-encoding, and text that is safe to show.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hookdrill {

/// Lower-case hexadecimal.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// Standard alphabet, with padding.
std::string to_base64(std::string_view bytes);
/// Nothing for text that is not base64 with padding.
std::optional<std::string> from_base64(std::string_view text);

/// Percent-encodes everything but RFC 3986 unreserved characters: what libcurl does to a query value.
std::string percent_encode(std::string_view text);
/// Turns %XX into bytes; a damaged escape stays as it is. `plus_is_space`: as in a query.
std::string percent_decode(std::string_view text, bool plus_is_space);

/// ASCII letters in lower case; other bytes as they are.
std::string lower_case(std::string_view text);

/// `text` with every occurrence of `secret`, as it is or percent-encoded, replaced by "[secret]"; an empty secret
/// changes nothing. For received text, which may hold what we sent.
std::string without_secret(std::string text, std::string_view secret);

/// Received bytes made safe for a terminal or a report: printable text stays, control characters, escapes and invalid
/// UTF-8 become \xNN, and more than `limit` bytes end in "...".
std::string printable(std::string_view bytes, std::size_t limit = 200);

}  // namespace hookdrill
