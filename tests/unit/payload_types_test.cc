// Every built-in type: its bytes against a golden file, its shape against the public examples.
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "catch.h"
#include "plan/payload.h"

namespace hookdrill {
namespace {

namespace json = boost::json;

const std::string kTests = std::string(HOOKDRILL_SOURCE_DIR) + "/tests/";

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const PayloadLibrary& library() {
  static const PayloadLibrary built_in = PayloadLibrary::load("").value();
  return built_in;
}

std::string body_of(const std::string& type, std::uint64_t seed, std::uint64_t delivery) {
  DeliverySettings settings;
  settings.mix = {{type, 1}};
  std::string text;
  Payloads::make(settings, seed).value().body(delivery, text);
  return text;
}

json::value with_comments(const std::string& text) {
  json::parse_options options;
  options.allow_comments = true;
  return json::parse(text, {}, options);
}

// Where `actual` is not what `shape` says, as a path and a sentence; "" when it is.
std::string difference(const json::value& shape, const json::value& actual, const std::string& at) {
  if (const json::string* word = shape.if_string()) {
    const std::string expected(*word);
    if (expected.starts_with("="))
      return actual.is_string() && actual.get_string() == expected.substr(1) ? "" : at + " is not " + expected;
    const std::string kind = actual.is_string()   ? "string"
                             : actual.is_int64()  ? "integer"
                             : actual.is_double() ? "number"
                             : actual.is_bool()   ? "boolean"
                                                  : "other";
    return kind == expected ? "" : at + " is of type " + kind + ", not " + expected;
  }
  if (const json::array* list = shape.if_array()) {
    if (!actual.is_array() || actual.get_array().size() != list->size()) return at + " is not such a list";
    for (std::size_t i = 0; i < list->size(); ++i)
      if (const std::string found = difference((*list)[i], actual.at(i), at + "[]"); !found.empty()) return found;
    return "";
  }
  const json::object& fields = shape.get_object();
  if (!actual.is_object()) return at + " is no object";
  auto field = actual.get_object().begin();
  for (const auto& [name, part] : fields) {
    const std::string here = at + "." + std::string(name);
    if (field == actual.get_object().end() || field->key() != name) return here + " is missing or out of order";
    if (const std::string found = difference(part, field->value(), here); !found.empty()) return found;
    ++field;
  }
  return field == actual.get_object().end() ? "" : at + "." + std::string(field->key()) + " is not in the example";
}

const json::value& value_of(const json::value& body) {
  return body.at("entry").at(0).at("changes").at(0).at("value");
}

// The part of a body that an example shows.
json::value part_of(const json::value& body, const std::string& part, const json::value& shape) {
  if (part == "body") return body;
  const json::value& value = value_of(body);
  if (part == "message") return value.at("messages").at(0);
  if (part == "status") return value.at("statuses").at(0);
  if (part == "contacts") return value.at("contacts");
  if (part == "value") return value;
  json::object members;
  for (const auto& [name, ignored] : shape.get_object()) members[name] = value.at(name);
  return members;
}

TEST_CASE("payload types: the bytes of each are those of its golden file") {
  for (const auto& [type, file] : library().types()) {
    const std::string path = kTests + "golden/payload/" + type + ".json";
    const std::string actual = body_of(type, 42, 7) + "\n";
    if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << actual;
    INFO(type << ": after a change on purpose, UPDATE_GOLDEN=1 rewrites the golden files");
    CHECK(actual == content(path));
  }
}

TEST_CASE("payload types: fields have the names, order and JSON types of the public examples") {
  const json::value examples = with_comments(content(kTests + "data/payload_shapes.json"));
  for (const auto& [type, parts] : examples.as_object()) {
    for (const auto& [part, shape] : parts.as_object()) {
      const json::value body = json::parse(body_of(std::string(type), 42, 7));
      CHECK(difference(shape, part_of(body, std::string(part), shape), std::string(type)) == "");
    }
  }
  CHECK(examples.as_object().size() > 60);
}

TEST_CASE("payload types: the difference between a body and an example is found") {
  const json::value shape = json::parse(R"({"a":"string","b":{"type":"=x"},"c":["integer"]})");
  const auto found = [&](const char* actual) { return difference(shape, json::parse(actual), "v"); };
  CHECK(found(R"({"a":"1","b":{"type":"x"},"c":[1]})") == "");
  CHECK(found(R"({"b":{"type":"x"},"a":"1","c":[1]})") == "v.a is missing or out of order");
  CHECK(found(R"({"a":1,"b":{"type":"x"},"c":[1]})") == "v.a is of type integer, not string");
  CHECK(found(R"({"a":"1","b":{"type":"y"},"c":[1]})") == "v.b.type is not =x");
  CHECK(found(R"({"a":"1","b":{"type":"x"},"c":[1.5]})") == "v.c[] is of type number, not integer");
  CHECK(found(R"({"a":"1","b":{"type":"x"},"c":[1],"d":1})") == "v.d is not in the example");
}

TEST_CASE("payload types: the updates of the messaging client have the envelope of a captured message") {
  for (const auto& [type, file] : library().types()) {
    const std::string body = body_of(type, 1, 0);
    CAPTURE(type, body);
    if (file.client == "changes") {
      CHECK(body.starts_with("{\"entry\":[{\"id\":\""));
      CHECK(json::parse(body).at("entry").at(0).at("time").is_int64());
    } else {
      CHECK(body.starts_with("{\"object\":\""));
    }
    if (file.client == "messaging" && body.find("\"messaging\":") == std::string::npos && type != "dashboard_test")
      CHECK(body.find(R"("changes":[{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":")") !=
            std::string::npos);
  }
}

TEST_CASE("payload types: every draw of every type is ASCII JSON, and no two deliveries are alike in a type with ids") {
  for (const auto& [type, file] : library().types()) {
    DeliverySettings settings;
    settings.mix = {{type, 1}};
    const Payloads payloads = Payloads::make(settings, 3).value();
    std::set<std::string> ids, bodies;
    std::string body;
    for (std::uint64_t delivery = 0; delivery < 60; ++delivery) {
      payloads.body(delivery, body);
      json::error_code error;
      json::parse(body, error);
      CAPTURE(type, body);
      CHECK_FALSE(error);
      CHECK(std::all_of(body.begin(), body.end(), [](char c) { return c >= ' ' && c <= '~'; }));
      CHECK(body.find("${") == std::string::npos);
      CHECK(body.find("#{") == std::string::npos);
      const std::string id = payloads.message_id(delivery, 0);
      if (id.empty()) continue;
      ids.insert(id);
      bodies.insert(body);
      CHECK(body.find('"' + id + '"') != std::string::npos);
    }
    if (!ids.empty()) CHECK(ids.size() == 60);
    CHECK(bodies.size() == ids.size());
  }
}

TEST_CASE("payload types: messages, statuses, echoes and calls have ids; account-level updates have none") {
  for (const auto& [type, file] : library().types()) {
    DeliverySettings settings;
    settings.mix = {{type, 1}};
    const Payloads payloads = Payloads::make(settings, 3).value();
    const bool expected =
        file.client == "messaging" && type != "user_preferences" && type != "unknown_field" && type != "dashboard_test";
    CHECK_FALSE(payloads.message_id(0, 0).empty() == expected);
    CHECK(payloads.client(0) == file.client);
  }
}

TEST_CASE("payload types: each is described in one line, and each mixture names types that exist") {
  for (const auto& [type, file] : library().types()) {
    CAPTURE(type);
    CHECK(file.about.size() > 5);
    CHECK(file.about.size() <= 64);
  }
  for (const auto& [name, shares] : library().mixtures()) {
    CAPTURE(name);
    CHECK_FALSE(library().types().contains(name));
    for (const auto& [type, share] : shares) CHECK(library().types().contains(type));
  }
}

TEST_CASE("payload types: a mixture of messages and account updates goes out under two clients") {
  DeliverySettings settings;
  settings.mix = {{"message", 1}, {"account", 1}, {"messenger_text", 1}};
  settings.batch = 3;
  const Payloads payloads = Payloads::make(settings, 5).value();
  std::map<std::string, int> clients;
  std::string body;
  for (std::uint64_t delivery = 0; delivery < 300; ++delivery) {
    ++clients[payloads.client(delivery)];
    payloads.body(delivery, body);
    const json::value parsed = json::parse(body);
    const bool whole = parsed.at("object").as_string() == "page";
    CHECK(payloads.updates(delivery) == (whole ? 1 : 3));
    if (!whole) CHECK(parsed.at("entry").at(0).at("changes").as_array().size() == 3);
  }
  CHECK(clients["changes"] == Approx(100).margin(30));
  CHECK(clients["messaging"] == Approx(200).margin(30));
}

}  // namespace
}  // namespace hookdrill
