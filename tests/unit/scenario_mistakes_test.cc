#include "base/encoding.h"
#include "base/rng.h"
#include "scenario_text.h"

namespace hookdrill {

TEST_CASE("scenario: an unknown key is named with its place and the nearest key") {
  CHECK(mistake_in("deliveries", "conections = \"fresh\"") ==
        "drill.toml:3:1: unknown key \"conections\" in [deliveries]; did you mean \"connections\"?");
  CHECK(mistake("schema = 1\nsede = 4\n") ==
        "drill.toml:2:1: unknown key \"sede\" in the top level; did you mean \"seed\"?");
  CHECK(mistake("schema = 1\n[recevier]\n" + kStage) ==
        "drill.toml:2:2: unknown key \"recevier\" in the top level; did you mean \"receiver\"?");
  CHECK(mistake("schema = 1\n[receiver]\n[[stage]]\nrat = \"5/s\"\nfor = \"5s\"\n") ==
        "drill.toml:4:1: unknown key \"rat\" in [[stage]]; did you mean \"rate\"?");
  CHECK(mistake("schema = 1\n[receiver]\n[[stage]]\nrate = { form = \"5/s\", to = \"6/s\" }\nfor = \"5s\"\n") ==
        "drill.toml:4:10: unknown key \"form\" in [stage.rate]; did you mean \"from\"?");
  CHECK(mistake_in("paths.direct.model", "drop = { share = 1, buy = \"flow\" }") ==
        "drill.toml:3:21: unknown key \"buy\" in [paths.direct.model.drop]; did you mean \"by\"?");
  CHECK(mistake_in("receiver", "drop = { shar = 1 }") ==
        "drill.toml:3:10: unknown key \"shar\" in [receiver.drop]; did you mean \"share\"?");
  CHECK(mistake_in("limits", "\"a\\u001bb\" = 1") == "drill.toml:3:1: unknown key \"a\\x1bb\" in [limits]");
}

TEST_CASE("scenario: laws of loss that contradict themselves are refused") {
  CHECK(mistake_in("receiver", "drop = 1").starts_with("drill.toml:3:8: drop: expected a table"));
  CHECK(mistake_in("receiver", "drop = { of = \"syn\" }") ==
        "drill.toml:3:8: [receiver.drop] has no \"share\"; write share = 0.18");
  CHECK(mistake_in("receiver", "drop = [{ of = \"refuse\", share = 0.5 }]").find("for every connection") !=
        std::string::npos);
  CHECK(mistake_in("receiver", "drop = { of = \"reset\", share = 1, by = \"packet\" }").find("by flow or by source") !=
        std::string::npos);
  CHECK(mistake_in("receiver", "drop = { share = 1, bursts = { every = \"1s\" } }").find("has no \"last\"") !=
        std::string::npos);
  CHECK(mistake_in("receiver", "limit = { rate = \"1/s\", of = \"syn\" }").find("is none of reset, silence, hello") !=
        std::string::npos);
}

TEST_CASE("scenario: of several mistakes, the first in the file is told") {
  CHECK(mistake("schema = 1\n[deliveries]\nbatch = 0\nzzz = 1\n[receiver]\nyyy = 2\n") ==
        "drill.toml:3:9: batch: must be 1 to 1000, not 0");
}

TEST_CASE("scenario: a wrong type says what was expected and what was found") {
  CHECK(mistake_in("deliveries", "batch = \"7\"") ==
        "drill.toml:3:9: batch: expected a whole number, found the text \"7\"");
  CHECK(mistake_in("deliveries", "batch = 1.5") ==
        "drill.toml:3:9: batch: expected a whole number, found the number 1.5");
  CHECK(mistake_in("deliveries", "client = 7") ==
        "drill.toml:3:10: client: expected text in quotes, found the number 7");
  CHECK(mistake_in("receiver", "tls = \"no\"") == "drill.toml:3:7: tls: expected true or false, found the text \"no\"");
  CHECK(mistake_in("receiver", "delay = 5") ==
        "drill.toml:3:9: delay: expected a duration such as \"20s\", found the number 5");
  CHECK(mistake_in("receiver", "close = [1]") ==
        "drill.toml:3:9: close: expected a share such as 0.03 or \"3%\", found a list");
  CHECK(mistake_in("limits", "max_rate = 50") ==
        "drill.toml:3:12: max_rate: expected a rate such as \"50/s\", found the number 50");
  CHECK(mistake_in("limits", "max_duration = 2026-01-01") ==
        "drill.toml:3:16: max_duration: expected a duration such as \"20s\", found a date");
  CHECK(mistake("schema = 1\ntls = true\n") == "drill.toml:2:7: tls: expected a table, found true");
  CHECK(mistake("schema = 1\nstage = { rate = \"5/s\" }\n") == "drill.toml:2:9: stage: expected a list, found a table");
  CHECK(mistake("schema = 1\npaths = 5\n") == "drill.toml:2:9: paths: expected tables such as [paths.direct]");
}

TEST_CASE("scenario: impossible values are refused") {
  const auto stage = [](const std::string& lines) { return mistake("schema = 1\n[receiver]\n[[stage]]\n" + lines); };
  CHECK(mistake_in("deliveries", "batch = 1001") == "drill.toml:3:9: batch: must be 1 to 1000, not 1001");
  CHECK(mistake_in("deliveries", "max_in_flight = 0") == "drill.toml:3:17: max_in_flight: must be 1 to 1000000, not 0");
  CHECK(mistake_in("deliveries", "mix = { text = -1 }") == "drill.toml:3:16: text: must be 0 to 1000000000, not -1");
  CHECK(mistake_in("deliveries", "body_size = \"17MB\"") ==
        "drill.toml:3:13: body_size: expected a size such as \"64KB\" (at most 16MB), shares of sizes, or \"ladder\", "
        "found "
        "the text \"17MB\"");
  CHECK(mistake_in("deliveries", "body_size = { 1kb = 1 }").starts_with("drill.toml:3:15: expected a size"));
  CHECK(mistake_in("deliveries", "body_size = { 1KB = 0 }") == "drill.toml:3:13: at least one share must be above 0");
  CHECK(mistake_in("deliveries", "values = { name = 7 }") ==
        "drill.toml:3:19: name: expected text in quotes, found the number 7");
  CHECK(mistake_in("deliveries", "mix = { text = 0 }") == "drill.toml:3:7: at least one share must be above 0");
  CHECK(mistake_in("receiver", "close = 1.01") == "drill.toml:3:9: close: a share is 0 to 1 (or 0% to 100%), not 1.01");
  CHECK(mistake_in("receiver", "close = nan") == "drill.toml:3:9: close: a share is 0 to 1 (or 0% to 100%), not nan");
  CHECK(mistake_in("receiver", "close = 0.6\nhalf = 0.6") ==
        "drill.toml:2:1: close, half and reset are shares of the same requests; together they exceed 1");
  CHECK(mistake_in("receiver", "status = { 99 = 1 }") == "drill.toml:3:12: \"99\" is no HTTP status from 200 to 599");
  CHECK(mistake_in("receiver", "delay = { uniform = [\"9ms\", \"1ms\"] }") ==
        "drill.toml:3:21: uniform: the shorter duration comes first");
  CHECK(mistake_in("receiver", "delay = { bimodal = [\"1ms\", \"9ms\"] }") ==
        "drill.toml:3:9: bimodal and share (of the longer delay) belong together");
  CHECK(mistake_in("receiver", "delay = { share = 0.1 }") ==
        "drill.toml:3:9: a delay is a duration, or one of uniform, bimodal and lognormal");
  CHECK(mistake_in("receiver", "delay = \"5 ms\"") ==
        "drill.toml:3:9: delay: \"5 ms\" is no duration; write a number and us, ms, s, m, h or d, such as \"20s\"");
  CHECK(mistake_in("receiver", "delay = \"2h\"") == "drill.toml:3:9: delay: must be 0s to 1h, not 2h");
  CHECK(mistake_in("receiver", "listen = \"localhost\"") ==
        "drill.toml:3:10: listen: \"localhost\" is not address:port, such as \"127.0.0.1:8443\" (port 0: a free one)");
  CHECK(mistake_in("retry", "time_scale = 0") == "drill.toml:3:14: time_scale: must be 0.001 to 1000000000, not 0");
  CHECK(mistake_in("retry", "jitter = -0.1") == "drill.toml:3:10: jitter: a share is 0 to 1 (or 0% to 100%), not -0.1");
  CHECK(mistake_in("retry", "schedule = []") == "drill.toml:3:12: schedule: an empty list; write schedule = \"none\"");
  CHECK(mistake_in("paths.direct", "connect = \"127.0.0.1\"") ==
        "drill.toml:3:11: connect: \"127.0.0.1\" is not host:port, such as \"198.51.100.7:443\" or "
        "\"[2001:db8::7]:443\"");
  CHECK(mistake_in("paths.\"a b\"", "") ==
        "drill.toml:2:8: \"a b\" cannot be a name; use up to 64 letters, digits, \"-\" and \"_\"");
  CHECK(stage("rate = \"-5/s\"\nfor = \"5s\"") == "drill.toml:4:8: rate: a rate is 0/s to 1000000/s, not -5/s");
  CHECK(stage("rate = \"5\"\nfor = \"5s\"") ==
        "drill.toml:4:8: rate: expected a rate such as \"50/s\", found the text \"5\"");
  CHECK(stage("rate = \"5/s\"\nfor = \"0s\"") == "drill.toml:5:7: for: must be 1ms to 30d, not 0s");
  CHECK(stage("rate = \"5/s\"") == "drill.toml:3:1: [[stage]] has no \"for\"; write for = \"20s\"");
  CHECK(stage("for = \"5s\"") == "drill.toml:3:1: [[stage]] has no \"rate\"; write rate = \"50/s\"");
  CHECK(stage("rate = \"0/s\"\nfor = \"5s\"") == "drill.toml:1:1: every stage has rate 0/s: nothing would be sent");
  CHECK(stage("rate = \"5/s\"\nfor = \"5s\"\nmeasure = false") ==
        "drill.toml:1:1: every stage has measure = false: nothing would be measured");
  CHECK(stage("rate = \"1000000/s\"\nfor = \"30d\"") ==
        "drill.toml:1:1: the stages plan 2.59e+12 deliveries; the limit is 1e+09");
  CHECK(mistake("schema = 1\n[receiver]\n") ==
        "drill.toml:1:1: the scenario has no [[stage]]; write one with rate and for");
  CHECK(mistake("schema = 1\nstage = []\n[receiver]\n") ==
        "drill.toml:1:1: the scenario has no [[stage]]; write one with rate and for");
}

TEST_CASE("scenario: an unknown word comes with the words that are known") {
  CHECK(mistake_in("deliveries", "client = \"mesaging\"") ==
        "drill.toml:3:10: client: \"mesaging\" is none of messaging, changes; did you mean \"messaging\"?");
  CHECK(mistake_in("retry", "schedule = \"graph36h\"") ==
        "drill.toml:3:12: schedule: \"graph36h\" is none of guide, graph-36h, whatsapp-7d, none; did you mean "
        "\"graph-36h\"?");
  CHECK(mistake_in("tls", "min_version = \"1.1\"") ==
        "drill.toml:3:15: min_version: \"1.1\" is none of 1.2, 1.3; did you mean \"1.2\"?");
}

TEST_CASE("scenario: names are unique") {
  CHECK(mistake("schema = 1\n[receiver]\n" + kStage + "name = \"a\"\n" + kStage + "name = \"a\"\n") ==
        "drill.toml:7:1: two stages are named \"a\"");
  CHECK(mistake("schema = 1\n[receiver]\n[paths.a]\n" + kStage + "name = \"a\"\n") ==
        "drill.toml:4:1: a stage and a path are both named \"a\"");
  CHECK(mistake("schema = 1\n[paths.a]\n[paths.a]\n").substr(0, 15) == "drill.toml:3:1:");
}

TEST_CASE("scenario: an expectation has one relation and a limit") {
  const auto expect = [](const std::string& lines) { return mistake(kSmall + "[[expect]]\n" + lines); };
  CHECK(expect("metric = \"drop.rate\"") ==
        "drill.toml:6:1: an expectation has exactly one of below, at_most, at_least, above, equals");
  CHECK(expect("metric = \"drop.rate\"\nbelow = 1\nabove = 0") ==
        "drill.toml:6:1: an expectation has exactly one of below, at_most, at_least, above, equals");
  CHECK(expect("below = 1") == "drill.toml:6:1: [[expect]] has no \"metric\"; write metric = \"drop.rate\"");
  CHECK(expect("metric = \"drop.rate\"\nbelow = \"1 percent\"") ==
        "drill.toml:8:9: below: expected \"1%\", \"250ms\" or a number, found the text \"1 percent\"");
  CHECK(expect("metric = \"drop.rate\"\nbelow = \"101%\"") ==
        "drill.toml:8:9: below: a share is 0 to 1 (or 0% to 100%), not 101%");
  CHECK(expect("metric = \"drop.rate\"\nbelow = -1") == "drill.toml:8:9: below: must be 0 to 1000000000000000, not -1");
}

TEST_CASE("scenario: schema is written and is 1") {
  CHECK(mistake("[receiver]\n" + kStage) == "drill.toml:1:1: the top level has no \"schema\"; write schema = 1");
  CHECK(mistake("schema = 2\nfuture = true\n") ==
        "drill.toml:1:10: schema: this hookdrill reads schema = 1, not the number 2");
}

TEST_CASE("scenario: a syntax error has its place") {
  CHECK(mistake("schema = 1\nname = \n").substr(0, 13) == "drill.toml:2:");
  CHECK(mistake("schema = 1\n[[[a]]]\n").substr(0, 15) == "drill.toml:2:3:");
  CHECK(mistake("schema = 1\nsch\xd1\x85 = 1\n").substr(0, 15) == "drill.toml:2:4:");
  CHECK(mistake("schema = 1\n[[=").substr(0, 15) == "drill.toml:2:3:");
  CHECK(mistake("schema = 1\n\xff\n").find("utf-8") != std::string::npos);
}

TEST_CASE("scenario: a path needs somewhere to go") {
  CHECK(mistake("schema = 1\n" + kStage) ==
        "drill.toml:1:1: path \"direct\" has nowhere to go; write [endpoint] url = \"https://...\", or [receiver] for "
        "the embedded one");
  const std::string own = "schema = 1\n[paths.a]\nurl = \"http://127.0.0.1:1/a\"\n";
  CHECK(good(own + kStage, {}, false).endpoint.target == "/a");
  CHECK(mistake(own + "[paths.b]\n" + kStage, {}, false).find("path \"b\" has nowhere to go") != std::string::npos);
  CHECK(mistake("schema = 1\n[endpoint]\nurl = \"http://localhost/x\"\n[receiver]\n" + kStage) ==
        "drill.toml:4:1: path \"direct\" goes to the embedded receiver by http, which has tls = true; give the path a "
        "connect of its own, or change either");
}

TEST_CASE("scenario: a mistake in an override names the option") {
  CHECK(mistake_set("deliveries.batch=0") == "--set deliveries.batch: must be 1 to 1000, not 0");
  CHECK(mistake_set("deliveries.batc=1") ==
        "--set deliveries.batc: unknown key \"batc\" in [deliveries]; did you mean \"batch\"?");
  CHECK(mistake_set("deliverys.batch=1") ==
        "--set deliverys.batch: unknown key \"deliverys\" in the top level; did you mean \"deliveries\"?");
  CHECK(mistake_set("receiver.delay={uniform=[\"1ms\",\"9mx\"]}").substr(0, 36) ==
        "--set receiver.delay: uniform: \"9mx\"");
  CHECK(mistake_set("stage.bursd.rate=5/s") ==
        "--set stage.bursd.rate: there is no stage \"bursd\"; the scenario has 1 of them");
  CHECK(mistake_set("stage.1.rate=5/s").find("there is no stage \"1\"") != std::string::npos);
  CHECK(mistake_set("schema.x=5") == "--set schema.x: \"schema\" is not a table but the number 1");
  CHECK(mistake_set("deliveries.batch") ==
        "--set deliveries.batch: expected key.path=value, such as deliveries.batch=10");
  CHECK(mistake_set("a b=1") == "--set a b: expected key.path=value, such as deliveries.batch=10");
  CHECK(mistake_set("=1") == "--set : expected key.path=value, such as deliveries.batch=10");
}

TEST_CASE("scenario: a file that cannot be read is named") {
  const auto text = [](const std::string& file) { return load_scenario(file, {}).error().text(); };
  CHECK(text("no/such.toml") == "no/such.toml: cannot be read: No such file or directory");
  CHECK(text("/") == "/: cannot be read: Is a directory");
  const TemporaryFile big("big.toml", std::string((1 << 20) + 1, '#'));
  CHECK(text(big.path()) == big.path() + ": larger than 1 MiB: not a scenario");
}

TEST_CASE("scenario: whatever is mangled, the answer is a scenario or a mistake that is safe to show") {
  std::ifstream file(std::string(HOOKDRILL_SOURCE_DIR) + "/scenarios/quickstart.toml", std::ios::binary);
  const std::string whole(std::istreambuf_iterator<char>(file), {});
  REQUIRE(whole.size() > 500);
  int refused = 0;
  for (std::uint64_t round = 0; round < 1000; ++round) {
    const auto pick = [&](std::uint32_t what, std::size_t below) {
      return draw_below({.seed = 1, .delivery = round, .index = what}, below);
    };
    std::string text = whole;
    if (pick(0, 2) == 0) text.erase(pick(1, text.size()), 1 + pick(2, 40));
    if (pick(3, 2) == 0) text.insert(pick(4, text.size()), whole, pick(5, whole.size()), pick(6, 40));
    text[pick(7, text.size())] = static_cast<char>(pick(8, 256));
    const Result<Scenario> scenario = parse_scenario(text, "drill.toml", {});
    if (scenario) continue;
    ++refused;
    const std::string told = scenario.error().text();
    INFO(told);
    CHECK(told.starts_with("drill.toml:"));
    CHECK(printable(told, 10'000) == told);
  }
  CHECK(refused > 100);
}

}  // namespace hookdrill
