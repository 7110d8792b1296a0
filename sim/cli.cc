#include "cli.h"

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

namespace hookdrill {
namespace {

// Every command of the program, in the order of --help.
constexpr AddCommand kCommands[] = {
    add_run_command,
    add_simulate_command,
    add_explain_command,
    add_receive_command,
    add_report_command,
    add_payload_command,
};

}  // namespace

int usage_error(const std::string& message) {
  fmt::print(stderr, "{}\n", message);
  return kExitUsage;
}

int run_command_line(int argc, char** argv) {
  CLI::App app("hookdrill plays Meta's side of a WhatsApp webhook: it checks, loads and measures your endpoint.",
               "hookdrill");
  app.set_version_flag("--version", "hookdrill " HOOKDRILL_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  int exit_code = kExitOk;
  for (const AddCommand add : kCommands) add(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "hookdrill: {}\n", error.what());
    return kExitUntrusted;
  }
  return exit_code;
}

}  // namespace hookdrill
