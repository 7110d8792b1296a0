#include "live/receiver.h"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/encoding.h"
#include "base/rng.h"
#include "catch.h"
#include "raw_client.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

const std::string kSecret = "an app secret";
const std::string kToken = "a token";

std::unique_ptr<Receiver> start(const ReceiverSettings& settings) {
  Result<std::unique_ptr<Receiver>> started =
      Receiver::start(settings, Secret(kSecret), Secret(kToken), "localhost", 1);
  if (!started) FAIL(started.error().text());
  return std::move(*started);
}

std::unique_ptr<Receiver> start_plain(ReceiverSettings settings = {}) {
  settings.tls = false;
  return start(settings);
}

std::string message(const std::string& id) {
  return R"({"entry":[{"changes":[{"value":{"messages":[{"id":")" + id + R"("}]}}]}]})";
}

std::string signature(const std::string& body) {
  std::array<std::uint8_t, 32> digest{};
  HMAC(EVP_sha256(), kSecret.data(), static_cast<int>(kSecret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), digest.data(), nullptr);
  return "sha256=" + to_hex(digest);
}

std::string post(const std::string& body, const std::string& more_headers = "") {
  return fmt::format("POST /hook HTTP/1.1\r\nHost: localhost\r\n{}Content-Length: {}\r\n{}\r\n{}",
                     "X-Hub-Signature-256: " + signature(body) + "\r\n", body.size(), more_headers, body);
}

int status_of(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

// The answer on a connection of its own.
std::string ask(const Receiver& receiver, const std::string& request) {
  RawClient client(receiver.port());
  client.write(request);
  return client.answer();
}

template <class Condition>
bool soon(Condition condition) {
  for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace

TEST_CASE("receiver: it echoes the challenge for the right token only") {
  const auto receiver = start_plain();
  const auto get = [&](const std::string& token) {
    return ask(*receiver, "GET /any?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=" + token +
                              " HTTP/1.1\r\nHost: x\r\n\r\n");
  };
  const std::string right = get("a%20token");
  CHECK(status_of(right) == 200);
  CHECK(right.find("Content-Type: text/plain\r\n") != std::string::npos);
  CHECK(right.ends_with("\r\n\r\n1158201444"));
  CHECK(status_of(get("another")) == 403);
  CHECK(receiver->counts().challenges == 1);
  CHECK(receiver->counts().refused_challenges == 1);
}

TEST_CASE("receiver: a signed delivery is accepted, and a message that comes again is a duplicate") {
  const auto receiver = start_plain();
  CHECK(status_of(ask(*receiver, post(message("wamid.A")))) == 200);
  CHECK(status_of(ask(*receiver, post(message("wamid.A")))) == 200);
  CHECK(receiver->ledger().accepted("wamid.A"));
  CHECK(receiver->ledger().counts().arrivals == 2);
  CHECK(receiver->ledger().counts().accepted == 1);
  CHECK(receiver->ledger().counts().duplicates == 1);
  CHECK(receiver->counts().answers == std::map<int, std::uint64_t>{{200, 2}});
}

TEST_CASE("receiver: a wrong or missing signature is refused and leaves no trace in the ledger") {
  const auto receiver = start_plain();
  const std::string body = message("wamid.A");
  const std::string head = fmt::format("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n", body.size());
  CHECK(status_of(ask(*receiver, head + "\r\n" + body)) == 401);
  CHECK(status_of(ask(*receiver, head + "X-Hub-Signature-256: " + signature(body + " ") + "\r\n\r\n" + body)) == 401);
  CHECK(status_of(ask(*receiver, head + "X-Hub-Signature-256: sha256=\r\n\r\n" + body)) == 401);
  CHECK(receiver->counts().refused_signatures == 3);
  CHECK(receiver->counts().deliveries == 0);
  CHECK(receiver->ledger().counts().arrivals == 0);
}

TEST_CASE("receiver: the signature is over the raw bytes, also of a chunked body that is no JSON") {
  const auto receiver = start_plain();
  const std::string body = "\xff not json \r\n";
  const std::string request = fmt::format(
      "POST / HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: {}\r\nTransfer-Encoding: chunked\r\n\r\n"
      "4\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
      signature(body), body.substr(0, 4), body.size() - 4, body.substr(4));
  CHECK(status_of(ask(*receiver, request)) == 200);
  CHECK(receiver->counts().unreadable == 1);
}

TEST_CASE("receiver: a kept connection serves request after request, pipelined ones too") {
  const auto receiver = start_plain();
  RawClient client(receiver->port());
  client.write(post(message("1")));
  CHECK(status_of(client.answer()) == 200);
  client.write(post(message("2")) + post(message("3")));
  CHECK(status_of(client.answer()) == 200);
  CHECK(status_of(client.answer()) == 200);
  client.write(post(message("4"), "Connection: close\r\n"));
  const std::string last = client.rest();
  CHECK(last.find("Connection: close\r\n") != std::string::npos);
  CHECK(client.ended());
  CHECK(receiver->counts().connections == 1);
  CHECK(receiver->ledger().counts().accepted == 4);
}

TEST_CASE("receiver: a client of HTTP/1.0 is told whether the connection stays") {
  const auto receiver = start_plain();
  const std::string get = "GET / HTTP/1.0\r\n";
  CHECK(ask(*receiver, get + "Connection: keep-alive\r\n\r\n").find("Connection: keep-alive") != std::string::npos);
  CHECK(ask(*receiver, get + "\r\n").find("Connection: close") != std::string::npos);
}

TEST_CASE("receiver: a client that waits for 100 Continue gets it") {
  const auto receiver = start_plain();
  RawClient client(receiver->port());
  const std::string request = post(message("1"), "Expect: 100-continue\r\n");
  const std::size_t head = request.find("\r\n\r\n") + 4;
  client.write(request.substr(0, head));
  CHECK(status_of(client.answer()) == 100);
  client.write(request.substr(head));
  CHECK(status_of(client.answer()) == 200);
}

TEST_CASE("receiver: close ends the connection in order and without a byte") {
  ReceiverSettings settings;
  settings.close = 1;
  const auto receiver = start_plain(settings);
  RawClient client(receiver->port());
  client.write(post(message("1")));
  CHECK(client.rest().empty());
  CHECK(client.ended());
  CHECK(client.error() == 0);
  CHECK(receiver->counts().closed == 1);
  CHECK_FALSE(receiver->ledger().accepted("1"));
}

TEST_CASE("receiver: reset ends the connection with RST") {
  ReceiverSettings settings;
  settings.reset = 1;
  const auto receiver = start_plain(settings);
  RawClient client(receiver->port());
  client.write(post(message("1")));
  CHECK(client.rest().empty());
  CHECK(client.error() == ECONNRESET);
  CHECK(receiver->counts().reset == 1);
  CHECK_FALSE(receiver->ledger().accepted("1"));
}

TEST_CASE("receiver: half an answer promises more than it sends, and its update counts as accepted") {
  ReceiverSettings settings;
  settings.half = 1;
  const auto receiver = start_plain(settings);
  RawClient client(receiver->port());
  client.write(post(message("1")));
  const std::string answer = client.rest();
  CHECK(status_of(answer) == 200);
  CHECK(answer.find("Content-Length: 14\r\n") != std::string::npos);
  CHECK(answer.ends_with("\r\n\r\nEVENT_R"));
  CHECK(client.error() == 0);
  CHECK(receiver->ledger().accepted("1"));
}

TEST_CASE("receiver: which request gets which status follows from the seed") {
  ReceiverSettings settings;
  settings.status = {{200, 0.5}, {503, 0.5}};
  const auto statuses = [&] {
    const auto receiver = start_plain(settings);
    RawClient client(receiver->port());
    std::vector<int> seen;
    for (int i = 0; i < 50; ++i) {
      client.write(post(message(std::to_string(i))));
      seen.push_back(status_of(client.answer()));
      CHECK(receiver->ledger().accepted(std::to_string(i)) == (seen.back() == 200));
    }
    return seen;
  };
  CHECK(statuses() == statuses());
}

TEST_CASE("receiver: a delayed answer holds up no other connection") {
  ReceiverSettings settings;
  settings.delay = {DelayLaw::Kind::fixed, 1h, {}, 0, 0};
  auto receiver = start_plain(settings);
  RawClient delayed(receiver->port());
  delayed.write(post(message("1")));
  REQUIRE(soon([&] { return receiver->counts().deliveries == 1; }));
  CHECK(status_of(ask(*receiver, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")) == 403);
  CHECK_FALSE(receiver->ledger().accepted("1"));
  receiver->stop();  // does not wait for the hour
  CHECK(delayed.rest().empty());
}

TEST_CASE("receiver: bodies and heads beyond the limits are refused") {
  const auto receiver = start_plain();
  CHECK(status_of(ask(*receiver, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 16777217\r\n\r\n")) == 413);
  const std::string header = "X-Padding: " + std::string(40'000, 'x') + "\r\n\r\n";
  CHECK(status_of(ask(*receiver, "POST / HTTP/1.1\r\nHost: x\r\n" + header)) == 431);
  CHECK(status_of(ask(*receiver, "BREW\x01 /pot HTTP/1.1\r\n\r\n")) == 400);
  CHECK(status_of(ask(*receiver, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")) == 405);
  CHECK(receiver->counts().malformed == 3);
}

TEST_CASE("receiver: a body of the largest size is taken") {
  const auto receiver = start_plain();
  CHECK(status_of(ask(*receiver, post(std::string(Receiver::kMaxBodyBytes, ' ')))) == 200);
}

TEST_CASE("receiver: garbage harms nobody, in clear and on the TLS port") {
  for (const ReceiverCertificate certificate : {ReceiverCertificate::good, ReceiverCertificate::leaf_only}) {
    ReceiverSettings settings;
    settings.certificate = certificate;
    settings.tls = certificate == ReceiverCertificate::leaf_only;
    const auto receiver = start(settings);
    const std::string valid = post(message("1"));
    for (std::uint64_t i = 0; i < 300; ++i) {
      const auto random = [&](std::uint32_t index) { return draw({i, 0, 0, Purpose::receiver, index}); };
      std::string bytes = i % 2 == 0 ? valid : settings.tls ? "\x16\x03\x01" : "";
      for (std::uint32_t n = 0; n < 200 * (i % 2); ++n) bytes += static_cast<char>(random(n));
      for (std::uint32_t n = 0; n < 3; ++n) bytes[random(n) % bytes.size()] = static_cast<char>(random(n + 9));
      bytes.resize(1 + random(20) % bytes.size());
      RawClient client(receiver->port());
      client.write(bytes);
    }
    CHECK(soon([&] { return receiver->counts().connections == 300; }));
    if (!settings.tls) CHECK(status_of(ask(*receiver, valid)) == 200);
  }
}

TEST_CASE("receiver: several workers share the load and one ledger") {
  ReceiverSettings settings;
  settings.workers = 3;
  const auto receiver = start_plain(settings);
  std::vector<std::thread> clients;
  for (int c = 0; c < 4; ++c)
    clients.emplace_back([&, c] {
      RawClient client(receiver->port());
      for (int i = 0; i < 100; ++i) {
        client.write(post(message(fmt::format("{}.{}", c, i))));
        client.answer();
      }
    });
  for (std::thread& client : clients) client.join();
  CHECK(receiver->ledger().counts().accepted == 400);
  CHECK(receiver->counts().deliveries == 400);
}

TEST_CASE("receiver: a client that asks for the intermediate of a lone leaf in clear gets it") {
  ReceiverSettings settings;
  settings.certificate = ReceiverCertificate::leaf_only;
  const auto receiver = start(settings);
  const std::string answer = ask(*receiver, "GET /intermediate.der HTTP/1.0\r\n\r\n");
  CHECK(status_of(answer) == 200);
  CHECK(answer.find("application/pkix-cert") != std::string::npos);
  CHECK(receiver->root_pem().starts_with("-----BEGIN CERTIFICATE-----"));
}

TEST_CASE("receiver: it says why it cannot listen") {
  const auto first = start_plain();
  ReceiverSettings settings;
  settings.tls = false;
  settings.listen = first->address();
  const auto second = Receiver::start(settings, Secret("s"), Secret("t"), "localhost", 1);
  REQUIRE(second.has_error());
  CHECK(second.error().text() == "cannot listen on " + settings.listen + ": Address already in use");
  for (const char* wrong :
       {"", "8443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:8443x", "::1:", "host:1"}) {
    settings.listen = wrong;
    const auto none = Receiver::start(settings, Secret("s"), Secret("t"), "localhost", 1);
    REQUIRE(none.has_error());
    CHECK(none.error().text().find("127.0.0.1:8443") != std::string::npos);
  }
}

TEST_CASE("receiver: what it counted outlives its stop, and the port is free again") {
  auto receiver = start_plain();
  ask(*receiver, post(message("1")));
  receiver->stop();
  receiver->stop();
  CHECK(receiver->ledger().accepted("1"));
  CHECK(receiver->counts().deliveries == 1);
  CHECK_FALSE(RawClient(receiver->port()).connected());
}
