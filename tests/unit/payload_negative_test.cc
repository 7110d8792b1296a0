#include "plan/payload_negative.h"

#include <boost/json.hpp>

#include "catch.h"
#include "plan/request.h"

namespace hookdrill {
namespace {

const Secret kSecret("0123456789abcdef0123456789abcdef");

Payloads make(std::map<std::string, double> mix, std::uint64_t seed = 11) {
  DeliverySettings settings;
  settings.mix = std::move(mix);
  return Payloads::make(settings, seed).value();
}

struct Sent {
  std::string sha1, sha256, body;  // signatures "" when not sent
};

Sent send(const Payloads& payloads, std::uint64_t delivery) {
  Endpoint endpoint;
  endpoint.host = "h";
  endpoint.app_secret = kSecret;
  std::string request;
  RequestWriter(endpoint, "messaging", payloads).post(delivery, request);
  const std::size_t split = request.find("\r\n\r\n");
  const std::string head = request.substr(0, split + 2);
  const auto header = [&](const std::string& label) {
    const std::size_t at = head.find("\r\n" + label);
    if (at == std::string::npos) return std::string();
    const std::size_t begin = at + 2 + label.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
  };
  Sent sent{header("X-Hub-Signature: sha1="), header("X-Hub-Signature-256: sha256="), request.substr(split + 4)};
  CHECK(header("Content-Length: ") == std::to_string(sent.body.size()));
  return sent;
}

std::string sha256(std::string_view body) {
  Signer signer(kSecret);
  const Signer::Signatures signatures = signer.sign(body);
  return {signatures.sha256.data(), signatures.sha256.size()};
}

std::string genuine(const Payloads& payloads, std::uint64_t delivery) {
  std::string body;
  payloads.body(delivery, body);
  return body;
}

TEST_CASE("negative: a wrong signature differs in every digit, and the body is genuine") {
  const Payloads payloads = make({{"wrong_signature", 1}});
  const Sent sent = send(payloads, 3);
  const std::string right = sha256(sent.body);
  REQUIRE(sent.sha256.size() == 64);
  REQUIRE(sent.sha1.size() == 40);
  for (std::size_t i = 0; i < right.size(); ++i) CHECK(sent.sha256[i] != right[i]);
  CHECK(sent.body == genuine(payloads, 3));
  CHECK(payloads.expected(3) == ExpectedAnswer::refuse);
}

TEST_CASE("negative: missing signatures and SHA-1 alone leave out header lines") {
  const Sent none = send(make({{"missing_signature", 1}}), 3);
  CHECK(none.sha1 == "");
  CHECK(none.sha256 == "");
  const Payloads sha1_only = make({{"sha1_only", 1}});
  CHECK(send(sha1_only, 3).sha1.size() == 40);
  CHECK(send(sha1_only, 3).sha256 == "");
  CHECK(sha1_only.expected(3) == ExpectedAnswer::either);
}

TEST_CASE("negative: upper-case digits are the right signature otherwise") {
  const Payloads payloads = make({{"upper_case_signature", 1}});
  const Sent sent = send(payloads, 3);
  std::string upper = sha256(sent.body);
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  CHECK(sent.sha256 == upper);
  CHECK(payloads.expected(3) == ExpectedAnswer::either);
}

TEST_CASE("negative: a truncated body has the signature of the whole") {
  const Payloads payloads = make({{"truncated_body", 1}});
  const Sent sent = send(payloads, 3);
  const std::string whole = genuine(payloads, 3);
  CHECK(sent.body == whole.substr(0, whole.size() / 2));
  CHECK(sent.sha256 == sha256(whole));
}

TEST_CASE("negative: a re-serialised body means the same, and is signed as it was before") {
  const Payloads payloads = make({{"reserialised_body", 1}, {"image", 0.0001}});
  const Sent sent = send(payloads, 3);
  const std::string before = genuine(payloads, 3);
  CHECK(sent.body != before);
  CHECK(boost::json::parse(sent.body) == boost::json::parse(before));
  CHECK(sent.sha256 == sha256(before));
}

TEST_CASE("negative: printing again spares what stands in strings") {
  std::string json = R"({"a":["x:y, \"z\", \\",1],"b":"\/"})";
  reserialise(json);
  CHECK(json == R"({"a": ["x:y, \"z\", \\", 1], "b": "/"})");
}

TEST_CASE("negative: shares are met, and the rest is genuine and accepted") {
  const Payloads payloads = make({{"text", 70}, {"image", 20}, {"wrong_signature", 6}, {"truncated_body", 4}});
  std::map<Negative, int> counts;
  for (std::uint64_t delivery = 0; delivery < 10000; ++delivery) {
    ++counts[payloads.negative(delivery)];
    const bool refuse = payloads.expected(delivery) == ExpectedAnswer::refuse;
    CHECK(refuse == (payloads.negative(delivery) != Negative::none));
  }
  CHECK(counts[Negative::none] == Approx(9000).margin(150));
  CHECK(counts[Negative::wrong_signature] == Approx(600).margin(120));
  CHECK(counts[Negative::truncated_body] == Approx(400).margin(100));
}

TEST_CASE("negative: without any in the mix every delivery is its own and is to be accepted") {
  const Payloads payloads = make({{"text", 1}});
  CHECK(payloads.negative(5) == Negative::none);
  CHECK(payloads.original(5) == 5);
  CHECK(payloads.expected(5) == ExpectedAnswer::accept);
}

TEST_CASE("negative: a repeated delivery is an earlier genuine one of its path, byte for byte") {
  const Payloads payloads = make({{"text", 6}, {"repeated_later", 2}, {"repeated_at_once", 2}, {"sha1_only", 1}});
  const std::uint64_t path = 2ULL << 40;
  int later = 0, at_once = 0;
  for (std::uint64_t delivery = path; delivery < path + 3000; ++delivery) {
    const Negative of = payloads.negative(delivery);
    const std::uint64_t original = payloads.original(delivery);
    if (of != Negative::repeated_later && of != Negative::repeated_at_once) {
      CHECK(original == delivery);
      continue;
    }
    REQUIRE(original < delivery);
    REQUIRE(original >= path);
    CHECK(payloads.negative(original) == Negative::none);
    CHECK(genuine(payloads, delivery) == genuine(payloads, original));
    CHECK(payloads.message_id(delivery, 0) == payloads.message_id(original, 0));
    CHECK(send(payloads, delivery).sha256 == send(payloads, original).sha256);
    CHECK(payloads.expected(delivery) == ExpectedAnswer::accept);
    ++(of == Negative::repeated_later ? later : at_once);
    if (of == Negative::repeated_at_once) {
      CHECK(original == delivery - 1);
      CHECK(payloads.repeat_gap(delivery) >= Duration{});
      CHECK(payloads.repeat_gap(delivery) <= std::chrono::milliseconds(5));
    }
  }
  CHECK(later == Approx(3000 * 2 / 11).margin(90));
  CHECK(at_once > 200);
}

TEST_CASE("negative: the first delivery of a path has nothing to repeat, so it is genuine") {
  const Payloads payloads = make({{"repeated_later", 1}});
  CHECK(payloads.negative(0) == Negative::none);
  CHECK(payloads.original(0) == 0);
}

TEST_CASE("negative: each name is found, and none is a payload type") {
  const PayloadLibrary library = PayloadLibrary::load("").value();
  for (const NegativeInfo& info : negatives()) {
    CHECK(find_negative(info.name) == &info);
    CHECK_FALSE(library.types().contains(info.name));
  }
  CHECK(find_negative("none") == nullptr);
}

}  // namespace
}  // namespace hookdrill
