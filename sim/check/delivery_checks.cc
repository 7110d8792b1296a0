// Signed deliveries: are good ones taken, forged ones refused, and everything that Meta can send answered with 200.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "base/encoding.h"
#include "check/answer_words.h"
#include "check/curl_words.h"
#include "check/families.h"

namespace hookdrill {
namespace {

using Scope = Check::Scope;

std::string outcome_of(const Exchange& made) {
  return made.answered() ? fmt::format("HTTP {}", made.status()) : outcome_code(made.result.step.outcome);
}

bool taken(const Exchange& made) {
  return made.answered() && made.status() == 200;
}

std::vector<const Exchange*> named(const Facts& facts, std::string_view prefix) {
  std::vector<const Exchange*> found;
  for (const Exchange& made : facts.exchanges)
    if (made.name.starts_with(prefix)) found.push_back(&made);
  return found;
}

Judgement secret_missing() {
  return not_tested("The app secret is not known: set APP_SECRET, or name its variable with --app-secret-env.");
}

// What an answer other than 200 means, whatever was sent.
Judgement refused(const Exchange& made, std::string title, std::string observed) {
  const HttpAnswer& answer = made.result.answer;
  Judgement found{Severity::fatal, std::move(title), std::move(observed)};
  if (!made.answered()) {
    found.curl_errno = curl_number(made.result.step);
    found.curl_error = curl_sentence(made.result, "the endpoint", 443, kDeliveryLimit);
    return found;
  }
  if (answer.status >= 300 && answer.status < 400)
    found.observed += fmt::format(" Location: {}; redirects are not followed.", printable(answer.location));
  if (const std::string reason = proxy_reason(answer); !reason.empty()) found.observed += " " + reason + ".";
  if (const std::string signs = filter_signs(answer); !signs.empty())
    found.observed += fmt::format(" A filter seems to answer: {}.", signs);
  found.curl_error = meta_status(answer.status);
  return found;
}

Judgement agent(const Subject& subject) {
  const Exchange* meta = subject.facts.exchange("post.signed");
  if (meta == nullptr) return subject.facts.knows_secret() ? skip("") : skip("delivery.signed");
  std::string others;
  for (const Exchange* made : named(subject.facts, "agent."))
    if (taken(*made)) others += fmt::format("{}\"{}\"", others.empty() ? "" : ", ", made->detail);
  if (taken(*meta)) return pass();
  if (others.empty()) return skip("");
  return refused(*meta, "the endpoint refuses Meta's User-Agent",
                 fmt::format("The same request as \"facebookexternalua\" gets {}, and 200 as {}: a filter looks at the "
                             "User-Agent.",
                             outcome_of(*meta), others));
}

Judgement signed_one(const Subject& subject) {
  if (!subject.facts.knows_secret()) return secret_missing();
  const Exchange* made = subject.facts.exchange("post.signed");
  if (made == nullptr) return not_tested("No time was left for a delivery.");
  if (taken(*made)) return pass(fmt::format("in {}", format_duration(made->result.times.took[4])));
  if (made->answered() && made->status() / 100 == 2)
    return {Severity::warn, fmt::format("a delivery is answered with HTTP {}, not 200", made->status()),
            "Meta's documentation asks for 200; whether other 2xx count, nobody has shown."};
  const bool refused_it = made->status() == 401 || made->status() == 403;
  return refused(
      *made, fmt::format("a rightly signed delivery is answered with {}", outcome_of(*made)),
      refused_it ? "Another app secret than ours is configured, or the parsed body is signed instead of the raw one."
                 : "Everything but 200 is a failure to Meta, and is sent again for hours or days.");
}

Judgement forged(const Subject& subject, std::string_view name, Severity severity, std::string title) {
  if (!subject.facts.knows_secret()) return skip("delivery.signed");
  const Exchange* made = subject.facts.exchange(fmt::format("wrong.{}", name));
  if (made == nullptr) return not_tested("No time was left for it.");
  if (!made->answered() || made->status() / 100 != 2) return pass(outcome_of(*made));
  return {severity, std::move(title), fmt::format("{}: {}.", made->detail, outcome_of(*made))};
}

Judgement wrong_signature(const Subject& subject) {
  return forged(subject, "wrong_signature", Severity::fatal, "a forged delivery is accepted");
}
Judgement missing_signature(const Subject& subject) {
  return forged(subject, "missing_signature", Severity::fatal, "a delivery without a signature is accepted");
}
Judgement truncated(const Subject& subject) {
  return forged(subject, "truncated_body", Severity::fatal,
                "half of a body under the signature of the whole is accepted");
}
Judgement reserialised(const Subject& subject) {
  Judgement found = forged(subject, "reserialised_body", Severity::fatal,
                           "a body that was printed anew is accepted under the old signature");
  if (found.severity == Severity::fatal)
    found.observed += " The endpoint does not sign the raw bytes, and will refuse genuine ones that print otherwise.";
  return found;
}
Judgement sha1_only(const Subject& subject) {
  return forged(subject, "sha1_only", Severity::info, "X-Hub-Signature (SHA-1) alone is enough");
}
Judgement upper_case(const Subject& subject) {
  return forged(subject, "upper_case_signature", Severity::info, "a signature in upper-case digits is accepted");
}

// All of a group must be taken; the first is the one that a simple endpoint takes too.
Judgement all_taken(const Subject& subject, std::string_view prefix, std::string_view what) {
  if (!subject.facts.knows_secret()) return skip("delivery.signed");
  const std::vector<const Exchange*> made = named(subject.facts, prefix);
  if (made.empty()) return not_tested("No time was left for it.");
  std::string failed;
  const Exchange* first = nullptr;
  std::size_t count = 0;
  for (const Exchange* each : made) {
    if (taken(*each)) continue;
    if (first == nullptr) first = each;
    if (++count <= 8) failed += fmt::format("{}{}: {}", failed.empty() ? "" : ", ", each->detail, outcome_of(*each));
  }
  if (count == 0) {
    const auto again = static_cast<std::size_t>(
        std::count_if(made.begin(), made.end(), [](const Exchange* each) { return !each->first_try.empty(); }));
    if (again == 0) return pass(fmt::format("{} tried", made.size()));
    const auto flaky =
        std::find_if(made.begin(), made.end(), [](const Exchange* each) { return !each->first_try.empty(); });
    return {Severity::warn, fmt::format("{} of {} {} are taken only when they come again", again, made.size(), what),
            fmt::format("{}: {} at first, 200 then. The endpoint fails now and then; Meta sends again after minutes.",
                        (*flaky)->detail, (*flaky)->first_try)};
  }
  if (count > 8) failed += fmt::format(" and {} more", count - 8);
  return refused(*first, fmt::format("{} of {} {} are not answered with 200", count, made.size(), what), failed + ".");
}

Judgement texts(const Subject& subject) {
  Judgement found = all_taken(subject, "text.", "texts");
  if (found.severity == Severity::fatal)
    found.observed +=
        " Where plain ASCII passes and others fail, the endpoint signs JSON that it has parsed and printed "
        "again: sign the bytes as they come.";
  return found;
}
Judgement types(const Subject& subject) {
  return all_taken(subject, "type.", "types of updates");
}
Judgement unknown_field(const Subject& subject) {
  return all_taken(subject, "unknown_field", "fields that nobody knows yet");
}
Judgement repeats(const Subject& subject) {
  return all_taken(subject, "repeat.", "repeated deliveries");
}

Judgement batches(const Subject& subject) {
  return all_taken(subject, "batch.", "batches");
}
Judgement sizes(const Subject& subject) {
  Judgement found = all_taken(subject, "size.", "sizes of bodies");
  if (found.severity == Severity::fatal) found.observed += " Meta sends up to 3 MB.";
  return found;
}

// --- time

std::vector<Duration> answer_times(const Facts& facts) {
  std::vector<Duration> times;
  for (const Exchange& made : facts.exchanges) {
    if (!taken(made) || made.body_bytes == 0 || made.body_bytes > 20'000) continue;
    times.push_back(made.result.times.took[static_cast<std::size_t>(Phase::wait)] +
                    made.result.times.took[static_cast<std::size_t>(Phase::read)]);
  }
  std::sort(times.begin(), times.end());
  return times;
}

Judgement quick(const Subject& subject) {
  const std::vector<Duration> times = answer_times(subject.facts);
  if (times.empty()) return skip("delivery.signed");
  const Duration half = times[times.size() / 2], most = times.back();
  const std::string text =
      fmt::format("median {}, longest {} of {} deliveries", format_duration(half), format_duration(most), times.size());
  using std::chrono::milliseconds;
  if (half <= milliseconds(250) && most <= milliseconds(1000)) return pass(text);
  return {
      Severity::warn, "deliveries are answered slowly",
      fmt::format("{}. Meta asks for a median of at most 250 ms and less than 1 % above 1 s (as a solution provider "
                  "quotes it); at 5 to 20 s senders give up and send again.",
                  text)};
}

constexpr auto kEndpoint = Scope::endpoint;
constexpr auto kFatal = Severity::fatal;

constexpr Check kChecks[] = {
    {"delivery.agent", "Meta's User-Agent is not refused", kEndpoint, Level::proven, kFatal, Remedy::cdn, agent},
    {"delivery.signed", "a signed delivery is answered with 200", kEndpoint, Level::proven, kFatal, Remedy::signature,
     signed_one},
    {"delivery.forged", "a wrong signature is refused", kEndpoint, Level::proven, kFatal, Remedy::signature,
     wrong_signature},
    {"delivery.unsigned", "a missing signature is refused", kEndpoint, Level::proven, kFatal, Remedy::signature,
     missing_signature},
    {"delivery.truncated", "half a body is refused", kEndpoint, Level::proven, kFatal, Remedy::signature, truncated},
    {"delivery.printed_anew", "a body printed anew is refused", kEndpoint, Level::proven, kFatal, Remedy::signature,
     reserialised},
    {"delivery.sha1_only", "SHA-1 alone is refused", kEndpoint, Level::proven, Severity::info, Remedy::signature,
     sha1_only},
    {"delivery.upper_case", "upper-case digits are refused", kEndpoint, Level::proven, Severity::info,
     Remedy::signature, upper_case},
    {"delivery.texts", "accents, emoji and slashes keep the signature right", kEndpoint, Level::accepted, kFatal,
     Remedy::signature, texts},
    {"delivery.types", "every type of update is answered with 200", kEndpoint, Level::accepted, kFatal,
     Remedy::answer_first, types},
    {"delivery.unknown_field", "an unknown field is answered with 200", kEndpoint, Level::accepted, kFatal,
     Remedy::answer_first, unknown_field},
    {"delivery.repeated", "repeated deliveries are answered with 200", kEndpoint, Level::accepted, kFatal,
     Remedy::answer_first, repeats},
    {"delivery.batches", "batches up to 1000 are answered with 200", kEndpoint, Level::accepted, kFatal,
     Remedy::body_size, batches},
    {"delivery.sizes", "bodies up to 3 MB are answered with 200", kEndpoint, Level::accepted, kFatal, Remedy::body_size,
     sizes},
    {"delivery.slow", "deliveries are answered quickly", kEndpoint, Level::accepted, Severity::warn,
     Remedy::answer_first, quick},
};

}  // namespace

std::span<const Check> delivery_checks() {
  return kChecks;
}

}  // namespace hookdrill
