// The command line: parses argv, dispatches to one command, returns the exit code.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace hookdrill {

enum ExitCode : int { kExitOk = 0, kExitFailed = 1, kExitUsage = 2, kExitUntrusted = 3, kExitRefused = 4 };

/// Options that several commands share; each command adds those that it honours.
struct CommonOptions {
  std::string out;               // --out
  std::string ca_file;           // --ca-file
  std::vector<std::string> set;  // --set key=value
  std::uint64_t seed = 0;        // --seed; valid when has_seed
  bool has_seed = false;
  bool quiet = false;  // --quiet
  bool json = false;   // --json
};

/// Adds one subcommand to the app: its options, help, example, and a callback that stores its exit code in `exit_code`.
/// One function a command, in commands_<name>.cc; cli.cc lists them.
using AddCommand = void (*)(CLI::App& app, int& exit_code);

void add_receive_command(CLI::App& app, int& exit_code);
void add_report_command(CLI::App& app, int& exit_code);
void add_payload_command(CLI::App& app, int& exit_code);
void add_run_command(CLI::App& app, int& exit_code);
void add_simulate_command(CLI::App& app, int& exit_code);
void add_explain_command(CLI::App& app, int& exit_code);

/// Prints "message" to stderr and returns kExitUsage.
int usage_error(const std::string& message);

int run_command_line(int argc, char** argv);

}  // namespace hookdrill
