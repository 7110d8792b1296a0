#include "plan/address.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/encoding.h"

namespace hookdrill {
namespace {

std::optional<std::uint32_t> ipv4_number(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

std::optional<std::array<std::uint8_t, 16>> ipv6_bytes(std::string_view text) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

std::string ipv4_text(std::uint32_t number) {
  return fmt::format("{}.{}.{}.{}", number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255);
}

bool is_dns_name(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
           c == '_';
  });
}

}  // namespace

std::optional<HostPort> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (brackets) host = host.substr(1, host.size() - 2);
  if (brackets ? !ipv6_bytes(host) : !is_dns_name(host)) return std::nullopt;
  HostPort parsed{std::string(host), 0};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, parsed.port);
  if (error != std::errc() || rest != end) return std::nullopt;
  return parsed;
}

std::string host_port_text(std::string_view host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string_view::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", host, v6 ? "]" : "", port);
}

bool is_ip_address(std::string_view text) {
  return ipv4_number(text) || ipv6_bytes(text);
}

bool is_loopback_host(std::string_view host) {
  if (const auto number = ipv4_number(host)) return *number >> 24 == 127;
  if (const auto bytes = ipv6_bytes(host)) {
    std::array<std::uint8_t, 16> one{};
    one[15] = 1;
    if (*bytes == one) return true;
    constexpr std::array<std::uint8_t, 13> kMapped127{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127};
    return std::equal(kMapped127.begin(), kMapped127.end(), bytes->begin());
  }
  std::string name(host);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  if (name.ends_with('.')) name.pop_back();
  return name == "localhost" || name.ends_with(".localhost");
}

Result<void> expand_addresses(std::string_view text, std::vector<std::string>& out) {
  const auto mistake = [&](std::string_view what) {
    return Diagnostic{{}, 0, 0, fmt::format("\"{}\" {}", printable(text, 100), what)};
  };
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) {
    if (!is_ip_address(text)) return mistake("is no address; write \"127.0.1.1\" or \"127.0.1.1-127.0.1.200\"");
    if (out.size() == kSourcesMax) return mistake("is one too many; a path has at most 65,536 source addresses");
    out.emplace_back(text);
    return {};
  }
  const auto first = ipv4_number(text.substr(0, dash));
  const auto last = ipv4_number(text.substr(dash + 1));
  if (!first || !last) return mistake("is no range of IPv4 addresses such as \"127.0.1.1-127.0.1.200\"");
  if (*first > *last) return mistake("ends before it begins");
  if (*last - *first >= kSourcesMax - out.size())
    return mistake("is too long; a path has at most 65,536 source addresses");
  for (std::uint64_t number = *first; number <= *last; ++number)
    out.push_back(ipv4_text(static_cast<std::uint32_t>(number)));
  return {};
}

}  // namespace hookdrill
