// The endpoint's URL. The request target is a slice of what the user wrote: Meta's clients change none of its bytes, so
// neither may a parser that normalises %2B, + or %25.
#include <fmt/core.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/encoding.h"
#include "plan/address.h"
#include "plan/scenario_toml.h"

namespace hookdrill {

Result<Endpoint> parse_endpoint_url(std::string_view url) {
  const auto mistake = [](std::string message) { return Diagnostic{{}, 0, 0, std::move(message)}; };
  const std::string scheme = lower_case(url.substr(0, url.find("://")));
  if (scheme != "https" && scheme != "http")
    return mistake("the URL must begin with https:// (or http://), such as \"https://hooks.example.com/webhook\"");
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) return mistake("not a URL: a character in it must be percent-encoded, or its host or port is malformed");
  const boost::urls::url_view view = *parsed;
  if (view.has_userinfo()) return mistake("the URL must not hold a user name or a password");
  if (view.has_fragment()) return mistake("the URL must not hold a fragment (\"#\"), which never reaches a server");

  Endpoint endpoint;
  endpoint.url = std::string(url);
  endpoint.tls = scheme == "https";
  const auto host = view.encoded_host_address();
  endpoint.host = lower_case(std::string_view(host.data(), host.size()));
  if (endpoint.host.empty()) return mistake("the URL names no host");
  if (!is_ip_address(endpoint.host) && !parse_host_port(endpoint.host + ":1"))
    return mistake(fmt::format("\"{}\" is no host name; write an international name in its xn-- form",
                               printable(endpoint.host, 60)));
  // Boost.URL reads any number of digits as a port and keeps the low bits.
  const std::optional<HostPort> port = parse_host_port(fmt::format("h:{}", std::string_view(view.port())));
  if (!view.port().empty() && (!port || port->port == 0)) return mistake("the URL's port must be 1 to 65535");
  endpoint.port = port ? port->port : endpoint.tls ? 443 : 80;
  const auto target = view.encoded_target();
  endpoint.target = std::string(target.data(), target.size());
  if (!endpoint.target.starts_with('/')) endpoint.target.insert(0, "/");
  return endpoint;
}

}  // namespace hookdrill
