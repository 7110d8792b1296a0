#include "plan/scenario_finish.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/encoding.h"
#include "base/rng.h"
#include "plan/address.h"
#include "plan/scenario_model.h"
#include "plan/scenario_toml.h"

namespace hookdrill {
namespace {

constexpr std::size_t kSecretBytesMax = 4096;
constexpr double kDeliveriesMax = 1e9;

// The place of a key, or of the nearest table around it that was written.
const TomlNode& written(const TomlNode& root, std::string_view table, std::string_view key) {
  const TomlNode* node = root.find(table);
  if (node == nullptr) return root;
  const TomlNode* value = node->find(key);
  return value != nullptr ? *value : *node;
}

// A file named by the scenario lies beside it; one named on the command line (line 0), in the working directory.
std::string located(const std::string& path, const Place& place) {
  if (place.line == 0) return path;
  return (std::filesystem::path(place.file).parent_path() / path).string();
}

// The text of a small file, or nothing with errno set.
std::optional<std::string> small_file(const std::string& path, std::size_t bytes_max) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::string text(bytes_max, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.eof()) return text;
  if (errno == 0) errno = text.size() == bytes_max ? EFBIG : EIO;
  return std::nullopt;
}

void check_stages(const TomlNode& root, Scenario& scenario, Reading& reading) {
  if (scenario.stages.empty())
    return reading.missing(root, "the scenario has no [[stage]]; write one with rate and for");
  const TomlNode& list = *root.find("stage");
  double deliveries = 0;
  for (std::size_t i = 0; i < scenario.stages.size(); ++i) {
    Stage& stage = scenario.stages[i];
    const TomlNode& node = list.items[i];
    if (stage.name.empty()) stage.name = fmt::format("stage-{}", i + 1);
    const auto same = [&](const auto& other) { return other.name == stage.name; };
    if (std::any_of(scenario.stages.begin(), scenario.stages.begin() + static_cast<std::ptrdiff_t>(i), same))
      reading.wrong_at(node.place, fmt::format("two stages are named \"{}\"", stage.name));
    if (std::any_of(scenario.paths.begin(), scenario.paths.end(), same))
      reading.wrong_at(node.place, fmt::format("a stage and a path are both named \"{}\"", stage.name));
    deliveries += (stage.rate_from + stage.rate_to) / 2 * to_seconds(stage.length);
  }
  if (deliveries <= 0) reading.missing(root, "every stage has rate 0/s: nothing would be sent");
  if (deliveries > kDeliveriesMax)
    reading.missing(root,
                    fmt::format("the stages plan {:.3g} deliveries; the limit is {:.0g}", deliveries, kDeliveriesMax));
  if (std::none_of(scenario.stages.begin(), scenario.stages.end(), [](const Stage& s) { return s.measure; }))
    reading.missing(root, "every stage has measure = false: nothing would be measured");
}

void finish_name(Scenario& scenario) {
  if (!scenario.name.empty()) return;
  scenario.name = std::filesystem::path(scenario.file).stem().string().substr(0, 64);
  for (char& c : scenario.name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') c = '-';
  }
  if (scenario.name.empty()) scenario.name = "scenario";
}

void finish_paths(const TomlNode& root, Scenario& scenario, Reading& reading) {
  if (scenario.paths.empty()) scenario.paths.emplace_back().model = default_model(scenario.receiver);
  Endpoint& endpoint = scenario.endpoint;
  const auto own = std::find_if(scenario.paths.begin(), scenario.paths.end(),
                                [](const PathSettings& path) { return path.endpoint.has_value(); });
  if (endpoint.url.empty() && scenario.receiver) {
    endpoint = *parse_endpoint_url(scenario.receiver->tls ? "https://localhost/webhook" : "http://localhost/webhook");
  } else if (endpoint.url.empty()) {
    for (const PathSettings& path : scenario.paths) {
      if (!path.endpoint)
        return reading.missing(written(root, "endpoint", "url"),
                               fmt::format("path \"{}\" has nowhere to go; write [endpoint] url = \"https://...\", or "
                                           "[receiver] for the embedded one",
                                           path.name));
    }
    endpoint = *own->endpoint;
  }
  for (const PathSettings& path : scenario.paths) {
    const Endpoint& target = path.endpoint ? *path.endpoint : endpoint;
    if (scenario.receiver && path.connect.empty() && target.tls != scenario.receiver->tls)
      reading.wrong_at(
          written(root, "receiver", "tls").place,
          fmt::format("path \"{}\" goes to the embedded receiver by {}, which has tls = {}; give the path a "
                      "connect of its own, or change either",
                      path.name, target.tls ? "https" : "http", scenario.receiver->tls));
  }
}

bool only_loopback(const Scenario& scenario) {
  return std::all_of(scenario.paths.begin(), scenario.paths.end(), [&](const PathSettings& path) {
    const std::optional<HostPort> connect = parse_host_port(path.connect);
    return is_loopback_host(connect ? connect->host : path.endpoint ? path.endpoint->host : scenario.endpoint.host);
  });
}

// One secret, or nothing with the mistake told.
std::optional<std::string> fetch(const SecretSource& source, std::string_view key, Reading& reading) {
  const auto fail = [&](std::string message) {
    reading.wrong_at(source.place, fmt::format("{}: {}", key, message));
    return std::nullopt;
  };
  if (source.kind == SecretSource::Kind::literal) return source.value;
  if (source.kind == SecretSource::Kind::environment) {
    const char* const value = std::getenv(source.value.c_str());
    if (value == nullptr) return fail(fmt::format("the environment variable {} is not set", printable(source.value)));
    if (*value == '\0') return fail(fmt::format("the environment variable {} is empty", printable(source.value)));
    return value;
  }
  const std::string path = located(source.value, source.place);
  std::optional<std::string> text = small_file(path, kSecretBytesMax);
  if (!text) return fail(fmt::format("the file {} cannot be read: {}", printable(path), std::strerror(errno)));
  if (text->ends_with('\n')) text->pop_back();
  if (text->ends_with('\r')) text->pop_back();
  if (text->empty()) return fail(fmt::format("the file {} is empty", printable(path)));
  return text;
}

// The embedded receiver needs no secret of anybody's: both ends take one that follows from the seed.
Secret made_up(std::uint64_t seed, std::uint32_t which) {
  std::string text;
  for (std::uint32_t i = 0; i < 2; ++i)
    text += fmt::format("{:016x}", draw({.seed = seed, .attempt = which, .purpose = Purpose::secret, .index = i}));
  return Secret(text);
}

struct SecretRule {
  std::string_view key;
  std::string_view variable;  // in the example of a message
  bool required = false;
  std::uint32_t number = 0;
};

void finish_secret(const TomlNode& root, const Scenario& scenario, const SecretRule& rule, const SecretSource& source,
                   bool need_secrets, Secret& secret, Reading& reading) {
  const std::string example = fmt::format("{{ env = \"{}\" }} or {{ file = \"...\" }}", rule.variable);
  if (source.kind == SecretSource::Kind::literal && !scenario.receiver)
    return reading.wrong_at(source.place, fmt::format("{}: a secret does not belong into a scenario; use {} (only for "
                                                      "the embedded [receiver] may it be written out)",
                                                      rule.key, example));
  if (source.kind == SecretSource::Kind::none) {
    if (scenario.receiver) secret = made_up(scenario.seed, rule.number);
    if (!scenario.receiver && rule.required && need_secrets)
      reading.missing(written(root, "endpoint", rule.key),
                      fmt::format("{0} is missing; write {0} = {1} in [endpoint]", rule.key, example));
    return;
  }
  Reading lenient;  // a run that sends nothing takes what is there
  if (std::optional<std::string> text = fetch(source, rule.key, need_secrets ? reading : lenient))
    secret = Secret(std::move(*text));
}

void finish_trust(const TomlNode& root, const std::string& ca_file, bool need_secrets, TlsSettings& tls,
                  Reading& reading) {
  const TomlNode& node = written(root, "tls", "trust");
  const Place place = ca_file.empty() ? node.place : Place{"--ca-file", 0, 0};
  if (!ca_file.empty()) tls.trust = ca_file;
  if (tls.trust == "system") return;
  tls.trust = located(tls.trust, place);
  if (need_secrets && !std::ifstream(tls.trust).good())
    reading.wrong_at(place,
                     fmt::format("the PEM file {} cannot be read: {}", printable(tls.trust), std::strerror(errno)));
}

}  // namespace

void finish_scenario(const TomlNode& root, const std::string& ca_file, bool need_secrets, Draft& draft,
                     Reading& reading) {
  Scenario& scenario = draft.scenario;
  finish_name(scenario);
  finish_paths(root, scenario, reading);
  check_stages(root, scenario, reading);
  if (!reading.ok()) return;

  const SecretRule app_secret{"app_secret", "APP_SECRET", true, 1};
  const SecretRule verify_token{"verify_token", "VERIFY_TOKEN", !only_loopback(scenario), 2};
  finish_secret(root, scenario, app_secret, draft.app_secret, need_secrets, scenario.endpoint.app_secret, reading);
  finish_secret(root, scenario, verify_token, draft.verify_token, need_secrets, scenario.endpoint.verify_token,
                reading);
  finish_trust(root, ca_file, need_secrets, scenario.tls, reading);
  const auto locate = [&](const char* table, const char* key, std::string& file) {
    if (!file.empty()) file = located(file, written(root, table, key).place);
  };
  locate("deliveries", "payloads", scenario.deliveries.payloads);
  locate("tls", "client_certificate", scenario.tls.client_certificate);
  if (scenario.expectations.empty())
    scenario.expectations.push_back({"deliveries.lost", Expectation::Relation::equals, 0, "0", 0});
}

}  // namespace hookdrill
