#include "check_endpoint.h"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <memory>

#include "check/catalogue.h"
#include "check/gather.h"
#include "live/receiver.h"
#include "plan/address.h"
#include "plan/scenario_toml.h"
#include "run_results.h"

namespace hookdrill {
namespace {

using Clock = std::chrono::steady_clock;

std::string family_of(std::string_view id) {
  return std::string(id.substr(0, id.find('.')));
}

bool wanted(const CheckOptions& options, std::string_view id) {
  return options.only.empty() ||
         std::find(options.only.begin(), options.only.end(), family_of(id)) != options.only.end();
}

bool wants_requests(const CheckOptions& options) {
  return wanted(options, "challenge.") || wanted(options, "delivery.") || wanted(options, "limit.") ||
         wanted(options, "meta.");
}

std::string shown_text(const Judgement& judgement) {
  if (judgement.curl_errno == 0) return judgement.curl_error;
  return fmt::format("curl_errno = {}; curl_error = {}", judgement.curl_errno, judgement.curl_error);
}

// The Server header chooses which remedies are shown.
std::string server_of(const Facts& facts) {
  for (const AddressFacts& at : facts.addresses)
    for (const std::optional<ProbeResult>* probe : {&at.strict, &at.lenient})
      if (*probe && !(*probe)->answer.server.empty()) return (*probe)->answer.server;
  return "";
}

Finding finding_of(const Judged& judged, const Facts& facts) {
  const Judgement& judgement = judged.judgement;
  const bool problem = judgement.severity == Severity::fatal || judgement.severity == Severity::warn;
  Finding finding;
  finding.id = judged.check->id;
  finding.severity = severity_name(judgement.severity);
  finding.title = judgement.title;
  finding.observed = judgement.observed;
  finding.proof = judgement.proof;
  finding.curl_errno = judgement.curl_errno;
  finding.address = judged.address;
  finding.path = facts.target.path;
  if (judgement.severity == Severity::fatal) finding.shown = shown_text(judgement);
  if (problem) finding.remedy = remedy_text(judged.check->remedy, server_of(facts), facts.target.endpoint.host);
  return finding;
}

void add_findings(const Facts& facts, const CheckOptions& options, Results& results) {
  for (const Judged& judged : judge_all(facts)) {
    if (!wanted(options, judged.check->id)) continue;
    results.findings.push_back(finding_of(judged, facts));
    const Severity severity = judged.judgement.severity;
    const bool open = severity == Severity::not_tested && judged.check->worst == Severity::fatal;
    if (open || severity == Severity::error) {
      const std::string place = judged.address.empty() ? "" : " of " + judged.address;
      results.untrusted_because.push_back(
          fmt::format("{}{} could not be tested. {}", judged.check->id, place, judged.judgement.observed));
    }
  }
  if (facts.out_of_time)
    results.untrusted_because.push_back("The time of --budget was used up before everything was tested.");
}

void conclude(Results& results) {
  const bool failed = std::any_of(results.findings.begin(), results.findings.end(),
                                  [](const Finding& finding) { return finding.severity == "fatal"; });
  results.verdict = failed ? "fail" : results.untrusted_because.empty() ? "pass" : "untrusted";
  if (failed) results.untrusted_because.clear();
}

// A dot at the end is good DNS and bad TLS: names in certificates have none.
bool take_off_dot(std::string& host) {
  if (host.empty() || host.back() != '.') return false;
  host.pop_back();
  return true;
}

Result<CheckTarget> target_of(const Scenario& scenario, const PathSettings& path, const CheckOptions& options) {
  Result<LivePath> live = live_path(scenario, path);
  if (!live) return live.error();
  CheckTarget target;
  target.endpoint = live->endpoint;
  target.trailing_dot = take_off_dot(target.endpoint.host);
  target.path = path.name;
  target.tls = live->tls;
  target.sources = live->sources;
  target.connect = options.connect;
  if (target.connect.empty() && !path.connect.empty()) target.connect = {path.connect};
  for (const std::string& connect : target.connect) {
    const std::optional<HostPort> place = parse_host_port(connect);
    if (!place || place->port == 0)
      return Diagnostic{"", 0, 0, fmt::format("--connect: \"{}\" is not \"host:port\" or \"[v6]:port\"", connect)};
  }
  return target;
}

std::function<void(std::string_view)> progress_line(const CheckOptions& options) {
  const bool shows = !options.quiet && isatty(STDERR_FILENO) == 1;
  return [shows](std::string_view what) {
    if (shows) fmt::print(stderr, "\r\x1b[K{}{}", what, what.empty() ? "" : " ...");
  };
}

}  // namespace

std::vector<std::string> check_families() {
  std::vector<std::string> families;
  for (const Check* check : catalogue()) {
    const std::string family = family_of(check->id);
    if (std::find(families.begin(), families.end(), family) == families.end()) families.push_back(family);
  }
  return families;
}

Result<Scenario> scenario_of_url(const std::string& url, const std::string& ca_file, Secret app_secret,
                                 Secret verify_token) {
  const Result<Endpoint> endpoint = parse_endpoint_url(url);
  if (!endpoint) return Diagnostic{"", 0, 0, fmt::format("\"{}\": {}", url, endpoint.error().message)};
  Scenario scenario;
  scenario.name = url;
  scenario.endpoint = *endpoint;
  scenario.endpoint.app_secret = std::move(app_secret);
  scenario.endpoint.verify_token = std::move(verify_token);
  if (!ca_file.empty()) scenario.tls.trust = ca_file;
  scenario.paths.emplace_back();
  return scenario;
}

Result<Results> check_endpoint(Scenario scenario, const CheckOptions& options) {
  const Clock::time_point began = Clock::now();
  std::unique_ptr<Receiver> receiver;
  if (scenario.receiver) {
    Result<std::unique_ptr<Receiver>> started =
        Receiver::start(*scenario.receiver, scenario.endpoint.app_secret, scenario.endpoint.verify_token,
                        scenario.endpoint.host, scenario.seed);
    if (!started) return started.error();
    receiver = std::move(*started);
    for (PathSettings& path : scenario.paths)
      if (path.connect.empty() && !path.endpoint) path.connect = receiver->connect_address();
  }
  const Result<TrustStore> trust = load_trust(scenario.tls.trust, receiver ? receiver->root_pem() : "");
  if (!trust) return Diagnostic{scenario.file, 0, 0, trust.error().message};

  Results results = results_frame(scenario, "check");
  results.started_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  results.environment["trust"] = trust->text();
  const auto progress = progress_line(options);
  if (receiver) receiver->begin_drops();
  for (const PathSettings& path : scenario.paths) {
    Result<CheckTarget> target = target_of(scenario, path, options);
    if (!target) return target.error();
    GatherSettings settings;
    settings.target = std::move(*target);
    settings.budget = options.budget - std::min<Duration>(options.budget, Clock::now() - began);
    settings.fetch_issuers = options.fetch_issuers;
    settings.requests = wants_requests(options);
    settings.seed = scenario.seed;
    settings.progress = progress;
    add_findings(gather(settings, *trust), options, results);
  }
  progress("");
  if (receiver) receiver->stop();
  results.duration_ns = Duration(Clock::now() - began).count();
  conclude(results);
  return results;
}

}  // namespace hookdrill
