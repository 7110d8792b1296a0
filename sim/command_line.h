// How a command says what it takes. Hides the library that parses argv, so that one file compiles it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace hookdrill {

/// One subcommand under construction. What an option writes to must live as long as the parse: commands capture their
/// options in a shared_ptr that their action holds.
class CommandLine {
 public:
  explicit CommandLine(CLI::App& app) : app_(&app) {}

  enum class Needed { yes, no };
  void positional(const std::string& name, std::string& to, const std::string& help, Needed needed);

  /// At least one.
  void positionals(const std::string& name, std::vector<std::string>& to, const std::string& help);

  /// A default that is not empty is shown in the help.
  void option(const std::string& name, std::string& to, const std::string& help);
  /// May be given several times.
  void option(const std::string& name, std::vector<std::string>& to, const std::string& help);
  void option(const std::string& name, std::optional<std::uint64_t>& to, const std::string& help);
  /// Anything outside [low, high] is a usage error.
  void option(const std::string& name, std::uint64_t& to, std::uint64_t low, std::uint64_t high,
              const std::string& help);
  /// Only one of `words`.
  void choice(const std::string& name, std::string& to, const std::vector<std::string>& words, const std::string& help);
  void flag(const std::string& name, bool& to, const std::string& help);

  /// Stands at the end of the help: "hookdrill run x.toml".
  void example(const std::string& command);

  /// What the command does; returns the exit code.
  void action(std::function<int()> run) { action_ = std::move(run); }

  /// After the parse: whether the user chose this command, and running it.
  bool chosen() const;
  int run() const { return action_(); }

 private:
  CLI::App* app_;
  std::function<int()> action_;
};

}  // namespace hookdrill
