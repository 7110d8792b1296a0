#include "plan/payload_template.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/encoding.h"
#include "catch.h"
#include "plan/payload.h"

namespace hookdrill {
namespace {

const Corpus& corpus() {
  static const Corpus lists = {
      {"phone", {"55119########"}}, {"name", {"Ana", "Zo\\u00eb"}}, {"text", {"hello"}}, {"number", {"-23.5"}}};
  return lists;
}

std::string fill(std::string_view json, std::uint64_t delivery = 1, std::uint32_t update = 0) {
  std::string out;
  PayloadTemplate::compile(json, corpus()).value().render(UpdateKey(99, delivery, update), out);
  return out;
}

std::string mistake(std::string_view json) {
  const Result<PayloadTemplate> result = PayloadTemplate::compile(json, corpus());
  return result.has_value() ? "" : result.error().text();
}

bool all_of(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

// A folder of the test's own under the system's temporary folder, removed with it.
struct Folder {
  std::filesystem::path path;
  explicit Folder(const std::string& name) : path(std::filesystem::temp_directory_path() / name) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(path / file, std::ios::binary) << text;
  }
  DeliverySettings settings(const std::string& type) const {
    DeliverySettings settings;
    settings.mix = {{type, 1}};
    settings.payloads = path.string();
    return settings;
  }
};

TEST_CASE("payload template: constant text stays, braces that are no value too") {
  CHECK(fill(R"({"a":"{{1}} $ # {x}","b":[1,{}]})") == R"({"a":"{{1}} $ # {x}","b":[1,{}]})");
  CHECK(fill("") == "");
}

TEST_CASE("payload template: the same name is one value in an update, a numbered one is another") {
  const std::string two = fill(R"(["${digits:15}","${digits:15}","${digits:15.2}"])");
  CHECK(two.substr(2, 15) == two.substr(20, 15));
  CHECK(two.substr(2, 15) != two.substr(38, 15));
  CHECK(fill("${phone}") != fill("${phone.2}"));
}

TEST_CASE("payload template: a value depends on delivery and update, and on nothing else in the template") {
  CHECK(fill("${hex:16}") == fill("${hex:16}"));
  CHECK(fill("${hex:16}", 2) != fill("${hex:16}", 3));
  CHECK(fill("${hex:16}", 2, 0) != fill("${hex:16}", 2, 1));
  CHECK(fill("${name}|${hex:16}").ends_with('|' + fill("${hex:16}")));
}

TEST_CASE("payload template: a lone #{} loses its quotes") {
  CHECK(fill(R"({"a":"#{number}","b":"x #{number}"})") == R"({"a":-23.5,"b":"x #{number}"})");
  CHECK(all_of(fill(R"("#{int:3:9}")"), "3456789"));
}

TEST_CASE("payload template: values have the form that their names say") {
  for (std::uint64_t delivery = 0; delivery < 200; ++delivery) {
    const std::string digits = fill("${digits:19}", delivery);
    CHECK(digits.size() == 19);
    CHECK(all_of(digits, "0123456789"));
    CHECK(digits[0] != '0');
    const std::string hex = fill("${hex:30}", delivery);
    CHECK(hex.size() == 30);
    CHECK(all_of(hex, "0123456789abcdef"));
    std::string base64 = fill("${base64:32}", delivery);
    base64.erase(std::remove(base64.begin(), base64.end(), '\\'), base64.end());
    CHECK(from_base64(base64).value().size() == 32);
    const std::string phone = fill("${phone}", delivery);
    CHECK(phone.size() == 13);
    CHECK(phone.starts_with("55119"));
    CHECK(all_of(phone, "0123456789"));
    const int number = std::stoi(fill("${int:-2:2}", delivery));
    CHECK(number >= -2);
    CHECK(number <= 2);
  }
}

TEST_CASE("payload template: the slash of base64 is escaped as Meta does") {
  bool seen = false;
  for (std::uint64_t delivery = 0; delivery < 100; ++delivery) {
    const std::string text = fill("${base64:48}", delivery);
    for (std::size_t at = text.find('/'); at != std::string::npos; at = text.find('/', at + 1)) {
      seen = true;
      CHECK(text[at - 1] == '\\');
    }
  }
  CHECK(seen);
}

TEST_CASE("payload template: times can be shifted, and go on with the deliveries of a path") {
  CHECK(std::stoll(fill("${timestamp+300}")) == std::stoll(fill("${timestamp}")) + 300);
  CHECK(std::stoll(fill("${timestamp-5}")) == std::stoll(fill("${timestamp}")) - 5);
  CHECK(std::stoll(fill("${timestamp_ms}")) / 1000 == std::stoll(fill("${timestamp}")));
  CHECK(std::stoll(fill("${timestamp}", 100)) == std::stoll(fill("${timestamp}", 0)) + 2);
  CHECK(fill("${timestamp}", 100 + (3ULL << 40)) == fill("${timestamp}", 100));
}

TEST_CASE("payload template: ids of the kind that numbers other messages differ from the update's own") {
  const PayloadTemplate both = PayloadTemplate::compile("${sent_message_id.2} ${message_id}", corpus()).value();
  std::set<std::string> ids;
  for (std::uint64_t delivery = 0; delivery < 1000; ++delivery) {
    const UpdateKey key(7, delivery, 3);
    std::string out;
    both.render(key, out);
    const std::string own = both.update_id(key);
    CHECK(out.ends_with(' ' + own));
    ids.insert(own);
    ids.insert(out.substr(0, out.find(' ')));
  }
  CHECK(ids.size() == 2000);
}

TEST_CASE("payload template: what is no value is told with what would be one") {
  CHECK(mistake("${timestmp}") ==
        "${timestmp}: not a value that templates know, nor a list of corpus.json; did you mean \"timestamp\"?");
  for (const char* text : {"${}", "${digits}", "${digits:0}", "${digits:49}", "${digits:x}", "${int:5:1}", "${int:1}",
                           "${message_id+3}", "${timestamp+}", "${hex:8.0}", "\"#{nothing}\""}) {
    CAPTURE(text);
    CHECK(mistake(text).find("not a value that templates know") != std::string::npos);
  }
}

TEST_CASE("payload template: an id without a list of customers' numbers is a mistake, not a crash") {
  const Result<PayloadTemplate> result = PayloadTemplate::compile("${message_id}", {});
  CHECK_FALSE(result.has_value());
}

TEST_CASE("payload template: a template of one's own adds a type, and replaces a built-in one") {
  const Folder folder("hookdrill-test-own-templates");
  folder.write("mine.json", "// Mine.\n{\"value\": {\"a\": \"é ${name}\"}, \"field\": \"mine\"}");
  folder.write("text.json", "{\"value\": {}, \"field\": \"replaced\"}");
  folder.write("corpus.json", "{\"name\": [\"Só eu\"]}");
  folder.write("readme.txt", "not a template");
  std::string body;
  Payloads::make(folder.settings("mine"), 1).value().body(0, body);
  CHECK(body.find(R"([{"value":{"a":"\u00e9 S\u00f3 eu"},"field":"mine"}])") != std::string::npos);
  Payloads::make(folder.settings("text"), 1).value().body(0, body);
  CHECK(body.find(R"([{"value":{},"field":"replaced"}])") != std::string::npos);
}

TEST_CASE("payload template: a captured body saved as a file is a type, byte for byte, and travels alone") {
  const Folder folder("hookdrill-test-captured-body");
  const std::string captured = R"({"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}]})";
  folder.write("captured.json", captured);
  DeliverySettings settings = folder.settings("captured");
  settings.batch = 10;
  const Payloads payloads = Payloads::make(settings, 1).value();
  std::string body;
  payloads.body(5, body);
  CHECK(body == captured);
  CHECK(payloads.updates(5) == 1);
}

TEST_CASE("payload template: mistakes in a user's files are told with the file") {
  const Folder folder("hookdrill-test-bad-templates");
  const auto mistake_of = [&](const std::string& type) {
    const Result<Payloads> made = Payloads::make(folder.settings(type), 1);
    return made.has_value() ? "" : made.error().text();
  };
  folder.write("broken.json", "// Broken.\n{\"value\": [1,],\n\"field\": \"x\"}");
  CHECK(mistake_of("broken") == (folder.path / "broken.json").string() + ":2:14: not JSON: syntax error");
  folder.write("slot.json", "{\"value\": \"${nmae}\", \"field\": \"x\"}");
  CHECK(mistake_of("slot").starts_with((folder.path / "slot.json").string() + ": ${nmae}: not a value"));
  folder.write("client.json", "// X.\n// client: telegram\n{}");
  CHECK(mistake_of("text").find("client.json: unknown client \"telegram\"") != std::string::npos);
  std::filesystem::remove(folder.path / "client.json");
  folder.write("corpus.json", "{\"name\": []}");
  CHECK(mistake_of("text").ends_with("corpus.json: \"name\" must be a list of one text or more"));
  folder.write("corpus.json", "{\"phone\": [\"+49 30\"]}");
  CHECK(mistake_of("text").find("must be at most 15 digits") != std::string::npos);
  folder.write("corpus.json", "[]");
  CHECK(mistake_of("text").ends_with("corpus.json: must be a JSON object"));
  DeliverySettings nowhere = folder.settings("text");
  nowhere.payloads = (folder.path / "nowhere").string();
  CHECK(Payloads::make(nowhere, 1).error().text().find("cannot be read as a folder") != std::string::npos);
}

}  // namespace
}  // namespace hookdrill
