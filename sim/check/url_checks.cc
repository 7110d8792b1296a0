// What the URL says of itself, and what the DNS says of its host.
#include <fmt/core.h>

#include <algorithm>

#include "check/families.h"
#include "live/challenge.h"
#include "plan/address.h"

namespace hookdrill {
namespace {

using Scope = Check::Scope;
namespace ip = boost::asio::ip;

Judgement https(const Subject& subject) {
  if (subject.endpoint().tls) return pass();
  return {Severity::fatal, "the URL is http://, and Meta calls only https://", "Every probe below was made in clear."};
}

Judgement name(const Subject& subject) {
  if (!is_ip_address(subject.endpoint().host)) return pass();
  return {Severity::fatal, "the host is an IP address",
          fmt::format("{}: Meta's rules ask for a name, against which the certificate is checked.",
                      subject.endpoint().host)};
}

Judgement port(const Subject& subject) {
  if (subject.endpoint().port == 443) return pass();
  return {Severity::warn, fmt::format("the port is {}, not 443", subject.endpoint().port),
          "Guides ask for 443. Other ports were accepted in 2016 and 2017; nobody has shown that they still are."};
}

Judgement plus(const Subject& subject) {
  const std::string& target = subject.endpoint().target;
  const std::string path = target.substr(0, target.find('?'));
  if (path.find('+') == std::string::npos) return pass();
  return {Severity::warn, "the path holds a literal \"+\"",
          "It has been seen to arrive as %20. Write it as %2B, which is kept as it is."};
}

Judgement dot(const Subject& subject) {
  if (!subject.facts.target.trailing_dot) return pass();
  return {Severity::warn, "the host ends in a dot",
          "Certificates do not cover the dot; it was left away for SNI and for the check of the name."};
}

bool is_private(const ip::address& address) {
  if (address.is_v6()) {
    const ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) return is_private(ip::make_address_v4(ip::v4_mapped, v6));
    return v6.is_link_local() || v6.is_unspecified() || v6.is_site_local() || (v6.to_bytes()[0] & 0xfe) == 0xfc;
  }
  const auto in = [value = address.to_v4().to_uint()](std::uint32_t network, int bits) {
    return (value >> (32 - bits)) == (network >> (32 - bits));
  };
  return in(0x0a000000, 8) || in(0xac100000, 12) || in(0xc0a80000, 16) || in(0x64400000, 10) || in(0xa9fe0000, 16) ||
         in(0x00000000, 8);
}

Judgement reachable(const Subject& subject) {
  const ip::address address = subject.at.address.address();
  if (!subject.facts.target.connect.empty()) return skip("the address was given by hand, so that this is a laboratory");
  if (address.is_loopback())
    return {Severity::info, "the address is on loopback: this is a laboratory, which only this machine can reach", {}};
  if (!is_private(address)) return pass();
  return {Severity::fatal, "the address is a private one, which Meta cannot reach",
          fmt::format("{} resolves to {}", subject.endpoint().host, address.to_string())};
}

// --- DNS

using Kind = DnsAnswer::Kind;

bool asked(const Subject& subject) {
  return subject.facts.a.kind != Kind::not_asked;
}

std::string answer_text(const char* type, const DnsAnswer& answer) {
  constexpr std::string_view kWords[] = {"not asked",
                                         "",
                                         "no address",
                                         "no such name",
                                         "the name server failed (SERVFAIL or REFUSED), or none answered",
                                         "no answer in time"};
  std::string text(kWords[static_cast<int>(answer.kind)]);
  for (const ip::address& address : answer.addresses) text += (text.empty() ? "" : ", ") + address.to_string();
  return fmt::format("{}: {} ({})", type, text, format_duration(answer.took));
}

std::string both(const Subject& subject) {
  return fmt::format("{}; {}", answer_text("A", subject.facts.a), answer_text("AAAA", subject.facts.aaaa));
}

Judgement dns_fault(const Subject& subject, std::string title) {
  return {
      Severity::fatal, std::move(title), both(subject), {}, 6, "Could not resolve host: " + subject.endpoint().host};
}

Judgement exists(const Subject& subject) {
  if (!asked(subject)) return skip("the DNS was not asked");
  if (subject.facts.a.kind != Kind::no_such_name || subject.facts.aaaa.kind != Kind::no_such_name) return pass();
  return dns_fault(subject, fmt::format("the name {} does not exist (NXDOMAIN)", subject.endpoint().host));
}

Judgement has_address(const Subject& subject) {
  if (!asked(subject)) return skip("the DNS was not asked");
  const DnsAnswer &a = subject.facts.a, &aaaa = subject.facts.aaaa;
  if (a.kind == Kind::no_such_name && aaaa.kind == Kind::no_such_name) return skip("dns.not_found");
  if (a.kind != Kind::no_address || aaaa.kind != Kind::no_address) return pass(both(subject));
  return dns_fault(subject,
                   fmt::format("the name {} exists, but has no A and no AAAA record", subject.endpoint().host));
}

Judgement answers(const Subject& subject) {
  if (!asked(subject)) return skip("the DNS was not asked");
  const auto failed = [](const DnsAnswer& answer) {
    return answer.kind == Kind::failed || answer.kind == Kind::no_answer;
  };
  const bool one = failed(subject.facts.a) || failed(subject.facts.aaaa);
  if (!one) return pass();
  if (failed(subject.facts.a) && failed(subject.facts.aaaa))
    return dns_fault(subject, "the name servers give no usable answer");
  return {Severity::warn, "the name servers answer for one family only", both(subject)};
}

Judgement quick(const Subject& subject) {
  if (!asked(subject)) return skip("the DNS was not asked");
  const Duration slower = std::max(subject.facts.a.took, subject.facts.aaaa.took);
  if (slower < std::chrono::milliseconds(300)) return pass(both(subject));
  const bool fatal = slower >= kVerificationLimit;
  return {fatal ? Severity::fatal : Severity::warn,
          fmt::format("the DNS took {} of the 6 s that Meta gives the verification", format_duration(slower)),
          both(subject),
          {},
          fatal ? 28 : 0,
          fatal ? "Resolving timed out" : ""};
}

constexpr Check kChecks[] = {
    {"url.https", "the URL is https", Scope::endpoint, Level::nothing, Severity::fatal, Remedy::none, https},
    {"url.name", "the host is a name", Scope::endpoint, Level::nothing, Severity::fatal, Remedy::none, name},
    {"url.port", "the port is 443", Scope::endpoint, Level::nothing, Severity::warn, Remedy::none, port},
    {"url.plus", "the path holds no literal \"+\"", Scope::endpoint, Level::nothing, Severity::warn, Remedy::none,
     plus},
    {"url.dot", "the host does not end in a dot", Scope::endpoint, Level::nothing, Severity::warn, Remedy::none, dot},
    {"dns.not_found", "the name exists", Scope::endpoint, Level::nothing, Severity::fatal, Remedy::dns, exists},
    {"dns.no_address", "the name has an address", Scope::endpoint, Level::nothing, Severity::fatal, Remedy::dns,
     has_address},
    {"dns.failed", "the name servers answer", Scope::endpoint, Level::nothing, Severity::fatal, Remedy::dns, answers},
    {"dns.slow", "the name servers are quick", Scope::endpoint, Level::nothing, Severity::warn, Remedy::dns, quick},
    {"url.public", "the address can be reached by everybody", Scope::address, Level::nothing, Severity::fatal,
     Remedy::none, reachable},
};

}  // namespace

std::span<const Check> url_checks() {
  return kChecks;
}

}  // namespace hookdrill
