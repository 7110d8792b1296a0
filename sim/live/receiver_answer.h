// What the receiver does with a request, and the bytes that it answers with. Pure: settings, seed and number in, answer
// out; knows no sockets and no time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "plan/planned_answer.h"
#include "plan/scenario.h"

namespace hookdrill {

/// HTTP/1.1 bytes of an answer in text/plain. `body` is left out where the status allows none (204, 304).
/// `http10`: the client's version is 1.0, which has to be told that the connection stays open.
std::string answer_text(int status, std::string_view body, bool keep_alive, bool http10);

/// The body that goes with a status when there is nothing better: EVENT_RECEIVED for 200, else the reason phrase.
std::string_view answer_body(int status);

/// The first part of an answer: its head and half of its body, or half of its head when it has no body.
std::string_view first_half(std::string_view answer);

/// The answer to the verification GET (Meta: webhooks, verification requests): 200 with the raw challenge when hub.mode
/// is subscribe and the token is right, else 403 and no challenge.
struct ChallengeAnswer {
  int status = 403;
  std::string body;
};
ChallengeAnswer answer_challenge(std::string_view request_target, const Secret& verify_token);

}  // namespace hookdrill
