#include "plan/scenario_toml.h"

#include <openssl/evp.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <span>

#include "base/check.h"
#include "base/encoding.h"
#include "plan/expectation_presets.h"
#include "plan/scenario_finish.h"
#include "plan/scenario_model.h"

namespace hookdrill {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr int kWorkersMax = 256;
constexpr std::size_t kPathsMax = 64;
constexpr std::size_t kStagesMax = 1000;
constexpr std::size_t kExpectationsMax = 1000;

constexpr std::pair<std::string_view, TlsSettings::Version> kVersions[] = {{"1.2", TlsSettings::Version::tls1_2},
                                                                           {"1.3", TlsSettings::Version::tls1_3}};
constexpr std::pair<std::string_view, TlsSettings::Session> kSessions[] = {{"full", TlsSettings::Session::full},
                                                                           {"resumed", TlsSettings::Session::resumed}};
constexpr std::pair<std::string_view, const char*> kClients[] = {{"messaging", "messaging"}, {"changes", "changes"}};
constexpr std::pair<std::string_view, Escaping> kEscapings[] = {{"today", Escaping::today},
                                                                {"2016", Escaping::of_2016}};
constexpr std::pair<std::string_view, DeliverySettings::Connections> kConnections[] = {
    {"fresh", DeliverySettings::Connections::fresh}, {"keepalive", DeliverySettings::Connections::keepalive}};
constexpr std::pair<std::string_view, Stage::Arrivals> kArrivals[] = {{"constant", Stage::Arrivals::constant},
                                                                      {"poisson", Stage::Arrivals::poisson}};
constexpr std::pair<std::string_view, RetrySettings::Success> kSuccess[] = {{"200", RetrySettings::Success::only_200},
                                                                            {"2xx", RetrySettings::Success::any_2xx}};
constexpr std::pair<std::string_view, RetrySettings::Sender> kSenders[] = {{"any", RetrySettings::Sender::any},
                                                                           {"same", RetrySettings::Sender::same}};
constexpr std::pair<std::string_view, Expectation::Relation> kRelations[] = {
    {"below", Expectation::Relation::below},
    {"at_most", Expectation::Relation::at_most},
    {"at_least", Expectation::Relation::at_least},
    {"above", Expectation::Relation::above},
    {"equals", Expectation::Relation::equals}};

void read_schema(const TomlNode& node, int& schema, Reading& reading) {
  schema = node.kind == TomlNode::Kind::integer && node.integer == kScenarioSchema ? kScenarioSchema : 0;
  if (schema == 0) reading.wrong(node, fmt::format("this hookdrill reads schema = 1, not {}", describe(node)));
}

void read_endpoint(const TomlNode& node, Draft& draft, Reading& reading) {
  TableReader table(node, reading);
  table.key("url", draft.scenario.endpoint, read_url);
  table.key("app_secret", draft.app_secret, read_secret);
  table.key("verify_token", draft.verify_token, read_secret);
}

void read_receiver(const TomlNode& node, std::optional<ReceiverSettings>& out, Reading& reading) {
  ReceiverSettings& receiver = out.emplace();
  TableReader table(node, reading);
  table.key("listen", receiver.listen, read_listen);
  table.key("tls", receiver.tls, read_flag);
  table.key("certificate", receiver.certificate, read_certificate);
  read_behaviour(table, node, receiver, reading);
  table.key("workers", receiver.workers, whole(1, kWorkersMax));
}

void read_tls(const TomlNode& node, TlsSettings& tls, Reading& reading) {
  TableReader table(node, reading);
  table.key("trust", tls.trust, read_text);
  table.key("client_certificate", tls.client_certificate, read_text);
  table.key("min_version", tls.min_version, one_of(kVersions));
  table.key("session", tls.session, one_of(kSessions));
}

// Before its own keys are read, the model of a path to the embedded receiver does what that receiver does.
void read_path(const TomlNode& node, PathSettings& path, const std::optional<ReceiverSettings>& receiver,
               Reading& reading) {
  TableReader table(node, reading);
  Endpoint endpoint;
  if (table.key("url", endpoint, read_url)) path.endpoint = endpoint;
  const bool elsewhere = table.key("connect", path.connect, read_connect);
  table.key("source", path.sources, read_sources);
  path.model = default_model(elsewhere || path.endpoint ? std::nullopt : receiver);
  table.key("model", path.model, read_model);
}

// The keys of [paths] are the user's own names.
void read_paths(const TomlNode& node, Scenario& scenario, Reading& reading) {
  std::vector<PathSettings>& paths = scenario.paths;
  if (!node.is_table()) return reading.wrong(node, "expected tables such as [paths.direct]");
  if (node.items.size() > kPathsMax) return reading.wrong(node, fmt::format("at most {} paths", kPathsMax));
  for (const TomlNode& item : node.items) {
    PathSettings& path = paths.emplace_back();
    TomlNode name;
    name.kind = TomlNode::Kind::text;
    name.text = item.key;
    name.place = item.key_place;
    read_name(name, path.name, reading);
    const std::string outer = reading.scope;
    reading.scope += "." + item.key;
    read_path(item, path, scenario.receiver, reading);
    reading.scope = outer;
  }
}

void read_deliveries(const TomlNode& node, DeliverySettings& deliveries, Reading& reading) {
  TableReader table(node, reading);
  table.key("client", deliveries.client, one_of(kClients));
  table.key("mix", deliveries.mix, read_mix);
  table.key("batch", deliveries.batch, whole(1, 1000));
  table.key("body_size", deliveries.body_bytes, read_body_size);
  table.key("values", deliveries.values, read_fixed_values);
  table.key("payloads", deliveries.payloads, read_text);
  table.key("escaping", deliveries.escaping, one_of(kEscapings));
  table.key("connections", deliveries.connections, one_of(kConnections));
  table.key("max_in_flight", deliveries.max_in_flight, whole(1, 1'000'000));
}

void read_stage(const TomlNode& node, Stage& stage, Reading& reading) {
  TableReader table(node, reading);
  table.key("name", stage.name, read_name);
  table.need("rate", stage, read_stage_rate, "rate = \"50/s\"");
  table.key("arrivals", stage.arrivals, one_of(kArrivals));
  table.need("for", stage.length, duration(milliseconds(1), hours(24 * 30)), "for = \"20s\"");
  table.key("measure", stage.measure, read_flag);
}

void read_retry(const TomlNode& node, RetrySettings& retry, Reading& reading) {
  TableReader table(node, reading);
  table.key("schedule", retry, read_schedule);
  table.key("jitter", retry.jitter, read_share);
  table.key("time_scale", retry.time_scale, number(0.001, 1e9));
  table.key("attempt_timeout", retry.attempt_timeout, duration(milliseconds(1), hours(1)));
  table.key("success", retry.success, one_of(kSuccess));
  table.key("sender", retry.sender, one_of(kSenders));
}

/// An [[expect]] as written: one expectation, or the name of several.
struct ExpectationDraft {
  Expectation expectation;
  std::string preset;
  double outgoing = 0, incoming = 0;
};

void read_preset_name(const TomlNode& node, std::string& out, Reading& reading) {
  const std::vector<std::string_view> names = expectation_preset_names();
  if (const auto index = word_index(node, names, reading)) out = names[*index];
}

void read_expectation(const TomlNode& node, ExpectationDraft& draft, Reading& reading) {
  TableReader table(node, reading);
  Expectation& expectation = draft.expectation;
  expectation.line = node.place.line;
  table.key("outgoing", draft.outgoing, read_rate);
  table.key("incoming", draft.incoming, read_rate);
  if (table.key("preset", draft.preset, read_preset_name)) {
    if (draft.preset != "meta-slo" && draft.outgoing + draft.incoming > 0)
      reading.missing(node, "outgoing and incoming belong to preset = \"meta-slo\" alone");
    return;
  }
  table.need("metric", expectation.metric, read_text, "metric = \"drop.rate\"");
  int relations = 0;
  for (const auto& [word, relation] : kRelations) {
    if (!table.key(word, expectation, read_limit)) continue;
    expectation.relation = relation;
    ++relations;
  }
  if (relations != 1 && node.is_table())
    reading.missing(node, "an expectation has exactly one of below, at_most, at_least, above, equals");
}

void read_expectations(const TomlNode& node, std::vector<Expectation>& out, Reading& reading) {
  std::vector<ExpectationDraft> drafts;
  list_of(read_expectation, kExpectationsMax)(node, drafts, reading);
  for (const ExpectationDraft& draft : drafts) {
    if (draft.preset.empty()) {
      out.push_back(draft.expectation);
      continue;
    }
    for (Expectation& expectation :
         expand_preset({draft.preset, draft.outgoing, draft.incoming}, draft.expectation.line))
      out.push_back(std::move(expectation));
  }
}

void read_abort_when(const TomlNode& node, AbortRule& rule, Reading& reading) {
  TableReader table(node, reading);
  table.key("failed", rule.failed_share, read_share);
  table.key("expired", rule.expired, whole(1, INT64_MAX));
}

void read_limits(const TomlNode& node, Limits& limits, Reading& reading) {
  TableReader table(node, reading);
  table.key("max_rate", limits.max_rate, read_rate);
  table.key("max_lateness", limits.max_lateness, duration(std::chrono::microseconds(1), hours(1)));
  table.key("max_duration", limits.max_duration, duration(milliseconds(1), hours(24 * 30)));
}

void read_compare(const TomlNode& node, CompareSettings& compare, Reading& reading) {
  TableReader table(node, reading);
  table.key("blocks", compare.blocks, whole(20, 1000));
  table.key("margin", compare.margin, duration(Duration{}, hours(1)));
  table.key("margin_share", compare.margin_share, read_share);
  table.key("drop_margin", compare.drop_margin, read_share);
  table.key("retries", compare.retries, read_flag);
}

void read_scenario(const TomlNode& root, Draft& draft, Reading& reading) {
  Scenario& scenario = draft.scenario;
  TableReader table(root, reading);
  int schema = 0;
  table.need("schema", schema, read_schema, "schema = 1");
  table.key("name", scenario.name, read_name);
  table.key("description", scenario.description, read_text);
  table.key("seed", scenario.seed, whole(0, INT64_MAX));
  table.key("workers", scenario.workers, whole(0, kWorkersMax));
  table.key("endpoint", draft, read_endpoint);
  table.key("receiver", scenario.receiver, read_receiver);
  table.key("tls", scenario.tls, read_tls);
  table.key("paths", scenario, read_paths);
  table.key("deliveries", scenario.deliveries, read_deliveries);
  table.key("stage", scenario.stages, list_of(read_stage, kStagesMax));
  table.key("retry", scenario.retry, read_retry);
  table.key("expect", scenario.expectations, read_expectations);
  table.key("limits", scenario.limits, read_limits);
  table.key("abort_when", scenario.abort_when, read_abort_when);
  table.key("compare", scenario.compare, read_compare);
}

std::string sha256_hex(std::string_view bytes) {
  std::array<std::uint8_t, 32> digest{};
  HOOKDRILL_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return to_hex(digest);
}

// The file's bytes, then each override behind a zero byte: the same text under other overrides is another scenario.
std::string fingerprint(std::string_view text, const ScenarioOverrides& overrides) {
  std::string bytes(text);
  const auto append = [&](std::string_view change) { bytes.append(1, '\0').append(change); };
  if (overrides.seed) append(fmt::format("seed={}", *overrides.seed));
  if (!overrides.ca_file.empty()) append("tls.trust=" + overrides.ca_file);
  for (const std::string& change : overrides.set) append(change);
  return sha256_hex(bytes);
}

Result<std::string> read_whole_file(const std::string& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  std::string text(kFileBytesMax + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (!stream.eof() || stream.bad()) {
    if (text.size() > kFileBytesMax) return Diagnostic{file, 0, 0, "larger than 1 MiB: not a scenario"};
    return Diagnostic{file, 0, 0, fmt::format("cannot be read: {}", std::strerror(errno != 0 ? errno : EIO))};
  }
  return text;
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, const std::string& file, const ScenarioOverrides& overrides,
                                bool need_secrets) {
  Result<TomlNode> root = parse_toml(text, file);
  if (!root) return root.error();
  for (const std::string& change : overrides.set) {
    if (const Result<void> applied = override_toml(*root, change); !applied) return applied.error();
  }
  Draft draft;
  Reading reading;
  draft.scenario.file = file;
  draft.scenario.sha256 = fingerprint(text, overrides);
  read_scenario(*root, draft, reading);
  if (overrides.seed) draft.scenario.seed = *overrides.seed;
  if (reading.ok()) finish_scenario(*root, overrides.ca_file, need_secrets, draft, reading);
  if (!reading.ok()) return reading.mistake();
  return std::move(draft.scenario);
}

Result<Scenario> load_scenario(const std::string& file, const ScenarioOverrides& overrides, bool need_secrets) {
  const Result<std::string> text = read_whole_file(file);
  if (!text) return text.error();
  return parse_scenario(*text, file, overrides, need_secrets);
}

std::vector<std::string> scenario_keys() {
  // A reader asks for every key of a table, so it is enough that every table is there once.
  constexpr std::string_view kEveryTable = R"(
endpoint   = { app_secret = {}, verify_token = {} }
receiver   = { delay = {}, drop = { bursts = {} }, limit = {} }
tls        = {}
deliveries = {}
retry      = {}
stage      = [{ rate = {} }]
expect     = [{}]
limits     = {}
abort_when = {}
compare    = {}
[paths.NAME.model]
connect    = {}
tls        = {}
delay      = {}
drop       = { bursts = {} }
limit      = {}
capacity   = {}
)";
  const Result<TomlNode> root = parse_toml(kEveryTable, "");
  HOOKDRILL_CHECK(root.has_value());
  Draft draft;
  Reading reading;
  read_scenario(*root, draft, reading);
  return {reading.keys.begin(), reading.keys.end()};
}

}  // namespace hookdrill
