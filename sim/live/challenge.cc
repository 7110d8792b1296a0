#include "live/challenge.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/rng.h"

namespace hookdrill {

std::string challenge_number(std::uint64_t seed, std::uint32_t index) {
  return std::to_string(1'000'000 + draw_below({seed, 0, 0, Purpose::challenge, index}, 0x7fffffff - 1'000'000));
}

namespace {

bool echoed(const ProbeResult& result, const std::string& challenge) {
  return result.step.ok() && result.answer.status == 200 && result.answer.body == challenge;
}

std::string refusal(const ProbeResult& result, const std::string& challenge) {
  if (!result.step.ok()) {
    return fmt::format("the verification request failed: {} ({}){}{}", outcome_code(result.step.outcome),
                       outcome_meaning(result.step.outcome), result.step.text.empty() ? "" : ". ", result.step.text);
  }
  if (result.answer.status != 200) {
    return fmt::format("it did not echo the challenge for this verify token (HTTP {})", result.answer.status);
  }
  return fmt::format("it answered the challenge {} with \"{}\"; the answer must be the same bytes", challenge,
                     printable(result.answer.body, 40));
}

// Lost connections are what a run is there to measure: one of them must not be taken for a refusal. Each try comes from
// another source address, since some may never get through.
ProbeResult ask(LivePath path, const TrustStore& trust, const std::string& request) {
  constexpr std::size_t kTries = 3;
  ProbeResult result = probe(path, trust, request, kVerificationLimit);
  for (std::size_t i = 1; i < kTries && result.step.outcome.dropped(); ++i) {
    if (!path.sources.empty()) std::rotate(path.sources.begin(), path.sources.begin() + 1, path.sources.end());
    result = probe(path, trust, request, kVerificationLimit);
  }
  return result;
}

}  // namespace

ChallengeResult prove_ownership(const LivePath& path, const TrustStore& trust) {
  ChallengeResult result;
  const std::string& token = path.endpoint.verify_token.reveal();
  const std::string challenge = challenge_number(path.seed, 0);
  result.right = ask(path, trust, verification_request(path.endpoint, "subscribe", challenge, token));
  result.right.answer.body = without_secret(std::move(result.right.answer.body), token);
  if (!echoed(result.right, challenge)) {
    result.why = refusal(result.right, challenge);
    return result;
  }
  const std::string other = challenge_number(path.seed, 1);
  const ProbeResult wrong = ask(path, trust, verification_request(path.endpoint, "subscribe", other, "not-" + token));
  if (echoed(wrong, other)) {
    result.why = "it echoes the challenge for any verify token, so it proves nothing about whose it is";
    return result;
  }
  if (!wrong.step.ok()) {
    result.why = fmt::format("whether it refuses a wrong verify token could not be tested: {}",
                             outcome_code(wrong.step.outcome));
    return result;
  }
  result.proven = true;
  result.why = "it echoed the challenge for the right verify token and refused a wrong one";
  return result;
}

}  // namespace hookdrill
