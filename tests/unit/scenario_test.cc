#include <cstdlib>

#include "scenario_text.h"

namespace hookdrill {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("scenario: every value of a full file arrives") {
  ::setenv("HOOKDRILL_TEST_SECRET", "s3cret", 1);
  const Scenario s = good(R"(
schema = 1
name = "vps-drop"
seed = 42
description = "what it shows"
workers = 2
[endpoint]
url = "https://Hooks.example.com:8443/webhooks/whatsapp/%2B5511?x=a+b%20c"
app_secret = { env = "HOOKDRILL_TEST_SECRET" }
verify_token = { env = "HOOKDRILL_TEST_SECRET" }
[tls]
min_version = "1.3"
session = "resumed"
[paths.direct]
connect = "127.0.0.1:8443"
source = ["127.0.1.254-127.0.2.1", "::1"]
[paths.proxy]
url = "https://proxy.example.com/x"
[paths.direct.model]
connect = "20ms"
tls = "3ms"
delay = { lognormal = "5ms", sigma = 0.8 }
status = { 200 = 9, 503 = 1 }
drop = { share = 0.18, by = "source" }
[deliveries]
client = "changes"
mix = { text = 60, image = 10, status = 30 }
batch = 7
connections = "keepalive"
max_in_flight = 99
[[stage]]
name = "burst"
rate = { from = "60/m", to = "500/s" }
arrivals = "poisson"
for = "20s"
[[stage]]
rate = "36/h"
for = "1.5m"
measure = false
[retry]
schedule = ["1s", "2m"]
jitter = 0.1
time_scale = 600
attempt_timeout = "10s"
success = "2xx"
[[expect]]
metric = "direct.drop.rate"
below = "1%"
[[expect]]
metric = "latency.p99"
at_most = "250ms"
[[expect]]
metric = "deliveries.expired"
equals = 0
[limits]
max_rate = "120/m"
max_lateness = "5ms"
max_duration = "10m"
)");
  CHECK(s.name == "vps-drop");
  CHECK(s.seed == 42);
  CHECK(s.workers == 2);
  CHECK(s.description == "what it shows");
  CHECK(s.endpoint.host == "hooks.example.com");
  CHECK(s.endpoint.port == 8443);
  CHECK(s.endpoint.target == "/webhooks/whatsapp/%2B5511?x=a+b%20c");
  CHECK(s.endpoint.app_secret.reveal() == "s3cret");
  CHECK_FALSE(s.receiver.has_value());
  CHECK(s.tls.min_version == TlsSettings::Version::tls1_3);
  CHECK(s.tls.session == TlsSettings::Session::resumed);
  REQUIRE(s.paths.size() == 2);
  CHECK(s.paths[0].name == "direct");
  CHECK(s.paths[0].sources == std::vector<std::string>{"127.0.1.254", "127.0.1.255", "127.0.2.0", "127.0.2.1", "::1"});
  CHECK(s.paths[0].model.connect.low == milliseconds(20));
  CHECK(s.paths[0].model.server.delay.kind == DelayLaw::Kind::lognormal);
  CHECK(s.paths[0].model.server.delay.sigma == 0.8);
  CHECK(s.paths[0].model.server.status == std::map<int, double>{{200, 9}, {503, 1}});
  REQUIRE(s.paths[0].model.server.drops.size() == 1);
  CHECK(s.paths[0].model.server.drops[0].share == 0.18);
  CHECK(s.paths[0].model.server.drops[0].by == DropBy::source);
  CHECK_FALSE(s.paths[0].endpoint.has_value());
  CHECK(s.paths[1].endpoint->host == "proxy.example.com");
  CHECK(s.deliveries.client == "changes");
  CHECK(s.deliveries.mix.at("status") == 30);
  CHECK(s.deliveries.batch == 7);
  CHECK(s.deliveries.connections == DeliverySettings::Connections::keepalive);
  CHECK(s.deliveries.max_in_flight == 99);
  REQUIRE(s.stages.size() == 2);
  CHECK(s.stages[0].name == "burst");
  CHECK(s.stages[0].rate_from == 1);
  CHECK(s.stages[0].rate_to == 500);
  CHECK(s.stages[0].arrivals == Stage::Arrivals::poisson);
  CHECK(s.stages[1].name == "stage-2");
  CHECK(s.stages[1].rate_from == Approx(0.01));
  CHECK(s.stages[1].length == seconds(90));
  CHECK_FALSE(s.stages[1].measure);
  CHECK(s.retry.schedule == "custom");
  CHECK(s.retry.waits == std::vector<Duration>{seconds(1), minutes(2)});
  CHECK(s.retry.jitter == 0.1);
  CHECK(s.retry.time_scale == 600);
  CHECK(s.retry.attempt_timeout == seconds(10));
  CHECK(s.retry.success == RetrySettings::Success::any_2xx);
  REQUIRE(s.expectations.size() == 3);
  CHECK(s.expectations[0].limit == 0.01);
  CHECK(s.expectations[0].limit_text == "1%");
  CHECK(s.expectations[0].line == 46);
  CHECK(s.expectations[1].relation == Expectation::Relation::at_most);
  CHECK(s.expectations[1].limit == 0.25);
  CHECK(s.expectations[2].relation == Expectation::Relation::equals);
  CHECK(s.expectations[2].limit_text == "0");
  CHECK(s.limits.max_rate == 2);
  CHECK(s.limits.max_lateness == milliseconds(5));
  CHECK(s.limits.max_duration == minutes(10));
}

TEST_CASE("scenario: the smallest file gets every default") {
  const Scenario s = good(kSmall);
  CHECK(s.name == "drill");
  CHECK(s.file == "drill.toml");
  CHECK(s.endpoint.url == "https://localhost/webhook");
  CHECK(s.endpoint.host == "localhost");
  REQUIRE(s.paths.size() == 1);
  CHECK(s.paths[0].name == "direct");
  CHECK(s.stages[0].name == "stage-1");
  CHECK(s.receiver->status == std::map<int, double>{{200, 1}});
  CHECK(s.deliveries.mix == std::map<std::string, double>{{"text", 1}});
  REQUIRE(s.expectations.size() == 1);
  CHECK(s.expectations[0].metric == "deliveries.lost");
  CHECK(s.expectations[0].relation == Expectation::Relation::equals);
  CHECK(s.expectations[0].limit == 0);
  CHECK(s.expectations[0].limit_text == "0");
  CHECK(s.expectations[0].line == 0);
  CHECK(s.tls.trust == "system");
}

TEST_CASE("scenario: the receiver and its delay laws") {
  const auto delay = [](const std::string& law) {
    return good("schema = 1\n[receiver]\ndelay = " + law + "\n" + kStage).receiver->delay;
  };
  CHECK(delay("\"5ms\"").kind == DelayLaw::Kind::fixed);
  CHECK(delay("\"5ms\"").low == milliseconds(5));
  CHECK(delay("{ uniform = [\"1ms\", \"9ms\"] }").kind == DelayLaw::Kind::uniform);
  CHECK(delay("{ uniform = [\"1ms\", \"9ms\"] }").high == milliseconds(9));
  CHECK(delay("{ bimodal = [\"2ms\", \"200ms\"], share = 0.05 }").kind == DelayLaw::Kind::bimodal);
  CHECK(delay("{ bimodal = [\"2ms\", \"200ms\"], share = \"5%\" }").share == 0.05);
  CHECK(delay("{ lognormal = \"250us\", sigma = 1 }").low == microseconds(250));
  const Scenario s = good(
      "schema = 1\n[receiver]\nlisten = \"[::1]:8443\"\ntls = false\ncertificate = \"leaf_only\"\nclose = 0.1\n"
      "half = \"2%\"\nreset = 0\nworkers = 3\n" +
      kStage);
  CHECK(s.receiver->listen == "[::1]:8443");
  CHECK_FALSE(s.receiver->tls);
  CHECK(s.receiver->certificate == ReceiverCertificate::leaf_only);
  CHECK(s.receiver->close == 0.1);
  CHECK(s.receiver->half == 0.02);
  CHECK(s.receiver->workers == 3);
  CHECK(s.endpoint.url == "http://localhost/webhook");
}

TEST_CASE("scenario: secrets come from the environment or a file") {
  const auto text = [](const std::string& secret, const std::string& url = "https://127.0.0.1/x") {
    return "schema = 1\n[endpoint]\nurl = \"" + url + "\"\n" + secret + "\n" + kStage;
  };
  ::unsetenv("HOOKDRILL_TEST_UNSET");
  ::setenv("HOOKDRILL_TEST_EMPTY", "", 1);
  ::setenv("HOOKDRILL_TEST_SECRET", "s3cret", 1);
  CHECK(good(text("app_secret = { env = \"HOOKDRILL_TEST_SECRET\" }")).endpoint.app_secret.reveal() == "s3cret");
  CHECK(mistake(text("app_secret   = { env = \"HOOKDRILL_TEST_UNSET\" }")) ==
        "drill.toml:4:16: app_secret: the environment variable HOOKDRILL_TEST_UNSET is not set");
  CHECK(mistake(text("app_secret = { env = \"HOOKDRILL_TEST_EMPTY\" }")) ==
        "drill.toml:4:14: app_secret: the environment variable HOOKDRILL_TEST_EMPTY is empty");
  CHECK(mistake(text("")) ==
        "drill.toml:2:1: app_secret is missing; write app_secret = { env = \"APP_SECRET\" } or { file = \"...\" } in "
        "[endpoint]");
  CHECK(mistake(text("app_secret = { }")) == "drill.toml:4:14: expected { env = \"NAME\" } or { file = \"path\" }");
  CHECK(good(text("app_secret = { env = \"HOOKDRILL_TEST_UNSET\" }"), {}, false).endpoint.app_secret.empty());
  CHECK(good(text(""), {}, false).endpoint.app_secret.empty());

  const TemporaryFile file("secret", "from a file\n\n");
  CHECK(good(text("app_secret = { file = \"" + file.path() + "\" }")).endpoint.app_secret.reveal() == "from a file\n");
  CHECK(mistake(text("app_secret = { file = \"no/such\" }")) ==
        "drill.toml:4:14: app_secret: the file no/such cannot be read: No such file or directory");
  const Result<Scenario> beside = parse_scenario(text("app_secret = { file = \"" + file.name() + "\" }"),
                                                 std::filesystem::temp_directory_path() / "x.toml", {});
  REQUIRE(beside.has_value());
  CHECK(beside->endpoint.app_secret.reveal() == "from a file\n");
}

TEST_CASE("scenario: a verify token is needed only where the target is not this machine") {
  ::setenv("HOOKDRILL_TEST_SECRET", "s3cret", 1);
  const auto text = [](const std::string& url, const std::string& path) {
    return "schema = 1\n[endpoint]\nurl = \"" + url + "\"\napp_secret = { env = \"HOOKDRILL_TEST_SECRET\" }\n" + path +
           kStage;
  };
  good(text("https://localhost/x", ""));
  good(text("https://[::1]/x", ""));
  good(text("https://hooks.example.com/x", "[paths.direct]\nconnect = \"127.0.0.1:443\"\n"));
  const std::string wanted =
      "drill.toml:2:1: verify_token is missing; write verify_token = { env = \"VERIFY_TOKEN\" } or { file = \"...\" } "
      "in "
      "[endpoint]";
  CHECK(mistake(text("https://hooks.example.com/x", "")) == wanted);
  CHECK(mistake(text("https://localhost/x", "[paths.direct]\nconnect = \"192.0.2.1:443\"\n")) == wanted);
}

TEST_CASE("scenario: a secret may be written out for the embedded receiver only, and none is needed there") {
  const std::string secret = "[endpoint]\napp_secret = \"topsecret\"\n";
  CHECK(good("schema = 1\n" + secret + "[receiver]\n" + kStage).endpoint.app_secret.reveal() == "topsecret");
  const std::string told = mistake("schema = 1\n" + secret + "url = \"https://127.0.0.1/\"\n" + kStage);
  CHECK(told ==
        "drill.toml:3:14: app_secret: a secret does not belong into a scenario; use { env = \"APP_SECRET\" } or { file "
        "= \"...\" } (only for the embedded [receiver] may it be written out)");
  CHECK(mistake("schema = 1\n[endpoint]\napp_secret = 12345\n[receiver]\n" + kStage).find("12345") ==
        std::string::npos);

  const Scenario first = good(kSmall);
  const Scenario again = good(kSmall);
  const Scenario other = good(kSmall, {7, "", {}});
  CHECK(first.endpoint.app_secret.reveal().size() == 32);
  CHECK(first.endpoint.app_secret.reveal() == again.endpoint.app_secret.reveal());
  CHECK(first.endpoint.app_secret.reveal() != first.endpoint.verify_token.reveal());
  CHECK(first.endpoint.app_secret.reveal() != other.endpoint.app_secret.reveal());
}

TEST_CASE("scenario: trust is the system's or a file beside the scenario") {
  CHECK(mistake_in("tls", "trust = \"no/such.pem\"") ==
        "drill.toml:3:9: the PEM file no/such.pem cannot be read: No such file or directory");
  const TemporaryFile pem("root.pem", "x");
  CHECK(good(kSmall + "[tls]\ntrust = \"" + pem.path() + "\"\n").tls.trust == pem.path());
  CHECK(good(kSmall, {{}, pem.path(), {}}).tls.trust == pem.path());
  CHECK(good(kSmall, {{}, "no/such.pem", {}}, false).tls.trust == "no/such.pem");
  CHECK(mistake(kSmall, {{}, "no/such.pem", {}}) ==
        "--ca-file: the PEM file no/such.pem cannot be read: No such file or directory");
}

TEST_CASE("scenario: --set changes the file before it is checked") {
  const auto set = [](std::vector<std::string> changes) {
    return good(kSmall + "name = \"burst\"\n[[expect]]\nmetric = \"drop.rate\"\nbelow = \"1%\"\n",
                {{}, "", std::move(changes)});
  };
  CHECK(set({"deliveries.batch=10"}).deliveries.batch == 10);
  CHECK(set({"stage.0.rate=99/s"}).stages[0].rate_from == 99);
  CHECK(set({"stage.burst.rate={from=\"1/s\",to=\"2/s\"}"}).stages[0].rate_to == 2);
  CHECK(set({"expect.0.below=5%"}).expectations[0].limit == 0.05);
  CHECK(set({"expect.0.below=5%"}).expectations[0].limit_text == "5%");
  CHECK(set({"tls.min_version=1.3"}).tls.min_version == TlsSettings::Version::tls1_3);
  CHECK(set({"retry.success=200"}).retry.success == RetrySettings::Success::only_200);
  CHECK(set({"paths.other.connect=127.0.0.1:9"}).paths[0].name == "other");
  CHECK(set({"receiver.status.503=3"}).receiver->status == std::map<int, double>{{503, 3}});
  CHECK(set({"seed=1", "seed=2"}).seed == 2);
  CHECK(set({"description=a = b"}).description == "a = b");
  CHECK(good(kSmall, {9, "", {"seed=2"}}).seed == 9);
}

TEST_CASE("scenario: its fingerprint covers the text and the overrides") {
  // sha256sum of the bytes of kSmall
  CHECK(good(kSmall).sha256 == "d815c3a7d911d3731c9bbf5a8603eb003608571e616aa11e0b09b3c017e7ad6f");
  CHECK(good(kSmall).sha256 != good(kSmall + "#").sha256);
  CHECK(good(kSmall).sha256 != good(kSmall, {{}, "", {"seed=1"}}).sha256);
  CHECK(good(kSmall, {1, "", {}}).sha256 == good(kSmall, {{}, "", {"seed=1"}}).sha256);
}

TEST_CASE("scenario: every shipped scenario parses") {
  std::size_t files = 0;
  const std::filesystem::path root = std::filesystem::path(HOOKDRILL_SOURCE_DIR) / "scenarios";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".toml") continue;
    const Result<Scenario> scenario = load_scenario(entry.path().string(), {}, false);
    INFO((scenario ? "" : scenario.error().text()));
    CHECK(scenario.has_value());
    if (scenario) CHECK_FALSE(scenario->description.empty());
    ++files;
  }
  CHECK(files > 0);
}

TEST_CASE("scenario: every key stands in the reference, in the section of its table") {
  std::ifstream file(std::string(HOOKDRILL_SOURCE_DIR) + "/SCENARIO.md");
  const std::string reference(std::istreambuf_iterator<char>(file), {});
  for (const std::string& key : scenario_keys()) {
    INFO(key);
    const std::string table = key.substr(0, key.find('.'));
    const std::size_t begin = reference.find("\n## `" + table + "`");
    const bool explained_once = key.find(".delay.") != std::string::npos || begin == std::string::npos;
    const std::string section =
        explained_once ? reference : reference.substr(begin, reference.find("\n## ", begin + 1) - begin);
    CHECK(section.find("`" + key.substr(key.rfind('.') + 1) + "`") != std::string::npos);
  }
  CHECK(scenario_keys().size() > 60);
}

TEST_CASE("scenario: how the receiver loses connections") {
  const std::string head = "schema = 1\n[[stage]]\nrate = \"1/s\"\nfor = \"1s\"\n[receiver]\n";
  const ReceiverSettings one = *good(head + "drop = { share = 0.18 }\nlimit = { rate = \"120/m\" }\n").receiver;
  REQUIRE(one.drops.size() == 1);
  CHECK(one.drops[0].of == DropLaw::Of::syn);
  CHECK(one.drops[0].by == DropBy::flow);
  CHECK(one.drops[0].share == 0.18);
  CHECK_FALSE(one.drops[0].length.has_value());
  CHECK(one.limit.per_second == 2);
  CHECK(one.limit.of == DropLaw::Of::reset);

  const ReceiverSettings more = *good(head +
                                      "[[receiver.drop]]\nof = \"refuse\"\nfrom = \"10s\"\nfor = \"5s\"\n"
                                      "[[receiver.drop]]\nof = \"silence\"\nshare = \"50%\"\nby = \"source\"\n"
                                      "bursts = { every = \"9s\", last = \"1s\" }\n")
                                     .receiver;
  REQUIRE(more.drops.size() == 2);
  CHECK(more.drops[0].of == DropLaw::Of::refuse);
  CHECK(more.drops[0].share == 1);
  CHECK(more.drops[0].from == std::chrono::seconds(10));
  CHECK(more.drops[0].length == std::chrono::seconds(5));
  CHECK(more.drops[1].by == DropBy::source);
  CHECK(more.drops[1].burst_every == std::chrono::seconds(9));
  CHECK(more.drops[1].burst_length == std::chrono::seconds(1));
}

TEST_CASE("scenario: what bodies are made of") {
  const Scenario s = good(
      "schema = 1\n[receiver]\n[[stage]]\nrate = \"1/s\"\nfor = \"1s\"\n[deliveries]\n"
      "body_size = { 600B = 90, 64KB = 9, 3MB = 1 }\nescaping = \"2016\"\n"
      "values = { phone_number_id = \"17\" }\n");
  CHECK(s.deliveries.body_bytes == std::map<std::uint64_t, double>{{600, 90}, {64'000, 9}, {3'000'000, 1}});
  CHECK(s.deliveries.escaping == Escaping::of_2016);
  CHECK(s.deliveries.values.at("phone_number_id") == "17");
}

}  // namespace hookdrill
