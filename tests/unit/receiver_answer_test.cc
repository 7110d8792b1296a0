#include "live/receiver_answer.h"

#include <map>

#include "catch.h"
#include "live/signature_check.h"

using namespace hookdrill;
using namespace std::chrono_literals;
using Kind = PlannedAnswer::Kind;

namespace {

constexpr int kAnswers = 20'000;

std::map<Kind, int> kinds(const ReceiverSettings& settings) {
  std::map<Kind, int> counts;
  for (std::uint64_t i = 0; i < kAnswers; ++i) ++counts[plan_answer(settings, 42, i).kind];
  return counts;
}

double share(int count) {
  return static_cast<double>(count) / kAnswers;
}

int challenge_status(std::string_view target) {
  return answer_challenge(target, Secret("right token")).status;
}

}  // namespace

TEST_CASE("receiver answer: the same seed and number give the same answer, whatever came between") {
  ReceiverSettings settings;
  settings.delay = {DelayLaw::Kind::uniform, 1ms, 9ms, 0, 0};
  settings.status = {{200, 0.5}, {503, 0.5}};
  const PlannedAnswer once = plan_answer(settings, 7, 11);
  plan_answer(settings, 7, 12);
  const PlannedAnswer again = plan_answer(settings, 7, 11);
  CHECK(once.status == again.status);
  CHECK(once.delay == again.delay);
  CHECK(plan_answer(settings, 8, 11).delay != once.delay);
}

TEST_CASE("receiver answer: statuses come by their shares, which need not add up to one") {
  ReceiverSettings settings;
  settings.status = {{200, 97}, {503, 3}, {500, 0}};
  std::map<int, int> counts;
  for (std::uint64_t i = 0; i < kAnswers; ++i) ++counts[plan_answer(settings, 42, i).status];
  CHECK(share(counts[503]) == Approx(0.03).margin(0.006));  // 5 standard errors
  CHECK(counts[200] + counts[503] == kAnswers);
}

TEST_CASE("receiver answer: closes, halves and resets come by their shares") {
  ReceiverSettings settings;
  settings.close = 0.1;
  settings.half = 0.2;
  settings.reset = 0.3;
  std::map<Kind, int> counts = kinds(settings);
  CHECK(share(counts[Kind::close]) == Approx(0.1).margin(0.012));
  CHECK(share(counts[Kind::half]) == Approx(0.2).margin(0.015));
  CHECK(share(counts[Kind::reset]) == Approx(0.3).margin(0.017));
  CHECK(share(counts[Kind::whole]) == Approx(0.4).margin(0.018));
  settings.close = 1;
  CHECK(kinds(settings)[Kind::close] == kAnswers);
}

TEST_CASE("receiver answer: only what the client can see as 2xx, at least in part, is accepted") {
  CHECK(PlannedAnswer{Kind::whole, 200, {}}.accepts());
  CHECK(PlannedAnswer{Kind::half, 204, {}}.accepts());
  CHECK_FALSE(PlannedAnswer{Kind::whole, 503, {}}.accepts());
  CHECK_FALSE(PlannedAnswer{Kind::close, 200, {}}.accepts());
  CHECK_FALSE(PlannedAnswer{Kind::reset, 200, {}}.accepts());
}

TEST_CASE("receiver answer: the bytes say what becomes of the connection") {
  CHECK(answer_text(200, "EVENT_RECEIVED", true, false) ==
        "HTTP/1.1 200 OK\r\nServer: hookdrill\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n\r\nEVENT_RECEIVED");
  CHECK(answer_text(204, "ignored", false, false) ==
        "HTTP/1.1 204 No Content\r\nServer: hookdrill\r\nConnection: close\r\n\r\n");
  CHECK(answer_text(200, "x", true, true).find("Connection: keep-alive\r\n") != std::string::npos);
  CHECK(answer_text(525, "", true, false).starts_with("HTTP/1.1 525 Unassigned\r\n"));
}

TEST_CASE("receiver answer: half an answer has its whole head and half its body") {
  const std::string whole = answer_text(200, "EVENT_RECEIVED", true, false);
  CHECK(first_half(whole) == whole.substr(0, whole.size() - 7));
  const std::string bodiless = answer_text(204, "", true, false);
  CHECK(first_half(bodiless).size() == bodiless.size() / 2);
}

TEST_CASE("receiver answer: the challenge is echoed raw for mode and token, in any order and encoding") {
  const Secret token("right token");
  const ChallengeAnswer answer =
      answer_challenge("/hook?hub.mode=subscribe&hub.challenge=115%2b82&hub.verify_token=right+token", token);
  CHECK(answer.status == 200);
  CHECK(answer.body == "115+82");
  CHECK(challenge_status("/?hub.verify_token=right%20token&hub%2Emode=subscribe&hub.challenge=1&x") == 200);
}

TEST_CASE("receiver answer: a challenge without mode, token or challenge is refused and not echoed") {
  CHECK(challenge_status("/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong") == 403);
  CHECK(challenge_status("/?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=right+token") == 403);
  CHECK(challenge_status("/?hub.mode=subscribe&hub.verify_token=right+token") == 403);
  CHECK(challenge_status("/?hub.mode=subscribe&hub.challenge=1") == 403);
  CHECK(challenge_status("/hub.mode=subscribe&hub.challenge=1&hub.verify_token=right+token") == 403);
  CHECK(challenge_status("") == 403);
  CHECK(challenge_status("?&&==&%") == 403);
  CHECK(answer_challenge("/?hub.mode=subscribe&hub.challenge=secret&hub.verify_token=wrong", Secret("t"))
            .body.find("secret") == std::string::npos);
  CHECK(answer_challenge("/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=", Secret("")).status == 403);
}

TEST_CASE("signature check: published HMAC vectors hold, and every change of them does not") {
  // RFC 4231, test case 2.
  SignatureCheck check{Secret("Jefe")};
  const std::string good = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  const std::string_view body = "what do ya want for nothing?";
  CHECK(check.holds(body, good));
  CHECK(check.holds(body, good));  // a second time: the key survives
  CHECK_FALSE(check.holds("what do ya want for nothing!", good));
  CHECK_FALSE(check.holds(body, good.substr(0, good.size() - 1)));
  CHECK_FALSE(check.holds(body, good + "0"));
  CHECK_FALSE(check.holds(body, good.substr(7)));
  CHECK_FALSE(check.holds(body, "sha256="));
  CHECK_FALSE(check.holds(body, ""));
  std::string last_digit = good;
  last_digit.back() = '4';
  CHECK_FALSE(check.holds(body, last_digit));
  CHECK_FALSE(SignatureCheck{Secret("jefe")}.holds(body, good));
}

TEST_CASE("signature check: an empty body and a long secret are signed like any other") {
  // RFC 4231, test case 6: a key longer than the block.
  SignatureCheck check{Secret(std::string(131, '\xaa'))};
  CHECK(check.holds("Test Using Larger Than Block-Size Key - Hash Key First",
                    "sha256=60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
  CHECK(SignatureCheck{Secret("key")}.holds("",
                                            "sha256=5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0"));
}
