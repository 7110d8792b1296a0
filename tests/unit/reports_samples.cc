#include "reports_samples.h"

#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

namespace hookdrill {
namespace {

// `count` values whose minimum, p50, p90, p99 and maximum are about these, in microseconds; linear between. Integers
// only, so that they are the same on every machine.
Histogram spread(std::int64_t count, const std::vector<std::int64_t>& micros, std::uint64_t infinite = 0) {
  static constexpr std::int64_t kRanks[] = {0, 500, 900, 990, 1000};  // per mille
  Histogram histogram;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t rank = count == 1 ? 500'000 : i * 1'000'000 / (count - 1);
    std::size_t piece = 0;
    while (piece < 3 && rank > kRanks[piece + 1] * 1000) ++piece;
    const std::int64_t from = kRanks[piece] * 1000, to = kRanks[piece + 1] * 1000;
    histogram.record(
        Duration(micros[piece] * 1000 + (micros[piece + 1] - micros[piece]) * 1000 * (rank - from) / (to - from)));
  }
  histogram.record_infinite(infinite);
  return histogram;
}

Results base_sample(const std::string& name, std::uint64_t seed) {
  Results results;
  results.command = "run";
  results.scenario.name = name;
  results.scenario.seed = seed;
  results.scenario.file = "scenarios/" + name + ".toml";
  results.scenario.sha256 = std::string(62, '5') + "ab";
  results.started_at = "2026-11-21T22:10:04Z";
  results.environment = {{"hookdrill", "0.1.0"},
                         {"openssl", "3.0.17"},
                         {"kernel", "Linux 6.1"},
                         {"cores", "2"},
                         {"trust store", "Debian mozilla, 140 roots, 2023-03-11"}};
  results.retry = {"guide", "Meta's integration guide: 5, 10, 20, 40, 90 min", {"5m", "10m", "20m", "40m", "90m"}, 600};
  return results;
}

std::vector<SeriesRow> seconds(std::uint32_t count, std::uint64_t rate, std::uint64_t failed) {
  std::vector<SeriesRow> rows;
  for (std::uint32_t second = 0; second < count; ++second) {
    const std::uint64_t wave = second % 7;
    const std::uint64_t lost = failed == 0 ? 0 : failed + wave * 3 - 9;
    const std::uint64_t retried = second < 3 ? 0 : lost * 4 / 5;
    rows.push_back({second, rate, rate + retried, rate + retried - lost, lost, retried,
                    static_cast<std::int64_t>(60'000 + wave * 9'000),
                    static_cast<std::int64_t>(11'000'000 + wave * 700'000)});
  }
  return rows;
}

const std::string kTls = "TLSv1.3 TLS_AES_256_GCM_SHA384 X25519, HTTP/1.1";

}  // namespace

Results passing_sample() {
  Results results = base_sample("quickstart", 1);
  results.scenario.description = "Two minutes of a shop's traffic against the embedded receiver.";
  results.verdict = "pass";
  results.duration_ns = 20'250'000'000;
  results.verdicts = {
      {"deliveries.expired equals 0", "pass", "0", "equals 0", "every delivery arrived within its schedule"},
      {"drop.rate below 1%", "pass", "0 % [0, 0.37]", "below 1%", "the interval ends below the limit"},
      {"latency.p95 below 250ms", "pass", "13.5 ms", "below 250ms", "from due to answered, all 1,031 attempts"}};
  results.receiver = {{"accepted", "1,000"}, {"agrees", "yes"}, {"duplicates", "0"}};
  PathResults& path = results.paths["direct"];
  path.address = "127.0.0.1:40443";
  path.tls = kTls;
  path.deliveries = {1000, 1000, 969, 31, 0, 0, 0};
  path.attempts_total = 1031;
  path.connections_fresh = 1031;
  path.outcomes = {
      {"ok", "unknown", 0, 1000, "The endpoint accepted the delivery.", ""},
      {"http.503", "server", 0, 31, "The endpoint answered with a status that is not a success.", "HTTP 503"}};
  path.drop = {0, 0, 0.003712, 0, 1031};
  path.delivered_at_attempt = {969, 30, 1};
  path.histograms = {{"connect", spread(1000, {31, 82, 140, 410, 1100})},
                     {"tls", spread(1000, {1500, 1900, 2600, 4100, 7700})},
                     {"write", spread(1000, {4, 6, 9, 22, 80})},
                     {"wait", spread(1000, {5050, 5200, 5900, 9100, 15000})},
                     {"read", spread(1000, {1, 2, 3, 9, 60})},
                     {"service", spread(1000, {6600, 8250, 9820, 13900, 24000})},
                     {"latency", spread(1000, {6650, 8300, 9900, 14000, 24100}, 31)},
                     {"lateness", spread(1031, {2, 9, 31, 90, 210})},
                     {"time_to_deliver", spread(1000, {6650, 8400, 10100, 512000, 1512000})}};
  path.failed_histograms = {{"service", spread(31, {6700, 8300, 9900, 11000, 12000})}};
  path.series = seconds(20, 50, 0);
  PathResults warm, burst;
  warm.deliveries = {200, 200, 200, 0, 0, 0, 0};
  warm.attempts_total = warm.connections_fresh = 200;
  warm.drop = {0, 0, 0.0188, 0, 200};
  warm.histograms = {{"latency", spread(200, {6600, 8100, 9000, 10000, 12000})}};
  burst.deliveries = {800, 800, 769, 31, 0, 0, 0};
  burst.attempts_total = burst.connections_fresh = 831;
  burst.drop = {0, 0, 0.0046, 0, 831};
  burst.histograms = {{"latency", spread(800, {6650, 8400, 10000, 14100, 24100}, 31)}};
  path.stages = {{"steady", warm}, {"burst", burst}};
  results.scenario.stages = {"steady", "burst"};
  return results;
}

Results dropping_sample() {
  Results results = base_sample("vps-drop", 42);
  results.verdict = "fail";
  results.duration_ns = 100'000'000'000;
  results.verdicts = {{"direct.drop.rate below 1%", "fail", "18.1 % [17.4, 18.9]", "below 1%",
                       "the whole interval is above the limit"}};
  PathResults& path = results.paths["direct"];
  path.address = "198.51.100.7:443";
  path.tls = kTls;
  path.deliveries = {10000, 9998, 8190, 1808, 2, 0, 0};
  path.attempts_total = 12210;
  path.connections_fresh = 12210;
  path.outcomes = {{"ok", "unknown", 0, 9998, "The endpoint accepted the delivery.", ""},
                   {"connect.timeout", "path", 28, 2209, "No answer to the connection attempt: silence, not a refusal.",
                    "198.51.100.7:443 did not answer a SYN for 20 s (5 sent)"},
                   {"wait.reset", "unknown", 56, 3, "The connection was reset while the answer was awaited.", ""}};
  path.delayed_by_lost_syn = 7;
  path.drop = {0.1812, 0.1744, 0.1881, 2212, 12210};
  path.drop.kind = "flow";
  path.drop.p_value = 1e-9;
  path.drop.why = "sticky by connection, not by sender (p = 0.61): a SYN sent again helped 7 of 2,216";
  path.drop.tests = {{"sender", 191.5, 0.61, 200}, {"time", 96.25, 0.5, 100}, {"packet", 7250.75, 1e-9, 2216}};
  path.delivered_at_attempt = {8190, 1480, 268, 49, 9, 2};
  path.sick_times = {{40, 52, 1.75, 2.5, true, true, 18}};
  path.histograms = {{"connect", spread(9998, {60, 110, 210, 420, 3000})},
                     {"tls", spread(9998, {1500, 1900, 2600, 4100, 12000})},
                     {"write", spread(9998, {4, 6, 9, 22, 80})},
                     {"wait", spread(9998, {5020, 5200, 5500, 6000, 9000})},
                     {"read", spread(9998, {1, 2, 3, 9, 60})},
                     {"service", spread(9998, {6600, 8250, 9820, 13900, 24000})},
                     {"latency", spread(9998, {6650, 8300, 9900, 14000, 24100}, 2212)},
                     {"lateness", spread(12210, {2, 9, 31, 90, 210})},
                     {"time_to_deliver", spread(9998, {6650, 8400, 512000, 1510000, 16500000}, 2)}};
  path.failed_histograms = {{"connect", spread(2209, {20000000, 20000100, 20000300, 20000900, 20002000})},
                            {"service", spread(2212, {19000000, 20000100, 20000300, 20000900, 20002000})}};
  path.series = seconds(100, 100, 22);
  return results;
}

Results certificate_sample() {
  Results results = base_sample("go-live", 7);
  results.verdict = "fail";
  results.duration_ns = 2'000'000'000;
  results.retry = {"none", "no retries", {}, 1};
  results.verdicts = {
      {"deliveries.expired equals 0", "fail", "40", "equals 0", "40 of 40 deliveries were never accepted"},
      {"drop.rate below 1%", "pass", "0 % [0, 8.76]", "below 1%", "a refused certificate is no drop"},
      {"latency.p99 below 250ms", "undecided", "inf", "below 250ms", "no attempt was answered"}};
  results.findings = {
      {"tls.chain", "fatal", "The TLS certificate chain is incomplete.",
       "The server sends only its own certificate (CN=hooks.example.com, issued by \"R11\"). The intermediate "
       "\"R11\" is missing. A browser fetches it or remembers it; Meta does not.",
       "nginx: ssl_certificate /etc/letsencrypt/live/hooks.example.com/fullchain.pem;   then: nginx -s reload", 60,
       "203.0.113.7:443", "direct"},
      {"tls.expiry", "warn", "The certificate expires in 19 days.", "not after 2026-12-10", "renew it", 0,
       "203.0.113.7:443", "direct"},
      {"tls.version", "pass", "TLS 1.2 or newer is offered.", "TLSv1.3", "", 0, "203.0.113.7:443", "direct"}};
  PathResults& path = results.paths["direct"];
  path.address = "203.0.113.7:443";
  path.deliveries = {40, 0, 0, 0, 40, 0, 0};
  path.attempts_total = 40;
  path.connections_fresh = 40;
  path.outcomes = {
      {"tls.certificate", "server", 60, 40, "The certificate does not hold for a strict client.",
       "unable to get local issuer certificate: the server sends only <hooks.example.com>, issued by \"R11\"; "
       "the intermediate \"R11\" is missing & cannot be guessed"}};
  path.drop = {0, 0, 0.0876, 0, 40};
  path.histograms = {{"connect", spread(40, {60, 110, 210, 420, 3000})},
                     {"latency", spread(0, {0, 0, 0, 0, 0}, 40)},
                     {"lateness", spread(40, {2, 9, 31, 90, 210})}};
  path.failed_histograms = {{"tls", spread(40, {1500, 1900, 2600, 4100, 12000})}};
  path.series = seconds(2, 20, 20);
  return results;
}

Results untrusted_sample() {
  Results results = base_sample("quickstart", 3);
  results.verdict = "untrusted";
  results.duration_ns = 30'000'000'000;
  results.untrusted_because = {
      "This machine was late: deliveries left 41.0 ms after they were due (p99), limit 10 ms. Lower the rate (the "
      "highest "
      "honest rate here was about 1,900/s), or add a worker or a machine.",
      "12 attempts found no free local port."};
  results.verdicts = {{"direct.drop.rate below 1%", "pass", "0 % [0, 0.01]", "below 1%", ""}};
  for (const std::string name : {"direct", "proxy"}) {
    PathResults& path = results.paths[name];
    path.address = name == "direct" ? "[2001:db8::7]:443" : "198.51.100.9:443";
    path.tls = kTls;
    path.deliveries = {50000, 49000, 48990, 10, 0, 1000, 2};
    path.attempts_total = 49022;
    path.connections_fresh = 49022;
    path.outcomes = {
        {"ok", "unknown", 0, 49000, "The endpoint accepted the delivery.", ""},
        {"client.ports", "client", 7, 12, "This machine ran out of local ports.", ""},
        {"http.500", "server", 0, 10, "The endpoint answered with a status that is not a success.", "HTTP 500"}};
    path.drop = {0, 0, 0.0000784, 0, 49010};
    path.delivered_at_attempt = {48990, 10};
    const std::int64_t slower = name == "direct" ? 0 : 5000;
    path.histograms = {{"connect", spread(4900, {60, 110, 210, 420, 3000})},
                       {"latency", spread(4900, {6650 + slower, 8300 + slower, 39900, 64000, 94100}, 22)},
                       {"lateness", spread(4902, {2, 900, 9100, 41000, 62000})}};
    path.series = seconds(30, 1600, 10);
  }
  return results;
}

Results check_sample() {
  Results results = base_sample("https://hooks.example.com/webhook", 1);
  results.command = "check";
  results.verdict = "fail";
  results.duration_ns = 3'200'000'000;
  results.retry = {"none", "no retries", {}, 1};
  for (const char* address : {"203.0.113.7:443", "[2001:db8::7]:443"}) {
    results.findings.push_back(
        {"cert.incomplete_chain", "fatal", "the TLS certificate chain is incomplete",
         "The server sends only its own certificate (CN=hooks.example.com, issued by \"R11\"). The intermediate "
         "\"R11\" is missing. A browser fetches it or remembers it; Meta does not.",
         "nginx: ssl_certificate /etc/letsencrypt/live/hooks.example.com/fullchain.pem;   then: nginx -s reload\n"
         "To see what is sent: openssl s_client -connect hooks.example.com:443 -showcerts",
         60, address, "direct",
         "curl_errno = 60; curl_error = SSL certificate problem: unable to get local issuer certificate",
         "with \"R11\" added (fetched from http://r11.example.com/), the chain ends in \"ISRG <Root> X1\""});
    results.findings.push_back({"tcp.refused", "pass", "something listens on the port", "", "", 0, address, "direct"});
    results.findings.push_back({"http.timeout", "skip", "the verification request is answered in time",
                                "cert.incomplete_chain", "", 0, address, "direct"});
  }
  results.findings.push_back({"dns.slow", "warn", "the DNS took 2.10 s of the 6 s that Meta gives the verification",
                              "A: 203.0.113.7 (12.0 ms); AAAA: 2001:db8::7 (2.10 s)", "Publish an A record.", 0, "",
                              "direct"});
  results.findings.push_back(
      {"tls.1_3", "info", "TLS 1.3 is not offered", "It would save a round trip.", "", 0, "203.0.113.7:443", "direct"});
  return results;
}

Results comparing_sample() {
  Results results = dropping_sample();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  results.command = "compare";
  results.scenario.name = "proxy-vs-direct";
  results.retry = {"none", "no retries", {}, 1};
  results.environment["compared"] = "new connections; 0 attempts on others left out";
  PathResults proxy = passing_sample().paths.begin()->second;
  proxy.certificate_expires = "2026-12-10 08:00 UTC";
  proxy.stages.clear();
  results.paths["proxy"] = proxy;
  results.verdicts = {
      {"direct.drop.rate below 1%", "fail", "18.1 % [17.4, 18.9]", "below 1%",
       "the whole 95 % interval lies on one side of the limit"},
      {"compare.proxy.latency.p50.difference below 8ms", "pass", "+5.20 ms [+5.00, +5.40]", "below 8ms", ""}};
  const auto row = [&](const std::string& metric, double baseline, double value, double low, double high,
                       const std::string& answer, double noise) {
    ComparisonRow made;
    made.metric = metric;
    made.baseline = "direct";
    made.path = "proxy";
    made.unit = metric == "drop.rate" ? "share" : "ns";
    made.baseline_value = baseline;
    made.path_value = value;
    made.difference = value - baseline;
    made.low = low;
    made.high = high;
    made.p = answer == "undecided" ? 0.25 : 0.0075;
    made.answer = answer;
    made.margin = metric == "drop.rate" ? 0.01 : 500'000;
    made.noise = noise;
    made.samples = 9998;
    made.blocks = 24;
    results.comparison.push_back(made);
  };
  row("latency.p50", 6.1e6, 11.3e6, 5.0e6, 5.4e6, "worse", 3e5);
  row("latency.p99", kInfinity, 14.9e6, -kInfinity, -kInfinity, "better", kInfinity);
  row("service.p99", 13.9e6, 14.9e6, -0.4e6, 2.5e6, "undecided", 9e5);
  results.comparison.back().why = "about 61 blocks would decide";
  results.comparison.back().blocks_needed = 61;
  row("tls.p50", 1.9e6, 1.91e6, -0.1e6, 0.1e6, "no difference", 1e5);
  row("connect.p99", kInfinity, kInfinity, -kInfinity, kInfinity, "undecided", kInfinity);
  results.comparison.back().why = "failures reach into this percentile on both paths";
  row("drop.rate", 0.1812, 0, -0.1881, -0.1744, "better", 0.004);
  return results;
}

std::vector<NamedSample> all_samples() {
  return {{"pass", passing_sample()}, {"drop", dropping_sample()},       {"certificate", certificate_sample()},
          {"check", check_sample()},  {"untrusted", untrusted_sample()}, {"compare", comparing_sample()}};
}

std::string golden(const std::string& file, const std::string& actual) {
  const std::string place = HOOKDRILL_SOURCE_DIR "/tests/golden/reports/" + file;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(place, std::ios::binary) << actual;
  std::ifstream in(place, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace hookdrill
