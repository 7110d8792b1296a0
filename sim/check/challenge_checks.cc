// The verification GET: is the challenge echoed byte for byte, and for nobody else.
#include <fmt/core.h>

#include <algorithm>

#include "base/encoding.h"
#include "check/answer_words.h"
#include "check/families.h"

namespace hookdrill {
namespace {

using Scope = Check::Scope;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// What came instead of the challenge.
enum class Echo {
  unknown,
  exact,
  redirect,
  filter,
  proxy,
  status,
  quoted,
  doubled,
  byte_order_mark,
  white_space,
  html,
  json,
  empty,
  other
};

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

Echo echo_of(const Facts& facts, const HttpAnswer& answer) {
  const std::string& wanted = facts.challenge;
  const std::string_view body = answer.body;
  if (answer.status >= 300 && answer.status < 400) return Echo::redirect;
  if (!filter_signs(answer).empty()) return Echo::filter;
  if (!proxy_reason(answer).empty()) return Echo::proxy;
  if (answer.status != 200) return Echo::status;
  if (body == wanted) return Echo::exact;
  if (body.empty()) return Echo::empty;
  if (body.starts_with(kByteOrderMark)) return Echo::byte_order_mark;
  const std::string_view core = trimmed(body);
  if (core == wanted) return Echo::white_space;
  if (core.size() >= 2 && (core.front() == '"' || core.front() == '\'') && core.substr(1, core.size() - 2) == wanted)
    return Echo::quoted;
  if (core == wanted + wanted) return Echo::doubled;
  if (core.starts_with("<")) return Echo::html;
  if (core.starts_with("{") || core.starts_with("[")) return Echo::json;
  return Echo::other;
}

const HttpAnswer& answer_at(const Subject& subject) {
  return subject.at.strict->answer;
}

// One check for each way in which it goes wrong; the others are not reached.
Judgement echo(const Subject& subject, Echo kind, std::string title, std::string observed) {
  if (!subject.facts.knows_token()) return skip("challenge.echo");
  const Echo came = echo_of(subject.facts, answer_at(subject));
  if (came == Echo::exact) return pass();
  if (came != kind) return skip("");
  const HttpAnswer& answer = answer_at(subject);
  Judgement found{Severity::fatal, std::move(title), std::move(observed)};
  // Meta's own words; it cuts what it received at about 20 characters.
  found.curl_error = answer.status == 200
                         ? fmt::format("Response does not match challenge, expected value=\"{}\", received=\"{}{}\"",
                                       subject.facts.challenge, printable(answer.body.substr(0, 20), 40),
                                       answer.body.size() > 20 ? "..." : "")
                         : meta_status(answer.status);
  return found;
}

Judgement body_fault(const Subject& subject, Echo kind, std::string title) {
  return echo(subject, kind, std::move(title), byte_difference(subject.facts.challenge, answer_at(subject).body));
}

Judgement no_redirect(const Subject& subject) {
  return echo(subject, Echo::redirect,
              fmt::format("the verification is answered with a redirect ({})", answer_at(subject).status),
              fmt::format("Location: {}. Redirects are not followed, and a POST would not be sent again.",
                          printable(answer_at(subject).location)));
}
Judgement no_filter(const Subject& subject) {
  return echo(subject, Echo::filter,
              fmt::format("a bot filter or firewall answers (HTTP {})", answer_at(subject).status),
              fmt::format("What shows it: {}. Server: {}.", filter_signs(answer_at(subject)),
                          printable(answer_at(subject).server, 40)));
}
Judgement no_proxy_error(const Subject& subject) {
  return echo(
      subject, Echo::proxy,
      fmt::format("a proxy answers in place of the endpoint (HTTP {})", answer_at(subject).status),
      fmt::format("{}. Server: {}.", proxy_reason(answer_at(subject)), printable(answer_at(subject).server, 40)));
}
Judgement good_status(const Subject& subject) {
  return echo(
      subject, Echo::status, fmt::format("the verification is answered with HTTP {}", answer_at(subject).status),
      answer_at(subject).status == 403 || answer_at(subject).status == 401
          ? "The endpoint refuses the token: another one than ours is configured, it was not loaded, or it is mangled."
          : "It must be 200 and the challenge.");
}
Judgement not_quoted(const Subject& subject) {
  return body_fault(subject, Echo::quoted, "the challenge comes back in quotes");
}
Judgement not_doubled(const Subject& subject) {
  return body_fault(subject, Echo::doubled, "the challenge comes back twice");
}
Judgement no_mark(const Subject& subject) {
  return body_fault(subject, Echo::byte_order_mark, "a byte order mark stands before the challenge");
}
Judgement no_white_space(const Subject& subject) {
  return body_fault(subject, Echo::white_space, "white space or a line end stands around the challenge");
}
Judgement no_page(const Subject& subject) {
  return body_fault(subject, Echo::html, "an HTML page comes back, not the challenge");
}
Judgement no_json(const Subject& subject) {
  return body_fault(subject, Echo::json, "JSON comes back, not the challenge");
}
Judgement not_empty(const Subject& subject) {
  return body_fault(subject, Echo::empty, "nothing comes back, not the challenge");
}
Judgement same_bytes(const Subject& subject) {
  if (!subject.facts.knows_token())
    return not_tested("The verify token is not known: set VERIFY_TOKEN, or name its variable with --verify-token-env.");
  return body_fault(subject, Echo::other, "something else than the challenge comes back");
}

// --- who else gets the echo

Judgement wrong_token(const Subject& subject) {
  const Exchange* made = subject.facts.exchange("token.wrong");
  if (made == nullptr || !made->answered()) return not_tested("The request with a wrong token got no answer.");
  if (made->echoed())
    return {Severity::fatal, "any verify token is accepted",
            "A wrong token got the challenge back: anybody can claim this endpoint, and it proves nothing about whose "
            "it is."};
  return pass(fmt::format("HTTP {}", made->status()));
}

Judgement longer_token(const Subject& subject) {
  const Exchange* made = subject.facts.exchange("token.longer");
  if (made == nullptr || !made->answered()) return skip("challenge.echo");
  if (!made->echoed()) return pass(fmt::format("HTTP {}", made->status()));
  return {Severity::warn, "a token that only begins with the right one is accepted",
          "The endpoint compares a part of it."};
}

Judgement wrong_mode(const Subject& subject) {
  const Exchange* made = subject.facts.exchange("mode.wrong");
  if (made == nullptr || !made->answered()) return skip("challenge.echo");
  if (!made->echoed()) return pass(fmt::format("HTTP {}", made->status()));
  return {Severity::warn, "hub.mode is not looked at", "hub.mode=unsubscribe got the challenge back as well."};
}

Judgement text_challenge(const Subject& subject) {
  const Exchange* made = subject.facts.exchange("echo.text");
  if (made == nullptr || !made->answered()) return skip("challenge.echo");
  if (made->echoed()) return pass();
  return {
      Severity::info, "a challenge that is no number is not echoed",
      fmt::format("HTTP {} \"{}\". All challenges seen are decimal numbers; Meta's documentation once says \"a random "
                  "string\".",
                  made->status(), printable(made->result.answer.body, 40))};
}

Judgement bare(const Subject& subject) {
  const Exchange* made = subject.facts.exchange("bare");
  if (made == nullptr || !made->answered()) return skip("challenge.echo");
  if (made->status() < 500) return pass(fmt::format("HTTP {}", made->status()));
  return {Severity::warn, fmt::format("a GET without parameters gives HTTP {}", made->status()),
          "Monitors and people send such requests; an error of the program is not a refusal."};
}

Judgement safe_token(const Subject& subject) {
  if (!subject.facts.knows_token()) return skip("challenge.echo");
  const std::string& token = subject.endpoint().verify_token.reveal();
  const bool safe = std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '~';
  });
  if (safe) return pass();
  return {Severity::warn, "the verify token holds characters that receivers and proxies mangle",
          "Letters, digits, \"-\", \"_\", \".\" and \"~\" are safe; others are percent-encoded in the query."};
}

Judgement path_forms(const Subject& subject) {
  std::string text;
  for (const char* name : {"path.plus", "path.encoded", "path.space"}) {
    const Exchange* made = subject.facts.exchange(name);
    if (made == nullptr || !made->answered()) continue;
    text += fmt::format("{}\"{}\": {}", text.empty() ? "" : ", ", made->detail,
                        made->echoed() ? "echoed" : fmt::format("HTTP {}", made->status()));
  }
  if (text.empty()) return skip("the path holds no plus");
  return {Severity::info, "the forms of the plus in the path", text + ". Only %2B has been seen to be kept as it is."};
}

constexpr auto kAddress = Scope::address;
constexpr auto kEndpoint = Scope::endpoint;
constexpr auto kAnswered = Level::answered;

constexpr Check kChecks[] = {
    {"challenge.echo", "the challenge comes back byte for byte", kAddress, kAnswered, Severity::fatal, Remedy::echo,
     same_bytes},
    {"challenge.redirect", "no redirect", kAddress, kAnswered, Severity::fatal, Remedy::redirect, no_redirect},
    {"challenge.filter", "no bot filter answers", kAddress, kAnswered, Severity::fatal, Remedy::cdn, no_filter},
    {"challenge.proxy", "no proxy answers in its place", kAddress, kAnswered, Severity::fatal, Remedy::cdn,
     no_proxy_error},
    {"challenge.status", "HTTP 200", kAddress, kAnswered, Severity::fatal, Remedy::echo, good_status},
    {"challenge.quoted", "no quotes around it", kAddress, kAnswered, Severity::fatal, Remedy::echo, not_quoted},
    {"challenge.doubled", "not twice", kAddress, kAnswered, Severity::fatal, Remedy::echo, not_doubled},
    {"challenge.byte_order_mark", "no byte order mark", kAddress, kAnswered, Severity::fatal, Remedy::echo, no_mark},
    {"challenge.white_space", "no white space around it", kAddress, kAnswered, Severity::fatal, Remedy::echo,
     no_white_space},
    {"challenge.html", "no HTML page", kAddress, kAnswered, Severity::fatal, Remedy::echo, no_page},
    {"challenge.json", "no JSON", kAddress, kAnswered, Severity::fatal, Remedy::echo, no_json},
    {"challenge.empty", "not empty", kAddress, kAnswered, Severity::fatal, Remedy::echo, not_empty},
    {"challenge.wrong_token", "a wrong token is refused", kEndpoint, kAnswered, Severity::fatal, Remedy::echo,
     wrong_token},
    {"challenge.longer_token", "a longer token is refused", kEndpoint, kAnswered, Severity::warn, Remedy::echo,
     longer_token},
    {"challenge.wrong_mode", "a wrong mode is refused", kEndpoint, kAnswered, Severity::warn, Remedy::echo, wrong_mode},
    {"challenge.text", "a challenge of letters is echoed too", kEndpoint, kAnswered, Severity::info, Remedy::none,
     text_challenge},
    {"challenge.bare", "a GET without parameters is no error", kEndpoint, kAnswered, Severity::warn, Remedy::echo,
     bare},
    {"challenge.token_characters", "the token's characters are safe", kEndpoint, kAnswered, Severity::warn,
     Remedy::none, safe_token},
    {"challenge.plus", "the path is the same in all forms", kEndpoint, kAnswered, Severity::info, Remedy::none,
     path_forms},
};

}  // namespace

std::span<const Check> challenge_checks() {
  return kChecks;
}

}  // namespace hookdrill
