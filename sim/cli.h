// The command line: parses argv, dispatches to one command, returns the exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "command_line.h"

namespace hookdrill {

enum ExitCode : int { kExitOk = 0, kExitFailed = 1, kExitUsage = 2, kExitUntrusted = 3, kExitRefused = 4 };

/// Options that several commands share; each command adds those that it honours.
struct CommonOptions {
  std::string out;                    // --out
  std::string ca_file;                // --ca-file
  std::vector<std::string> set;       // --set key=value
  std::optional<std::uint64_t> seed;  // --seed
  bool quiet = false;                 // --quiet
  bool json = false;                  // --json
};

/// A subcommand: its options, help, example and action are declared by one function, in commands_<name>.cc; cli.cc
/// lists them.
struct Command {
  const char* name;
  const char* summary;
  void (*declare)(CommandLine& line);
};

void declare_check(CommandLine& line);
void declare_receive(CommandLine& line);
void declare_report(CommandLine& line);
void declare_payload(CommandLine& line);
void declare_client_certificate(CommandLine& line);
void declare_run(CommandLine& line);
void declare_simulate(CommandLine& line);
void declare_compare(CommandLine& line);
void declare_merge(CommandLine& line);
void declare_explain(CommandLine& line);

/// Prints "message" to stderr and returns kExitUsage.
int usage_error(const std::string& message);

int run_command_line(int argc, char** argv);

}  // namespace hookdrill
