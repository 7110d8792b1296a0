// `hookdrill receive`: the reference receiver alone, until Ctrl-C; then what it saw. The settings are those of a
// scenario's [receiver], and the options are read by the same code.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <memory>

#include "cli.h"
#include "common_options.h"
#include "live/receiver.h"
#include "plan/scenario_toml.h"
#include "receive_report.h"

namespace hookdrill {
namespace {

struct ReceiveOptions {
  std::string scenario;
  std::string listen, certificate, delay, host, close, half, reset, drop, limit;
  std::vector<std::string> status;
  bool plain = false;
  std::string app_secret_env = "APP_SECRET";
  std::string verify_token_env = "VERIFY_TOKEN";
  std::string root_out, ready_file, ledger_file;
  CommonOptions common;
};

// A scenario needs a stage; `receive` sends nothing.
constexpr std::string_view kNoScenario = R"(schema = 1
[receiver]
listen = "127.0.0.1:8443"
[[stage]]
rate = "1/s"
for  = "1s"
)";

// "503=3", "500=2%" to { 200 = 95, 503 = 3, 500 = 2 }: shares in percent, and 200 for what is left of 100.
Result<std::string> status_shares(const std::vector<std::string>& words) {
  std::map<std::string, double> shares;
  double left = 100;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    std::string_view text = equals == std::string::npos ? "" : std::string_view(word).substr(equals + 1);
    if (text.ends_with('%')) text.remove_suffix(1);
    double percent = -1;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (error != std::errc() || rest != text.data() + text.size() || !(percent >= 0 && percent <= 100))
      return Diagnostic{"--status", 0, 0, fmt::format("expected a status and its share, as in 503=3%, not {}", word)};
    shares[word.substr(0, equals)] += percent;
    left -= percent;
  }
  if (left < -1e-9) return Diagnostic{"--status", 0, 0, "the shares add up to more than 100 %"};
  if (left > 0) shares["200"] += left;
  std::vector<std::string> entries;
  for (const auto& [status, share] : shares) entries.push_back(fmt::format("{} = {}", status, share));
  return fmt::format("{{ {} }}", fmt::join(entries, ", "));
}

// "18%" is short for { share = "18%" }: the default law loses SYNs by flow.
std::string drop_of(const std::string& text) {
  const bool share_alone = !text.empty() && text.find_first_not_of("0123456789.%") == std::string::npos;
  return share_alone ? fmt::format("{{ share = {0}{1}{0} }}", text.ends_with('%') ? "\"" : "", text) : text;
}

// What was given as --delay is checked as --set receiver.delay; the message names what the user wrote.
Diagnostic in_words_of_options(Diagnostic diagnostic, const std::vector<std::string_view>& keys) {
  for (const std::string_view key : keys)
    if (diagnostic.file == fmt::format("--set receiver.{}", key)) diagnostic.file = fmt::format("--{}", key);
  return diagnostic;
}

Result<Scenario> scenario_of(const ReceiveOptions& options) {
  ScenarioOverrides overrides = overrides_of(options.common);
  std::vector<std::string_view> given;
  const auto set = [&](std::string_view key, const std::string& value) {
    if (value.empty()) return;
    given.push_back(key);
    overrides.set.push_back(fmt::format("receiver.{}={}", key, value));
  };
  set("listen", options.listen);
  set("certificate", options.certificate);
  set("delay", options.delay);
  set("close", options.close);
  set("half", options.half);
  set("reset", options.reset);
  set("drop", drop_of(options.drop));
  set("limit", options.limit);
  if (!options.status.empty()) {
    const Result<std::string> shares = status_shares(options.status);
    if (!shares) return shares.error();
    set("status", *shares);
  }
  Result<Scenario> scenario = options.scenario.empty() ? parse_scenario(kNoScenario, "receive", overrides, false)
                                                       : load_scenario(options.scenario, overrides, false);
  if (!scenario) return in_words_of_options(scenario.error(), given);
  if (!scenario->receiver) scenario->receiver.emplace();
  if (options.plain) scenario->receiver->tls = false;
  if (!options.host.empty()) scenario->endpoint.host = options.host;
  return scenario;
}

// The environment wins; a scenario's own secret is next (an embedded one is made from its seed).
Result<Secret> secret_of(const std::string& variable, std::string_view option, std::string_view what, const Secret& own,
                         bool has_scenario) {
  if (Secret secret = secret_in_environment(variable); !secret.empty()) return secret;
  if (has_scenario && !own.empty()) return own;
  return Diagnostic{"", 0, 0,
                    fmt::format("the environment variable {} is not set: it holds {}; {} names another variable",
                                variable, what, option)};
}

// Blocked before the receiver starts its threads, so that these signals come to this thread alone.
sigset_t block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

void wait_for_end(const sigset_t& signals, const Receiver& receiver, bool progress) {
  constexpr timespec kRedraw = {1, 0};
  while (sigtimedwait(&signals, nullptr, &kRedraw) < 0)
    if (progress) fmt::print(stderr, "\r\x1b[K{}", receive_progress(receiver));
  if (progress) fmt::print(stderr, "\r\x1b[K");
}

int receive(const ReceiveOptions& options) {
  const Result<Scenario> scenario = scenario_of(options);
  if (!scenario) return usage_error(scenario.error().text());
  const Endpoint& endpoint = scenario->endpoint;
  const bool has_scenario = !options.scenario.empty();
  const Result<Secret> app_secret =
      secret_of(options.app_secret_env, "--app-secret-env", "the app secret that signs deliveries", endpoint.app_secret,
                has_scenario);
  if (!app_secret) return usage_error(app_secret.error().text());
  const Result<Secret> token = secret_of(options.verify_token_env, "--verify-token-env",
                                         "the token of the verification", endpoint.verify_token, has_scenario);
  if (!token) return usage_error(token.error().text());

  const sigset_t end_signals = block_end_signals();
  const Result<std::unique_ptr<Receiver>> started =
      Receiver::start(*scenario->receiver, *app_secret, *token, endpoint.host, scenario->seed);
  if (!started) return usage_error(started.error().text());
  Receiver& receiver = **started;
  receiver.begin_drops();

  const bool quiet = options.common.quiet || options.common.json;
  const ReceiveHints hints = {options.scenario, options.root_out, endpoint.host, options.verify_token_env};
  fmt::print(stderr, "{}", receive_opening(receiver, *scenario->receiver, hints, quiet));
  if (!options.root_out.empty() && !write_file(options.root_out, receiver.root_pem()))
    return usage_error(options.root_out + ": cannot be written");
  if (!options.ready_file.empty() && !write_file(options.ready_file, fmt::format("{}\n", receiver.port())))
    return usage_error(options.ready_file + ": cannot be written");

  wait_for_end(end_signals, receiver, !quiet && isatty(STDERR_FILENO) == 1);
  receiver.stop();
  fmt::print("{}", options.common.json ? receive_json(receiver) : receive_summary(receiver));
  if (!options.ledger_file.empty() && !write_ledger(options.ledger_file, receiver.ledger()))
    return usage_error(options.ledger_file + ": cannot be written");
  return kExitOk;
}

}  // namespace

void declare_receive(CommandLine& line) {
  auto options = std::make_shared<ReceiveOptions>();
  line.positional("scenario", options->scenario, "Take [receiver], [endpoint] and seed from this scenario",
                  CommandLine::Needed::no);
  line.option("--listen", options->listen, "Address and port; port 0 takes a free one [127.0.0.1:8443]");
  line.flag("--plain", options->plain, "HTTP without TLS, to stand behind a proxy");
  line.option("--host", options->host, "Name in the certificate [the endpoint's, or localhost]");
  line.option("--certificate", options->certificate,
              "good, leaf_only, leaf_only_no_aia, self_signed, private_ca,\n"
              "expired, not_yet_valid, wrong_host, no_san");
  line.option("--delay", options->delay, "Before each answer: 5ms, { uniform = [\"1ms\", \"9ms\"] }, ...");
  line.option("--status", options->status, "Share of answers with a status: 503=3% (repeatable); the rest is 200");
  line.option("--close", options->close, "Share of deliveries closed without an answer: 2%");
  line.option("--half", options->half, "Share of answers cut in the middle");
  line.option("--reset", options->reset, "Share of deliveries answered by a TCP reset");
  line.option("--drop", options->drop,
              "Share of connections lost before any request, by silent SYNs: 18%,\n"
              "or { of = \"reset\", share = 0.18, by = \"source\" } (SCENARIO.md, receiver)");
  line.option("--limit", options->limit, "New connections of one source: { rate = \"20/s\", burst = 20 }");
  line.option("--set", options->common.set, "Any other value: --set receiver.workers=2 (repeatable)");
  line.option("--seed", options->common.seed, "Decides which delivery gets which answer [1]");
  line.option("--app-secret-env", options->app_secret_env, "Variable with the app secret");
  line.option("--verify-token-env", options->verify_token_env, "Variable with the verify token");
  line.option("--root-out", options->root_out, "Write the root certificate that clients must trust (PEM)");
  line.option("--ready-file", options->ready_file, "Write the port here once connections are taken");
  line.option("--ledger", options->ledger_file, "At the end, write every update that arrived (JSON lines)");
  line.flag("--quiet", options->common.quiet, "No hints and no progress");
  line.flag("--json", options->common.json, "The summary as JSON on stdout, and nothing else there");
  line.example("hookdrill receive --certificate leaf_only --root-out root.pem --delay 5ms --status 503=3%");
  line.action([options] { return receive(*options); });
}

}  // namespace hookdrill
