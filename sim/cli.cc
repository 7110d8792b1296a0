#include "cli.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <list>
#include <string_view>

#include "base/result.h"

namespace hookdrill {
namespace {

// Every command of the program, in the order of --help.
constexpr Command kCommands[] = {
    {"check", "Would Meta deliver to this endpoint? Every reason why not, and how to mend it", declare_check},
    {"run", "Load a real endpoint as Meta would, retries included, and judge what happened", declare_run},
    {"simulate", "Run a scenario against its paths' models in virtual time; sends nothing", declare_simulate},
    {"compare", "Measure a scenario's paths against each other in interleaved blocks, or two earlier runs",
     declare_compare},
    {"explain", "Show a scenario's plan, duration, ports and descriptors; sends nothing", declare_explain},
    {"receive", "Be the endpoint: a receiver with known delays, answers and faults", declare_receive},
    {"payload", "List what Meta can send, or show one of them, signed", declare_payload},
    {"client-certificate", "Make a certificate like the one that Meta shows to servers that ask",
     declare_client_certificate},
    {"merge", "Add up the results of several runs of one scenario, and judge the sum", declare_merge},
    {"report", "Print a report of earlier results, in any format", declare_report},
};

}  // namespace

void CommandLine::positional(const std::string& name, std::string& to, const std::string& help, Needed needed) {
  app_->add_option(name, to, help)->required(needed == Needed::yes);
}

void CommandLine::positionals(const std::string& name, std::vector<std::string>& to, const std::string& help) {
  app_->add_option(name, to, help)->required();
}

void CommandLine::option(const std::string& name, std::string& to, const std::string& help) {
  CLI::Option* option = app_->add_option(name, to, help);
  if (!to.empty()) option->capture_default_str();
}

void CommandLine::option(const std::string& name, std::vector<std::string>& to, const std::string& help) {
  app_->add_option(name, to, help)->allow_extra_args(false);
}

void CommandLine::option(const std::string& name, std::optional<std::uint64_t>& to, const std::string& help) {
  app_->add_option_function<std::uint64_t>(
      name, [&to](std::uint64_t value) { to = value; }, help);
}

void CommandLine::option(const std::string& name, std::uint64_t& to, std::uint64_t low, std::uint64_t high,
                         const std::string& help) {
  app_->add_option(name, to, help)->check(CLI::Range(low, high))->capture_default_str();
}

void CommandLine::choice(const std::string& name, std::string& to, const std::vector<std::string>& words,
                         const std::string& help) {
  app_->add_option(name, to, help)->check(CLI::IsMember(words))->capture_default_str();
}

void CommandLine::flag(const std::string& name, bool& to, const std::string& help) {
  app_->add_flag(name, to, help);
}

void CommandLine::example(const std::string& command) {
  app_->footer("Example: " + command);
}

bool CommandLine::chosen() const {
  return app_->parsed();
}

int usage_error(const std::string& message) {
  fmt::print(stderr, "{}\n", message);
  return kExitUsage;
}

namespace {

// What an option that does not exist should perhaps have been; "" when the mistake is another one.
std::string unknown_option(const CLI::App& command) {
  for (const std::string& extra : command.remaining()) {
    if (!extra.starts_with("-")) continue;
    const std::string name = extra.substr(0, extra.find('='));
    std::vector<std::string> known;
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& word : option->get_lnames()) known.push_back("--" + word);
    }
    return fmt::format("unknown option {}{}", name,
                       did_you_mean(name, std::vector<std::string_view>(known.begin(), known.end())));
  }
  return "";
}

// One line that says what is wrong, and where to read on: the whole help is no answer to a typing mistake.
int parse_error(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  std::vector<std::string_view> names;
  for (const Command& command : kCommands) names.push_back(command.name);
  const std::string_view first = argc > 1 ? argv[1] : "";
  const auto chosen = std::find(names.begin(), names.end(), first);
  if (first.empty()) {
    fmt::print(stderr, "{}", app.help());
  } else if (chosen == names.end() && !first.starts_with("-")) {
    fmt::print(stderr, "unknown command \"{}\"{}\nhookdrill --help lists the commands\n", first,
               did_you_mean(first, names));
  } else {
    const bool known = chosen != names.end();
    const std::string unknown = unknown_option(known ? *app.get_subcommand(std::string(first)) : app);
    fmt::print(stderr, "{}\nhookdrill {}--help says more\n", unknown.empty() ? error.what() : unknown,
               known ? fmt::format("{} ", first) : "");
  }
  return kExitUsage;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App app("hookdrill plays Meta's side of a WhatsApp webhook: it checks, loads and measures your endpoint.",
               "hookdrill");
  app.set_version_flag("--version", "hookdrill " HOOKDRILL_VERSION);
  app.require_subcommand(1);
  std::list<CommandLine> lines;
  for (const Command& command : kCommands) {
    lines.emplace_back(*app.add_subcommand(command.name, command.summary));
    command.declare(lines.back());
  }
  try {
    app.parse(argc, argv);
    for (const CommandLine& line : lines) {
      if (line.chosen()) return line.run();
    }
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return parse_error(app, error, argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "hookdrill: {}\n", error.what());
    return kExitUntrusted;
  }
  return kExitUsage;
}

}  // namespace hookdrill
