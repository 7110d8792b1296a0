// Readers (see toml_reader.h) for values that have a form of their own: rates, delay laws, shares, limits, secrets.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "plan/scenario.h"
#include "plan/toml_reader.h"

namespace hookdrill {

inline constexpr double kRateMax = 1'000'000;  // deliveries per second

/// Where a secret is to come from. A secret is fetched after the whole scenario was read, when it is known whether one
/// is needed.
struct SecretSource {
  enum class Kind { none, literal, environment, file };
  Kind kind = Kind::none;
  std::string value;  // the secret, the name of the variable, or the path
  Place place;
};

/// "50/s", "600/m", "10/h".
void read_rate(const TomlNode& node, double& per_second, Reading& reading);
/// A rate, or { from = "50/s", to = "500/s" }.
void read_stage_rate(const TomlNode& node, Stage& stage, Reading& reading);
/// "5ms", { uniform = ["1ms", "9ms"] }, { bimodal = ["2ms", "200ms"], share = 0.05 }, { lognormal = "5ms", sigma = 0.8
/// }.
void read_delay(const TomlNode& node, DelayLaw& law, Reading& reading);
/// { 200 = 97, 503 = 3 }.
void read_status_shares(const TomlNode& node, std::map<int, double>& shares, Reading& reading);
/// { text = 60, image = 10 }; which types there are is the business of Payloads.
void read_mix(const TomlNode& node, std::map<std::string, double>& shares, Reading& reading);
/// { phone_number_id = "106540352242922" }: texts by the user's own choice of names.
void read_fixed_values(const TomlNode& node, std::map<std::string, std::string>& values, Reading& reading);
/// "64KB", { 1KB = 90, 3MB = 10 }, or "ladder": 1 KB to 3 MB in seven rungs.
void read_body_size(const TomlNode& node, std::map<std::uint64_t, double>& shares, Reading& reading);
/// The name of a schedule, or a list of waits.
void read_schedule(const TomlNode& node, RetrySettings& retry, Reading& reading);
/// "1%", "250ms" or a number.
void read_limit(const TomlNode& node, Expectation& expectation, Reading& reading);
/// "127.0.0.1:8443", with a port above 0.
void read_connect(const TomlNode& node, std::string& out, Reading& reading);
/// An address in digits with a port; 0 = a free one.
void read_listen(const TomlNode& node, std::string& out, Reading& reading);
/// One address or range, or a list of them.
void read_sources(const TomlNode& node, std::vector<std::string>& out, Reading& reading);
/// An absolute URL; leaves the endpoint's secrets alone.
void read_url(const TomlNode& node, Endpoint& endpoint, Reading& reading);
/// { env = "NAME" }, { file = "path" } or a literal. Never shows what it found.
void read_secret(const TomlNode& node, SecretSource& source, Reading& reading);

}  // namespace hookdrill
