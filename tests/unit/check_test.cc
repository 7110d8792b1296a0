// The catalogue of checks, and judging without any connection: facts made by hand.
#include <set>
#include <string>

#include "catch.h"
#include "check/answer_words.h"
#include "check/catalogue.h"

namespace {

using namespace hookdrill;

Severity severity_of(const std::vector<Judged>& judged, std::string_view id) {
  for (const Judged& each : judged)
    if (each.check->id == id) return each.judgement.severity;
  FAIL("no check " << id);
  return Severity::error;
}

Facts facts_of(const std::string& host) {
  Facts facts;
  facts.target.endpoint.host = host;
  facts.target.endpoint.port = 443;
  return facts;
}

TEST_CASE("check: every id is there once, and says what holds without the fault") {
  std::set<std::string_view> ids;
  for (const Check* check : catalogue()) {
    INFO(check->id);
    CHECK(ids.insert(check->id).second);
    CHECK(check->id.find('.') != std::string_view::npos);
    CHECK(!check->holds.empty());
  }
  CHECK(ids.size() > 100);
}

TEST_CASE("check: a name that does not exist stands before all that comes after it") {
  Facts facts = facts_of("hooks.example.test");
  facts.a = {DnsAnswer::Kind::no_such_name, std::chrono::milliseconds(3), {}};
  facts.aaaa = facts.a;
  const std::vector<Judged> judged = judge_all(facts);
  CHECK(severity_of(judged, "dns.not_found") == Severity::fatal);
  for (const Judged& each : judged) {
    const bool later = each.check->id.starts_with("tls.") || each.check->id.starts_with("challenge.");
    if (!later) continue;
    INFO(each.check->id);
    CHECK(each.judgement.severity == Severity::skip);
    CHECK(each.judgement.observed == "dns.not_found");
  }
}

TEST_CASE("check: an address that this machine has no route to is not tested, and never passed") {
  Facts facts = facts_of("hooks.example.test");
  facts.addresses.emplace_back();
  facts.addresses[0].name = "[2001:db8::7]:443";
  facts.addresses[0].has_route = false;
  const std::vector<Judged> judged = judge_all(facts);
  CHECK(severity_of(judged, "machine.route") == Severity::not_tested);
  CHECK(severity_of(judged, "tcp.refused") == Severity::skip);
}

TEST_CASE("check: private addresses cannot be reached, documentation ones can") {
  for (const auto& [address, severity] : {std::pair{"10.1.2.3", Severity::fatal},
                                          {"192.168.0.9", Severity::fatal},
                                          {"100.64.0.1", Severity::fatal},
                                          {"fd00::1", Severity::fatal},
                                          {"fe80::1", Severity::fatal},
                                          {"::ffff:10.0.0.1", Severity::fatal},
                                          {"203.0.113.7", Severity::pass},
                                          {"2001:db8::7", Severity::pass},
                                          {"127.0.0.1", Severity::info}}) {
    Facts facts = facts_of("hooks.example.test");
    facts.addresses.emplace_back();
    facts.addresses[0].address = {boost::asio::ip::make_address(address), 443};
    INFO(address);
    CHECK(severity_of(judge_all(facts), "url.public") == severity);
  }
}

TEST_CASE("check: a header field is found whatever its case, and only as a field") {
  HttpAnswer answer;
  answer.status = 403;
  answer.fields = "Server: x\r\nCF-Mitigated: challenge\r\nX-Note: server: y\r\n";
  CHECK(field_of(answer, "cf-mitigated") == "challenge");
  CHECK(field_of(answer, "server") == "x");
  CHECK(field_of(answer, "note").empty());
  CHECK(filter_signs(answer).find("cf-mitigated") != std::string::npos);
}

TEST_CASE("check: a remedy is that of the server that answered, else of all") {
  const std::string nginx = remedy_text(Remedy::full_chain, "nginx/1.22.1", "hooks.example.test");
  CHECK(nginx.find("live/hooks.example.test/fullchain.pem") != std::string::npos);
  CHECK(nginx.find("Caddy") == std::string::npos);
  CHECK(remedy_text(Remedy::full_chain, "", "h").find("Caddy: ") != std::string::npos);
  CHECK(remedy_text(Remedy::none, "nginx", "h").empty());
}

}  // namespace
