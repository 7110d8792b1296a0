#include "plan/signature.h"

#include <string>

#include "catch.h"

namespace hookdrill {
namespace {

struct Vector {
  std::string key, body, sha256, sha1;
};

std::string text(std::string_view bytes) {
  return std::string(bytes);
}
template <std::size_t kLength>
std::string text(const std::array<char, kLength>& hex) {
  return std::string(hex.data(), hex.size());
}

// RFC 4231 cases 1 to 4, 6 and 7 (SHA-256) and RFC 2202 cases 1, 2, 6 and 7 (SHA-1); "" where an RFC has no such case.
const Vector kVectors[] = {
    {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
     "b617318655057264e28bc0b6fb378c8ef146be00"},
    {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
     "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {std::string(20, '\xaa'), std::string(50, '\xdd'),
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe", "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
    {text("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"),
     std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
     "4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
    {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", ""},
    {std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First", "",
     "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
    {std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", "",
     "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
};

TEST_CASE("signature: both HMACs equal the published vectors") {
  for (const Vector& vector : kVectors) {
    Signer signer{Secret(vector.key)};
    const Signer::Signatures signatures = signer.sign(vector.body);
    CAPTURE(vector.body);
    if (!vector.sha256.empty()) CHECK(text(signatures.sha256) == vector.sha256);
    if (!vector.sha1.empty()) CHECK(text(signatures.sha1) == vector.sha1);
  }
}

// The body has an accent, a slash and an emoji as Meta escapes them; computed with Python's hmac.
constexpr std::string_view kEscapedBody =
    R"({"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_p)"
    R"(roduct":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"})"
    R"(,"contacts":[{"profile":{"name":"Test User"},"wa_id":"16505551234"}],"messages":[{"from":"16505551234",")"
    R"(id":"wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0MAA=","timestamp":"1749416383","text":{"b)"
    R"(ody":"Caf\u00e9 \/ ok \ud83e\udd18"},"type":"text"}]},"field":"messages"}]}]})";

TEST_CASE("signature: the app secret's text is the key, and the escaped bytes are what is signed") {
  REQUIRE(kEscapedBody.size() == 493);
  Signer signer{Secret("0123456789abcdef0123456789abcdef")};
  const Signer::Signatures signatures = signer.sign(kEscapedBody);
  CHECK(text(signatures.sha256) == "aeb1271ec2d2347a691ee18c6eff6eb5575ef9c03a2f62fa79c5e8d3bbdcd8d2");
  CHECK(text(signatures.sha1) == "8404cc9a71da4dc0beda5801f8089a21912c72cc");
}

// A delivery of Meta that the pywa project published as a test vector after resetting the secret
// (github.com/david-lev/pywa, tests/test_server.py).
TEST_CASE("signature: the signature of a captured delivery is reproduced") {
  constexpr std::string_view kBody =
      R"({"object":"whatsapp_business_account","entry":[{"id":"264937493375603","changes":[{"value":{"messaging_produ)"
      R"(ct":"whatsapp","metadata":{"display_phone_number":"15550953877","phone_number_id":"277321005464405"},"contac)"
      R"(ts":[{"profile":{"name":"PyWa Tests"},"wa_id":"972544401243"}],"messages":[{"from":"972544401243","id":"wami)"
      R"(d.HBgMOTcyNTQ0NDAxMjQzFQIAEhggM0RFQTNCMEEwRTY3QzUwODYzMDc4NjQ4QzM4ODAxM0YA","timestamp":"1730231903","text)"
      R"(":{"body":"Hey there! I am using PyWa."},"type":"text"}]},"field":"messages"}]}]})";
  REQUIRE(kBody.size() == 511);
  Signer signer{Secret("1222e786b144d0e85b9f365372d93676")};
  CHECK(text(signer.sign(kBody).sha256) == "54edfa1d7259e0eb13c677cc7d73d1b5c86cfa12433d19156e058ab9251bc441");
}

TEST_CASE("signature: a signer gives the same answer again, whatever it signed between") {
  Signer signer{Secret("key")};
  const Signer::Signatures first = signer.sign("one");
  const Signer::Signatures other = signer.sign(std::string(3'000'000, 'x'));
  CHECK(signer.sign("one").sha256 == first.sha256);
  CHECK(signer.sign("one").sha1 == first.sha1);
  CHECK(other.sha256 != first.sha256);
}

TEST_CASE("signature: an empty secret and an empty body are signed like any other") {
  Signer signer{Secret("")};
  CHECK(text(signer.sign("").sha256) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK(text(signer.sign("").sha1) == "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

}  // namespace
}  // namespace hookdrill
