#include "check/answer_words.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/beast/http/status.hpp>

#include "base/encoding.h"

namespace hookdrill {
namespace {

struct Reason {
  int status;
  std::string_view text;
};

constexpr Reason kCloudflare[] = {
    {520, "the origin's answer was empty or not HTTP"},
    {521, "the origin refused Cloudflare's connection"},
    {522, "the origin did not answer Cloudflare's connection"},
    {523, "the origin cannot be reached"},
    {524, "the origin did not answer within 100 s"},
    {525, "the TLS handshake with the origin failed"},
    {526, "the origin's certificate is refused (mode Full, strict)"},
    {527, "the connection to the origin was interrupted"},
    {530, "Cloudflare cannot resolve or serve the name (its error 1xxx is in the page)"},
};

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 16)) text += fmt::format("{:02x} ", static_cast<unsigned char>(c));
  return text + (bytes.size() > 16 ? "..." : "");
}

}  // namespace

std::string meta_status(int status) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return fmt::format("HTTP Status Code = {}; HTTP Message = {}", status,
                     std::string_view(reason.data(), reason.size()));
}

std::string proxy_reason(const HttpAnswer& answer) {
  for (const Reason& reason : kCloudflare)
    if (reason.status == answer.status) return fmt::format("Cloudflare: {}", reason.text);
  if (answer.status == 502) return "a proxy got no usable answer from its upstream";
  if (answer.status == 504) return "a proxy's upstream did not answer in time";
  return "";
}

std::string filter_signs(const HttpAnswer& answer) {
  constexpr int kTypical[] = {403, 406, 418, 428, 429, 503};
  if (std::find(std::begin(kTypical), std::end(kTypical), answer.status) == std::end(kTypical)) return "";
  if (!field_of(answer, "cf-mitigated").empty())
    return fmt::format("the header cf-mitigated: {}", printable(field_of(answer, "cf-mitigated"), 40));
  const std::string body = lower_case(answer.body);
  for (const std::string_view sign :
       {"just a moment", "attention required", "captcha", "cf-chl", "ddos protection", "bot protection",
        "access denied", "incident id", "request blocked", "web application firewall"}) {
    if (body.find(sign) != std::string::npos) return fmt::format("its page says \"{}\"", sign);
  }
  if (answer.status == 418 || answer.status == 428)
    return fmt::format("nobody but a filter answers with {}", answer.status);
  return "";
}

std::string field_of(const HttpAnswer& answer, std::string_view name) {
  const std::string wanted = "\n" + lower_case(name) + ": ";
  const std::string all = "\n" + lower_case(answer.fields);
  const std::size_t at = all.find(wanted);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + wanted.size() - 1;  // in fields, which has no newline before it
  return answer.fields.substr(begin, answer.fields.find('\r', begin) - begin);
}

std::string byte_difference(std::string_view expected, std::string_view received) {
  return fmt::format("expected {} bytes: {}\nreceived {} bytes: {}", expected.size(), hex(expected), received.size(),
                     hex(received));
}

}  // namespace hookdrill
