#include "plan/payload.h"

#include <boost/json.hpp>
#include <set>

#include "base/encoding.h"
#include "catch.h"

namespace hookdrill {
namespace {

namespace json = boost::json;

Payloads make(std::map<std::string, double> mix, int batch = 1, std::uint64_t seed = 42) {
  DeliverySettings settings;
  settings.mix = std::move(mix);
  settings.batch = batch;
  return Payloads::make(settings, seed).value();
}

std::string body(const Payloads& payloads, std::uint64_t delivery) {
  std::string text = "left over";
  payloads.body(delivery, text);
  return text;
}

std::string error(const DeliverySettings& settings) {
  const Result<Payloads> made = Payloads::make(settings, 1);
  REQUIRE_FALSE(made.has_value());
  return made.error().text();
}

TEST_CASE("payload: a body is compact ASCII JSON, the same every time, another for each delivery and seed") {
  const Payloads payloads = make({{"text", 1}});
  std::set<std::string> bodies;
  for (std::uint64_t delivery = 0; delivery < 500; ++delivery) {
    const std::string text = body(payloads, delivery);
    CHECK(text == body(payloads, delivery));
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
    CHECK(json::parse(text).is_object());
    bodies.insert(text);
  }
  CHECK(bodies.size() == 500);
  CHECK(body(make({{"text", 1}}, 1, 43), 0) != body(payloads, 0));
  CHECK(body(make({{"text", 1}}, 1, 42), 0) == body(payloads, 0));
}

TEST_CASE("payload: a text message has the keys and the order of a captured one") {
  const std::string text = body(make({{"text", 1}}), 0);
  CHECK(
      text.starts_with(R"({"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{)"
                       R"("messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881",)"
                       R"("phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":")"));
  CHECK(text.ends_with(R"("},"type":"text"}]},"field":"messages"}]}]})"));
}

TEST_CASE("payload: the updates of a delivery have ids of Meta's layout, found in the body, unique in the run") {
  const Payloads payloads = make({{"text", 1}, {"status", 1}}, 10);
  std::set<std::string> ids;
  for (std::uint64_t delivery = 0; delivery < 200; ++delivery) {
    const std::string text = body(payloads, delivery);
    REQUIRE(payloads.updates(delivery) == 10);
    for (int update = 0; update < 10; ++update) {
      const std::string id = payloads.message_id(delivery, update);
      CHECK(text.find("\"id\":\"" + id + "\"") != std::string::npos);
      ids.insert(id);
      REQUIRE(id.starts_with("wamid."));
      const std::string bytes = from_base64(id.substr(6)).value();
      const bool inbound = payloads.type(delivery, update) == "text";
      const auto phone = static_cast<std::size_t>(bytes.at(2));
      CHECK(bytes.substr(0, 2) == "\x1c\x18");
      CHECK(bytes.substr(3 + phone, 6) == std::string("\x15\x02\x00", 3) + (inbound ? "\x12\x18\x14" : "\x11\x18\x12"));
      CHECK(text.find('"' + bytes.substr(3, phone) + '"') != std::string::npos);
      CHECK(bytes.size() == 3 + phone + 6 + (inbound ? 20 : 18) + 1);
    }
  }
  CHECK(ids.size() == 2000);
}

TEST_CASE("payload: a mix is met, and status is a mixture of sent, delivered and read") {
  const Payloads payloads = make({{"text", 60}, {"status", 30}});
  std::map<std::string, int> counts;
  for (std::uint64_t delivery = 0; delivery < 9000; ++delivery) ++counts[payloads.type(delivery, 0)];
  CHECK(counts["text"] == Approx(6000).margin(200));
  CHECK(counts["status_sent"] == Approx(1000).margin(120));
  CHECK(counts["status_delivered"] == Approx(1000).margin(120));
  CHECK(counts["status_read"] == Approx(1000).margin(120));
}

TEST_CASE("payload: a batch is one body with that many updates") {
  for (const int batch : {1, 2, 1000}) {
    const Payloads payloads = make({{"text", 1}}, batch);
    const json::value parsed = json::parse(body(payloads, 5));
    CHECK(parsed.at("entry").as_array().size() == 1);
    CHECK(parsed.at("entry").at(0).at("changes").as_array().size() == static_cast<std::size_t>(batch));
  }
}

TEST_CASE("payload: the changes client puts entry first, object last, and a time between") {
  DeliverySettings settings;
  settings.client = "changes";
  const Payloads payloads = Payloads::make(settings, 1).value();
  const std::string text = body(payloads, 0);
  CHECK(text.starts_with(R"({"entry":[{"id":"102290129340398","time":17)"));
  CHECK(text.ends_with(R"("field":"messages"}]}],"object":"whatsapp_business_account"})"));
  CHECK(json::parse(text).at("entry").at(0).at("time").is_int64());
}

TEST_CASE("payload: fixed values take the place of the corpus") {
  DeliverySettings settings;
  settings.values = {{"phone_number_id", "999"}, {"text", "a/b \u00e9"}};
  const std::string text = body(Payloads::make(settings, 1).value(), 0);
  CHECK(text.find(R"("phone_number_id":"999")") != std::string::npos);
  CHECK(text.find(R"("body":"a\/b \u00e9")") != std::string::npos);
}

TEST_CASE("payload: an unknown type or value is told with the nearest known one") {
  DeliverySettings settings;
  settings.mix = {{"txet", 1}};
  CHECK(error(settings) == "unknown payload type \"txet\"; did you mean \"text\"?");
  settings.mix = {{"text", 1}};
  settings.values = {{"phone_number", "1"}};
  CHECK(error(settings).starts_with("unknown value \"phone_number\""));
}

TEST_CASE("payload: a wanted size is met to the byte, with text that is still JSON") {
  DeliverySettings settings;
  settings.mix = {{"text", 1}, {"image", 1}, {"status_read", 1}};
  settings.body_bytes = {{1024, 1}, {65536, 1}, {3 * 1024 * 1024, 1}};
  const Payloads payloads = Payloads::make(settings, 1).value();
  std::set<std::size_t> sizes;
  for (std::uint64_t delivery = 0; delivery < 40; ++delivery) {
    const std::string text = body(payloads, delivery);
    CHECK_NOTHROW(json::parse(text));
    if (payloads.type(delivery, 0) != "status_read" && text.size() < 2000) CHECK(text.size() >= 1024);
    if (text.size() >= 1024) sizes.insert(text.size());
    CHECK(text == body(payloads, delivery));
  }
  CHECK(sizes.contains(65536));
  CHECK(sizes.contains(3 * 1024 * 1024));
}

TEST_CASE("payload: sizes without a text to lengthen, or out of range, are mistakes") {
  DeliverySettings settings;
  settings.mix = {{"status_read", 1}};
  settings.body_bytes = {{1024, 1}};
  CHECK(error(settings) == "a body size needs a type with a text to lengthen, such as text or image; the mix has none");
  settings.mix = {{"text", 1}};
  settings.body_bytes = {{0, 1}};
  CHECK(error(settings).starts_with("a body of 0 bytes"));
  settings.body_bytes = {{17 << 20, 1}};
  CHECK(error(settings).starts_with("a body of 17825792 bytes"));
}

}  // namespace
}  // namespace hookdrill
