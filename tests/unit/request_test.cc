#include "plan/request.h"

#include "catch.h"

namespace hookdrill {
namespace {

Endpoint endpoint(std::string target = "/webhooks/whatsapp/%2B5511999999999") {
  Endpoint endpoint;
  endpoint.host = "hooks.example.com";
  endpoint.target = std::move(target);
  endpoint.app_secret = Secret("0123456789abcdef0123456789abcdef");
  return endpoint;
}

Payloads payloads(const std::string& type) {
  DeliverySettings settings;
  settings.mix = {{type, 1}};
  return Payloads::make(settings, 42).value();
}

std::string signature(std::string_view body, bool sha256) {
  Signer signer{Secret("0123456789abcdef0123456789abcdef")};
  const Signer::Signatures signatures = signer.sign(body);
  return sha256 ? std::string(signatures.sha256.data(), 64) : std::string(signatures.sha1.data(), 40);
}

TEST_CASE("request: the messaging client's head, its order and its signatures over the exact body") {
  const Payloads source = payloads("text");
  RequestWriter writer(endpoint(), "messaging", source);
  std::string request, body;
  writer.post(7, request);
  source.body(7, body);
  CHECK(request ==
        "POST /webhooks/whatsapp/%2B5511999999999 HTTP/1.1\r\n"
        "Host: hooks.example.com\r\n"
        "User-Agent: facebookexternalua\r\n"
        "Accept: */*\r\n"
        "Accept-Encoding: deflate, gzip\r\n"
        "X-Hub-Signature: sha1=" +
            signature(body, false) +
            "\r\n"
            "X-Hub-Signature-256: sha256=" +
            signature(body, true) +
            "\r\n"
            "Content-Length: " +
            std::to_string(body.size()) +
            "\r\n"
            "Content-Type: application/json\r\n"
            "\r\n" +
            body);
}

TEST_CASE("request: the changes client says so, and sends no Accept-Encoding") {
  DeliverySettings settings;
  settings.client = "changes";
  const Payloads source = Payloads::make(settings, 42).value();
  RequestWriter writer(endpoint(), "changes", source);
  std::string request;
  writer.post(7, request);
  CHECK(request.find("\r\nUser-Agent: Webhooks/1.0 (https://fb.me/webhooks)\r\n") != std::string::npos);
  CHECK(request.find("Accept-Encoding") == std::string::npos);
}

TEST_CASE("request: a retry sends the same bytes, whatever was sent between") {
  const Payloads source = payloads("text");
  RequestWriter writer(endpoint(), "messaging", source);
  std::string first, other, again;
  writer.post(3, first);
  writer.post(4, other);
  writer.post(3, again);
  CHECK(again == first);
  CHECK(other != first);
}

TEST_CASE("request: the target is sent byte for byte") {
  const Payloads source = payloads("text");
  for (const std::string target : {"/hook/%2B55", "/hook/+55", "/hook/%20a", "/a%25b?x=1&y=%2F", "/"}) {
    RequestWriter writer(endpoint(target), "messaging", source);
    std::string request;
    writer.post(1, request);
    CHECK(request.starts_with("POST " + target + " HTTP/1.1\r\n"));
  }
}

TEST_CASE("request: the Host header has the port only when it is not the scheme's") {
  Endpoint at = endpoint();
  CHECK(host_header(at) == "hooks.example.com");
  at.port = 8443;
  CHECK(host_header(at) == "hooks.example.com:8443");
  at.tls = false;
  at.port = 80;
  CHECK(host_header(at) == "hooks.example.com");
  at.host = "2001:db8::7";
  CHECK(host_header(at) == "[2001:db8::7]");
  at.port = 443;
  CHECK(host_header(at) == "[2001:db8::7]:443");
}

TEST_CASE("request: the verification has Meta's parameter order and encodes the token") {
  CHECK(verification_request(endpoint("/hook"), "subscribe", "1158201444", "a+b/c=d e") ==
        "GET /hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a%2Bb%2Fc%3Dd%20e HTTP/1.1\r\n"
        "Host: hooks.example.com\r\n"
        "User-Agent: facebookplatform/1.0 (+http://developers.facebook.com)\r\n"
        "Accept: */*\r\n"
        "Accept-Encoding: deflate, gzip\r\n"
        "\r\n");
}

TEST_CASE("request: a callback URL that has a query gets the challenge behind it") {
  const std::string request = verification_request(endpoint("/hook?tenant=7"), "subscribe", "1", "t");
  CHECK(request.starts_with("GET /hook?tenant=7&hub.mode=subscribe&hub.challenge=1&hub.verify_token=t HTTP/1.1\r\n"));
}

}  // namespace
}  // namespace hookdrill
