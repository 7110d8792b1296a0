// Scenarios from text, for tests: one that must be good, or the mistake that it is.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "catch.h"
#include "plan/scenario_toml.h"

namespace hookdrill {

// The least that a scenario must say: an embedded receiver and one stage.
inline const std::string kStage = "[[stage]]\nrate = \"10/s\"\nfor = \"5s\"\n";
inline const std::string kSmall = "schema = 1\n[receiver]\n" + kStage;

inline Scenario good(const std::string& text, const ScenarioOverrides& overrides = {}, bool need_secrets = true) {
  const Result<Scenario> scenario = parse_scenario(text, "drill.toml", overrides, need_secrets);
  INFO(text);
  INFO((scenario ? "" : scenario.error().text()));
  REQUIRE(scenario.has_value());
  return *scenario;
}

inline std::string mistake(const std::string& text, const ScenarioOverrides& overrides = {}, bool need_secrets = true) {
  const Result<Scenario> scenario = parse_scenario(text, "drill.toml", overrides, need_secrets);
  INFO(text);
  REQUIRE_FALSE(scenario.has_value());
  return scenario.error().text();
}

// The mistake in one [section] with the given line, which stands on line 3 of the file.
inline std::string mistake_in(const std::string& section, const std::string& line) {
  const std::string text = "schema = 1\n[" + section + "]\n" + line + "\n";
  return mistake(text + (section == "receiver" ? "" : "[receiver]\n") + kStage);
}

inline std::string mistake_set(const std::string& change) {
  return mistake(kSmall, {{}, "", {change}});
}

// A file that is gone when the test ends.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& name, const std::string& content)
      : path_(std::filesystem::temp_directory_path() / ("hookdrill-" + std::to_string(::getpid()) + "-" + name)) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }
  std::string name() const { return path_.filename().string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace hookdrill
