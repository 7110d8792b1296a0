// `hookdrill check`: would Meta deliver to this endpoint? Options, the loop of --watch, and output.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "check_endpoint.h"
#include "cli.h"
#include "common_options.h"
#include "interrupt.h"
#include "plan/scenario_toml.h"
#include "reports/format.h"
#include "reports/nagios.h"
#include "reports/summary.h"
#include "reports/terminal.h"
#include "results_folder.h"

namespace hookdrill {
namespace {

constexpr std::chrono::seconds kWatchPause{10};

struct CheckCommand {
  std::string target;
  std::string app_secret_env = "APP_SECRET";
  std::string verify_token_env = "VERIFY_TOKEN";
  std::string budget = "60s";
  std::string watch;
  std::string format = "terminal";
  bool brief = false;
  bool verbose = false;
  bool nagios = false;
  bool no_aia = false;
  CheckOptions check;
  CommonOptions common;
};

bool is_url(const std::string& target) {
  return target.find("://") != std::string::npos;
}

Result<Scenario> scenario_of(const CheckCommand& command) {
  if (!is_url(command.target)) {
    const bool looks_like_file = command.target.ends_with(".toml") || ::access(command.target.c_str(), F_OK) == 0;
    if (looks_like_file) return load_scenario(command.target, overrides_of(command.common));
    return Diagnostic{"", 0, 0,
                      fmt::format("\"{}\" is neither a URL (https://...) nor a scenario file", command.target)};
  }
  if (!command.common.set.empty())
    return Diagnostic{"", 0, 0, "--set changes a value of a scenario file, and the target is a URL"};
  Result<Scenario> scenario =
      scenario_of_url(command.target, command.common.ca_file, secret_in_environment(command.app_secret_env),
                      secret_in_environment(command.verify_token_env));
  if (scenario && command.common.seed) scenario->seed = *command.common.seed;
  return scenario;
}

Result<void> finish_options(CheckCommand& command) {
  const std::optional<Duration> budget = parse_duration(command.budget);
  if (!budget || *budget <= Duration(0))
    return Diagnostic{"", 0, 0, fmt::format("--budget: \"{}\" is not a time like 60s", command.budget)};
  command.check.budget = *budget;
  const std::vector<std::string> families = check_families();
  const std::vector<std::string_view> known(families.begin(), families.end());
  for (const std::string& family : command.check.only) {
    if (std::find(known.begin(), known.end(), family) != known.end()) continue;
    std::string all;
    for (const std::string& name : families) all += (all.empty() ? "" : ", ") + name;
    return Diagnostic{
        "", 0, 0,
        fmt::format("--only: no checks called \"{}\"{}; there are {}", family, did_you_mean(family, known), all)};
  }
  command.check.fetch_issuers = !command.no_aia;
  if (command.nagios) command.format = "nagios";
  if (command.common.json) command.format = "json";
  command.check.quiet = command.common.quiet || command.format != "terminal";
  return {};
}

std::string rendered(const CheckCommand& command, const ReportFormat& format, const Results& results,
                     std::vector<std::pair<std::string, std::string>> files) {
  if (format.name != "terminal") return format.render(results);
  TerminalStyle style;
  style.colour = wants_colour(STDOUT_FILENO);
  style.files = std::move(files);
  style.detail = command.brief     ? TerminalStyle::Detail::brief
                 : command.verbose ? TerminalStyle::Detail::verbose
                                   : TerminalStyle::Detail::normal;
  const std::string report = terminal_report(results, style);
  return command.common.quiet ? report.substr(0, report.find('\n') + 1) : report;
}

// False when the user has had enough.
bool pause(std::chrono::steady_clock::time_point until, const std::atomic<bool>& stop) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  while (!stop && std::chrono::steady_clock::now() < until) never.wait_for(lock, std::chrono::milliseconds(100));
  return !stop;
}

// Checks until all is green, or the time is up; everything is asked anew each time, the DNS included.
Result<Results> check_and_watch(const CheckCommand& command, const Scenario& scenario) {
  const std::atomic<bool>& stop = watch_for_interrupt();
  Duration watch{};
  if (!command.watch.empty()) {
    const std::optional<Duration> parsed = parse_duration(command.watch);
    if (!parsed) return Diagnostic{"", 0, 0, fmt::format("--watch: \"{}\" is not a time like 10m", command.watch)};
    watch = *parsed;
  }
  const auto end = std::chrono::steady_clock::now() + watch;
  for (;;) {
    Result<Results> results = check_endpoint(scenario, command.check);
    if (!results || results->verdict == "pass") return results;
    const auto next = std::chrono::steady_clock::now() + kWatchPause;
    if (next > end || stop) return results;
    fmt::print(stderr, "{}  {}  (again in {} s)\n", start_text(*results), check_sentence(*results),
               kWatchPause.count());
    if (!pause(next, stop)) return results;
  }
}

int check(CheckCommand command) {
  const Result<void> sound = finish_options(command);
  if (!sound) return usage_error(sound.error().text());
  const Result<const ReportFormat*> format = find_report_format(command.format);
  if (!format) return usage_error(format.error().text());
  const Result<Scenario> scenario = scenario_of(command);
  if (!scenario) return usage_error(scenario.error().text());
  const Result<Results> results = check_and_watch(command, *scenario);
  if (!results) return usage_error(results.error().text());
  std::vector<std::pair<std::string, std::string>> files;
  if (!command.common.out.empty()) {
    auto written = write_results_folder(*results, command.common.out);
    if (!written) return usage_error(written.error().text());
    files = std::move(*written);
  }
  const std::string text = rendered(command, **format, *results, std::move(files));
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0) return usage_error("standard output cannot be written");
  return command.nagios ? nagios_exit_code(*results) : exit_code_of(*results);
}

}  // namespace

void declare_check(CommandLine& line) {
  auto command = std::make_shared<CheckCommand>();
  line.positional("target", command->target, "A URL (https://hooks.example.com/webhook), or a scenario file",
                  CommandLine::Needed::yes);
  add_common_options(line, command->common);
  line.option("--connect", command->check.connect,
              "Connect to this host:port instead of what the DNS says (repeatable)");
  line.option("--app-secret-env", command->app_secret_env, "Variable with the app secret; unset: no deliveries");
  line.option("--verify-token-env", command->verify_token_env, "Variable with the verify token; unset: no challenge");
  line.option("--only", command->check.only, "Only these checks, such as tls (repeatable): the first part of an id");
  line.option("--budget", command->budget, "The longest that the check may take");
  line.option("--watch", command->watch, "Repeat until all is green, for so long: 10m");
  line.flag("--no-aia", command->no_aia, "Fetch no issuers from the addresses that certificates name");
  line.flag("--brief", command->brief, "One line for each finding");
  line.flag("--verbose", command->verbose, "Also what passed, with the values seen");
  line.flag("--nagios", command->nagios, "Output and exit codes of a Nagios plugin");
  std::string formats = "One of:";
  for (const ReportFormat& format : report_formats()) formats += fmt::format(" {}", format.name);
  line.option("--format", command->format, formats);
  line.example("hookdrill check https://hooks.example.com/webhook");
  line.action([command] { return check(*command); });
}

}  // namespace hookdrill
