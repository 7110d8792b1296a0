// Addresses as people write them: host:port, ranges of source addresses, what counts as this machine. Resolves nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hookdrill {

inline constexpr std::size_t kSourcesMax = 65'536;

struct HostPort {
  std::string host;  // without brackets
  std::uint16_t port = 0;
};

/// "host:port" or "[v6]:port"; nothing for any other text. The host is an address or a plain DNS name.
std::optional<HostPort> parse_host_port(std::string_view text);

/// What parse_host_port() reads: brackets around a host with colons.
std::string host_port_text(std::string_view host, std::uint16_t port);

/// An IPv4 or IPv6 address in digits.
bool is_ip_address(std::string_view text);

/// 127.0.0.0/8, ::1, "localhost" and names under it (RFC 6761): certain, without asking DNS, to be this machine.
bool is_loopback_host(std::string_view host);

/// Appends one address, or every address of an IPv4 range "127.0.1.1-127.0.1.200". At most kSourcesMax in `out`.
Result<void> expand_addresses(std::string_view text, std::vector<std::string>& out);

}  // namespace hookdrill
