// `hookdrill payload`: lists the payload types, or shows one as the request that Meta would send. Sends nothing.
#include <fmt/core.h>

#include <boost/json.hpp>
#include <fstream>
#include <limits>
#include <memory>

#include "cli.h"
#include "common_options.h"
#include "plan/request.h"
#include "plan/scenario_toml.h"

namespace hookdrill {
namespace {

constexpr const char* kExampleSecret = "0123456789abcdef0123456789abcdef";  // no secret: it is everybody's

struct PayloadOptions {
  std::string type;
  std::string url = "https://hooks.example.com/webhook";
  std::string app_secret_env;
  std::string client = "messaging";
  std::string folder;
  std::string escaping = "today";
  std::string out;
  std::vector<std::string> values;
  std::uint64_t seed = 1;
  std::uint64_t number = 0;
  std::uint64_t bytes = 0;
  std::uint64_t batch = 1;
  bool curl = false;
  bool body = false;
  bool json = false;
};

int print(const PayloadOptions& options, const std::string& text) {
  if (options.out.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::fflush(stdout) == 0 ? kExitOk : usage_error("standard output cannot be written");
  }
  std::ofstream file(options.out, std::ios::binary);
  file << text << std::flush;
  return file ? kExitOk : usage_error(options.out + ": cannot be written");
}

std::string_view answer_name(ExpectedAnswer answer) {
  constexpr std::string_view kNames[] = {"accept", "refuse", "either"};
  return kNames[static_cast<int>(answer)];
}

std::string list_as_text(const PayloadLibrary& library) {
  std::string text;
  const auto add_client = [&](std::string_view client, std::string_view title) {
    text += fmt::format("{}\n", title);
    for (const auto& [name, file] : library.types())
      if (file.client == client) text += fmt::format("  {:<34}{}\n", name, file.about);
  };
  add_client("messaging", "Sent by the messaging client (User-Agent facebookexternalua):");
  add_client("changes", "\nSent by the changes client (User-Agent Webhooks/1.0):");
  text += "\nWrong on purpose, or sent again; a good endpoint accepts it, refuses it, or does either:\n";
  for (const NegativeInfo& info : negatives())
    text += fmt::format("  {:<34}{:<9}{}\n", info.name, answer_name(info.expected), info.about);
  text += "\nSeveral types under one name, for a scenario's mix:\n";
  for (const auto& [name, shares] : library.mixtures()) text += fmt::format("  {:<34}{} types\n", name, shares.size());
  return text + "\nShow one: hookdrill payload image          As a command: hookdrill payload image --curl\n";
}

std::string list_as_json(const PayloadLibrary& library) {
  boost::json::array list;
  for (const auto& [name, file] : library.types())
    list.push_back({{"type", name}, {"about", file.about}, {"client", file.client}, {"expected", "accept"}});
  for (const NegativeInfo& info : negatives())
    list.push_back({{"type", info.name},
                    {"about", info.about},
                    {"client", "messaging"},
                    {"negative", true},
                    {"expected", answer_name(info.expected)}});
  return boost::json::serialize(list) + "\n";
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

// The request as a command for a POSIX shell. The body goes through a pipe, since one argument may have 128 KiB at
// most; curl writes Host and Content-Length itself.
std::string as_curl(std::string_view request, const std::string& url) {
  const std::size_t head_end = request.find("\r\n\r\n");
  std::string command = fmt::format("printf %s {} |\n", shell_quoted(request.substr(head_end + 4)));
  command += "  curl --include --silent --show-error --http1.1 --globoff --path-as-is --data-binary @- \\\n";
  std::string_view head = request.substr(0, head_end);
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    if (line.starts_with("Host:") || line.starts_with("Content-Length:")) continue;
    command += fmt::format("    -H {} \\\n", shell_quoted(line));
  }
  return command + fmt::format("    -H 'Expect:' {}\n", shell_quoted(url));
}

Result<DeliverySettings> settings_of(const PayloadOptions& options) {
  DeliverySettings settings;
  settings.mix = {{options.type, 1}};
  settings.client = options.client;
  settings.batch = static_cast<int>(options.batch);
  settings.payloads = options.folder;
  settings.escaping = options.escaping == "2016" ? Escaping::of_2016 : Escaping::today;
  if (options.bytes > 0) settings.body_bytes = {{options.bytes, 1}};
  for (const std::string& value : options.values) {
    const std::size_t equals = value.find('=');
    if (equals == std::string::npos) {
      Diagnostic diagnostic;
      diagnostic.message = fmt::format("--value {}: write name=value, such as phone_number_id=106540352242922", value);
      return diagnostic;
    }
    settings.values[value.substr(0, equals)] = value.substr(equals + 1);
  }
  return settings;
}

int show(const PayloadOptions& options) {
  const Result<DeliverySettings> settings = settings_of(options);
  if (!settings) return usage_error(settings.error().text());
  const Result<Payloads> payloads = Payloads::make(*settings, options.seed);
  if (!payloads) return usage_error(payloads.error().text());
  Result<Endpoint> endpoint = parse_endpoint_url(options.url);
  if (!endpoint) return usage_error(fmt::format("--url: {}", endpoint.error().text()));
  endpoint->app_secret = Secret(kExampleSecret);
  if (options.app_secret_env.empty()) {
    fmt::print(stderr, "Signed with an example secret; --app-secret-env NAME signs with yours.\n");
  } else {
    endpoint->app_secret = secret_in_environment(options.app_secret_env);
    if (endpoint->app_secret.empty())
      return usage_error(fmt::format("the environment variable {} is not set", options.app_secret_env));
  }
  std::string request;
  RequestWriter(*endpoint, options.client, *payloads).post(options.number, request);
  if (options.curl) return print(options, as_curl(request, options.url));
  if (options.body) return print(options, request.substr(request.find("\r\n\r\n") + 4));
  return print(options, options.out.empty() ? request + "\n" : request);
}

int payload(const PayloadOptions& options) {
  if (!options.type.empty()) return show(options);
  const Result<PayloadLibrary> library = PayloadLibrary::load(options.folder);
  if (!library) return usage_error(library.error().text());
  return print(options, options.json ? list_as_json(*library) : list_as_text(*library));
}

}  // namespace

void declare_payload(CommandLine& line) {
  constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
  auto options = std::make_shared<PayloadOptions>();
  line.positional("type", options->type, "A type of the list; without it, the list", CommandLine::Needed::no);
  line.flag("--curl", options->curl, "Print a command for a shell, which sends it");
  line.flag("--body", options->body, "Print the body alone, without a newline behind it");
  line.flag("--json", options->json, "The list, for machines");
  line.option("--out", options->out, "Write to this file instead of standard output");
  line.option("--url", options->url, "Where to; sent byte for byte");
  line.option("--app-secret-env", options->app_secret_env,
              "The environment variable with your app secret; without it an example signs");
  line.option("--seed", options->seed, 0, kAny, "What ids, names and texts are drawn from");
  line.option("--number", options->number, 0, kAny, "Which delivery of the seed");
  line.option("--batch", options->batch, 1, 1000, "Updates in it");
  line.option("--bytes", options->bytes, 0, 3'000'000, "Lengthen the text until the body has this size; 0: as it is");
  line.option("--value", options->values, "Fix a value: --value phone_number_id=106540352242922");
  line.choice("--client", options->client, {"messaging", "changes"}, "As which of Meta's clients");
  line.choice("--escaping", options->escaping, {"today", "2016"}, "2016: also <, % and @");
  line.option("--payloads", options->folder, "A folder with templates of your own (payloads/README.md)");
  line.example("APP_SECRET=… hookdrill payload image --app-secret-env APP_SECRET --url URL --curl | sh");
  line.action([options] { return payload(*options); });
}

}  // namespace hookdrill
