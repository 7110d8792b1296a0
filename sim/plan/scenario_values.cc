#include "plan/scenario_values.h"

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "plan/address.h"
#include "plan/delay_law.h"
#include "plan/retry_schedule.h"
#include "plan/scenario_toml.h"

namespace hookdrill {
namespace {

constexpr std::size_t kWaitsMax = 100;
constexpr Duration kWaitMax = std::chrono::hours(24 * 30);

std::optional<double> parse_rate(std::string_view text) {
  double value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  if (error != std::errc()) return std::nullopt;
  if (unit == "/s") return value;
  if (unit == "/m") return value / 60;
  if (unit == "/h") return value / 3600;
  return std::nullopt;
}

// "600B", "64KB" (64,000 bytes), "3MB".
std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  if (error != std::errc() || value == 0 || value > kBodyBytesMax) return std::nullopt;
  if (unit == "KB") value *= 1'000;
  if (unit == "MB") value *= 1'000'000;
  if ((unit != "B" && unit != "KB" && unit != "MB") || value > kBodyBytesMax) return std::nullopt;
  return value;
}

// Exactly two durations, the first not above the second.
void read_pair(const TomlNode& node, DelayLaw& law, Reading& reading) {
  std::vector<Duration> pair;
  list_of(duration(Duration{}, kLongestDelay), 2)(node, pair, reading);
  if (!node.is_list()) return;
  if (node.items.size() != 2) return reading.wrong(node, "expected two durations, such as [\"2ms\", \"200ms\"]");
  if (pair[0] > pair[1]) return reading.wrong(node, "the shorter duration comes first");
  law.low = pair[0];
  law.high = pair[1];
}

// What remains of a table of shares once each entry was read: they must not all be nothing.
template <class Shares>
void check_sum(const TomlNode& node, const Shares& shares, Reading& reading) {
  double sum = 0;
  for (const auto& [what, share] : shares) sum += share;
  if (!(sum > 0)) reading.missing(node, "at least one share must be above 0");
}

}  // namespace

void read_rate(const TomlNode& node, double& per_second, Reading& reading) {
  const std::optional<double> rate = node.kind == TomlNode::Kind::text ? parse_rate(node.text) : std::nullopt;
  if (!rate) return reading.wrong(node, fmt::format("expected a rate such as \"50/s\", found {}", describe(node)));
  if (!(*rate >= 0 && *rate <= kRateMax))
    return reading.wrong(node, fmt::format("a rate is 0/s to 1000000/s, not {}", node.text));
  per_second = *rate;
}

void read_stage_rate(const TomlNode& node, Stage& stage, Reading& reading) {
  if (!node.is_table()) {
    read_rate(node, stage.rate_from, reading);
    stage.rate_to = stage.rate_from;
    return;
  }
  TableReader table(node, reading);
  table.need("from", stage.rate_from, read_rate, "from = \"50/s\"");
  table.need("to", stage.rate_to, read_rate, "to = \"500/s\"");
}

void read_delay(const TomlNode& node, DelayLaw& law, Reading& reading) {
  law = {};
  if (!node.is_table()) return duration(Duration{}, kLongestDelay)(node, law.low, reading);
  TableReader table(node, reading);
  const bool uniform = table.key("uniform", law, read_pair);
  const bool bimodal = table.key("bimodal", law, read_pair);
  const bool lognormal = table.key("lognormal", law.low, duration(Duration{}, kLongestDelay));
  const bool share = table.key("share", law.share, read_share);
  const bool sigma = table.key("sigma", law.sigma, number(0, 5));
  if (uniform + bimodal + lognormal != 1)
    return reading.missing(node, "a delay is a duration, or one of uniform, bimodal and lognormal");
  if (bimodal != share) reading.missing(node, "bimodal and share (of the longer delay) belong together");
  if (lognormal != sigma) reading.missing(node, "lognormal and sigma (of the logarithm) belong together");
  law.kind = uniform ? DelayLaw::Kind::uniform : bimodal ? DelayLaw::Kind::bimodal : DelayLaw::Kind::lognormal;
}

void read_status_shares(const TomlNode& node, std::map<int, double>& shares, Reading& reading) {
  if (!node.is_table())
    return reading.wrong(node,
                         fmt::format("expected shares such as {{ 200 = 97, 503 = 3 }}, found {}", describe(node)));
  shares.clear();
  for (const TomlNode& item : node.items) {
    int status = 0;
    const char* const end = item.key.data() + item.key.size();
    const auto [rest, error] = std::from_chars(item.key.data(), end, status);
    if (error != std::errc() || rest != end || item.key.size() != 3 || status < 200 || status > 599) {
      reading.wrong_at(item.key_place,
                       fmt::format("\"{}\" is no HTTP status from 200 to 599", printable(item.key, 60)));
    } else {
      number(0, 1e9)(item, shares[status], reading);
    }
  }
  check_sum(node, shares, reading);
}

void read_mix(const TomlNode& node, std::map<std::string, double>& shares, Reading& reading) {
  if (!node.is_table())
    return reading.wrong(node,
                         fmt::format("expected shares such as {{ text = 60, status = 40 }}, found {}", describe(node)));
  shares.clear();
  for (const TomlNode& item : node.items) number(0, 1e9)(item, shares[item.key], reading);
  check_sum(node, shares, reading);
}

void read_fixed_values(const TomlNode& node, std::map<std::string, std::string>& values, Reading& reading) {
  if (!node.is_table())
    return reading.wrong(
        node,
        fmt::format("expected texts such as {{ phone_number_id = \"106540352242922\" }}, found {}", describe(node)));
  values.clear();
  for (const TomlNode& item : node.items) read_text(item, values[item.key], reading);
}

void read_body_size(const TomlNode& node, std::map<std::uint64_t, double>& shares, Reading& reading) {
  shares.clear();
  const std::string wrong = fmt::format(
      "expected a size such as \"64KB\" (at most {}MB), shares of sizes, or \"ladder\"", kBodyBytesMax / 1'000'000);
  if (node.kind == TomlNode::Kind::text && node.text == "ladder") {
    for (const std::uint64_t bytes : {1'000U, 4'000U, 16'000U, 64'000U, 256'000U, 1'000'000U, 3'000'000U})
      shares[bytes] = 1;
    return;
  }
  if (!node.is_table()) {
    const std::optional<std::uint64_t> bytes = node.kind == TomlNode::Kind::text ? parse_size(node.text) : std::nullopt;
    if (!bytes) return reading.wrong(node, fmt::format("{}, found {}", wrong, describe(node)));
    shares[*bytes] = 1;
    return;
  }
  for (const TomlNode& item : node.items) {
    const std::optional<std::uint64_t> bytes = parse_size(item.key);
    if (!bytes) {
      reading.wrong_at(item.key_place, fmt::format("{}, found \"{}\"", wrong, printable(item.key, 60)));
    } else {
      number(0, 1e9)(item, shares[*bytes], reading);
    }
  }
  check_sum(node, shares, reading);
}

void read_schedule(const TomlNode& node, RetrySettings& retry, Reading& reading) {
  if (node.is_list()) {
    if (node.items.empty()) return reading.wrong(node, "an empty list; write schedule = \"none\"");
    retry.schedule = "custom";
    return list_of(duration(Duration{}, kWaitMax), kWaitsMax)(node, retry.waits, reading);
  }
  const std::vector<std::string_view> known = retry_schedule_names();
  if (const auto index = word_index(node, known, reading)) retry.schedule = known[*index];
}

void read_limit(const TomlNode& node, Expectation& expectation, Reading& reading) {
  expectation.limit_text = node.text;
  if (node.kind == TomlNode::Kind::integer || node.kind == TomlNode::Kind::number)
    return number(0, 1e15)(node, expectation.limit, reading);
  // Only the difference of two paths can be below zero.
  if (node.kind == TomlNode::Kind::text && node.text.starts_with('-') && expectation.metric.starts_with("compare.")) {
    TomlNode positive = node;
    positive.text.erase(0, 1);
    read_limit(positive, expectation, reading);
    expectation.limit = -expectation.limit;
    expectation.limit_text = node.text;
    return;
  }
  if (node.kind == TomlNode::Kind::text && node.text.ends_with('%'))
    return read_share(node, expectation.limit, reading);
  const std::optional<Duration> limit = node.kind == TomlNode::Kind::text ? parse_duration(node.text) : std::nullopt;
  if (!limit)
    return reading.wrong(node, fmt::format("expected \"1%\", \"250ms\" or a number, found {}", describe(node)));
  expectation.limit = to_seconds(*limit);
}

void read_connect(const TomlNode& node, std::string& out, Reading& reading) {
  read_text(node, out, reading);
  const std::optional<HostPort> parsed = parse_host_port(out);
  if (!out.empty() && (!parsed || parsed->port == 0))
    reading.wrong(node, fmt::format("\"{}\" is not host:port, such as \"198.51.100.7:443\" or \"[2001:db8::7]:443\"",
                                    printable(out, 60)));
}

void read_listen(const TomlNode& node, std::string& out, Reading& reading) {
  read_text(node, out, reading);
  const std::optional<HostPort> parsed = parse_host_port(out);
  if (!parsed || !is_ip_address(parsed->host))
    reading.wrong(node, fmt::format("\"{}\" is not address:port, such as \"127.0.0.1:8443\" (port 0: a free one)",
                                    printable(out, 60)));
}

void read_sources(const TomlNode& node, std::vector<std::string>& out, Reading& reading) {
  out.clear();
  const auto read_one = [&](const TomlNode& item) {
    std::string text;
    read_text(item, text, reading);
    if (text.empty()) return;
    if (const Result<void> expanded = expand_addresses(text, out); !expanded)
      reading.wrong(item, expanded.error().message);
  };
  if (!node.is_list()) return read_one(node);
  for (const TomlNode& item : node.items) read_one(item);
}

void read_url(const TomlNode& node, Endpoint& endpoint, Reading& reading) {
  std::string url;
  read_text(node, url, reading);
  if (url.empty()) return;
  Result<Endpoint> parsed = parse_endpoint_url(url);
  if (!parsed) return reading.wrong(node, parsed.error().message);
  parsed->app_secret = endpoint.app_secret;
  parsed->verify_token = endpoint.verify_token;
  endpoint = std::move(*parsed);
}

void read_secret(const TomlNode& node, SecretSource& source, Reading& reading) {
  source.place = node.place;
  if (node.is_table()) {
    TableReader table(node, reading);
    const bool environment = table.key("env", source.value, read_text);
    const bool file = table.key("file", source.value, read_text);
    if (environment == file) return reading.missing(node, "expected { env = \"NAME\" } or { file = \"path\" }");
    source.kind = environment ? SecretSource::Kind::environment : SecretSource::Kind::file;
  } else if (!node.text.empty() && (node.kind == TomlNode::Kind::text || node.from_option())) {
    source.kind = SecretSource::Kind::literal;
    source.value = node.text;
  } else {
    reading.wrong(node, "expected { env = \"NAME\" } or { file = \"path\" }");
  }
}

}  // namespace hookdrill
