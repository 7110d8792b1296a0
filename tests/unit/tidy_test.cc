// The shape of the source itself: who includes whom, how long files and functions are, and calls that have a better
// replacement here. Reads text only; a finding names file, line and what to do.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catch.h"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileLinesMax = 500;
constexpr std::size_t kFunctionLinesMax = 80;
constexpr std::size_t kLineColumnsMax = 120;

struct SourceFile {
  std::string path;   // from the root: "sim/plan/plan.h"
  std::string layer;  // base, plan, ..., reports, program, tests
  std::vector<std::string> lines;

  bool header() const { return path.ends_with(".h"); }
  bool product() const { return layer != "tests"; }
};

std::string layer_of(const fs::path& path) {
  auto part = path.begin();
  const std::string top = part->string();
  if (top != "sim") return top;
  const std::string second = (++part)->string();
  return std::next(part) == path.end() ? "program" : second;
}

std::vector<SourceFile> load_sources() {
  const fs::path root = HOOKDRILL_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const char* top : {"sim", "reports", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cc" && extension != ".h" && extension != ".cpp") continue;
      const fs::path path = fs::relative(entry.path(), root);
      SourceFile file{path.string(), layer_of(path), {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) file.lines.push_back(line);
      files.push_back(std::move(file));
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

const std::vector<SourceFile>& sources() {
  static const std::vector<SourceFile> files = load_sources();
  return files;
}

std::string place(const SourceFile& file, std::size_t index) {
  return file.path + ":" + std::to_string(index + 1) + ": ";
}

/// What is between the quotes or brackets of an #include line; "" for any other line.
std::string_view included(std::string_view line) {
  if (!line.starts_with("#include ") || line.size() < 12) return {};
  const std::size_t end = line.find_first_of("\">", 10);
  return line.substr(10, end == std::string_view::npos ? end : end - 10);
}

/// The line without its strings' content and without a // comment, so that words in them are not taken for code.
std::string code_of(std::string_view line) {
  std::string code;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == '\\') ++i;
      if (c == quote) quote = 0;
    } else if (line.substr(i).starts_with("//")) {
      break;
    } else {
      const bool digit_separator = c == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(line[i - 1])) != 0;
      if (c == '"' || (c == '\'' && !digit_separator)) quote = c;
      code += c;
    }
  }
  return code;
}

/// True when `code` has `word` and not just as the end of a longer name.
bool has_word(std::string_view code, std::string_view word) {
  for (std::size_t at = code.find(word); at != std::string_view::npos; at = code.find(word, at + 1)) {
    const char before = at == 0 ? ' ' : code[at - 1];
    if (std::isalnum(static_cast<unsigned char>(before)) == 0 && before != '_') return true;
  }
  return false;
}

const std::map<std::string, std::set<std::string>, std::less<>> kMayInclude = {
    {"base", {"base"}},
    {"plan", {"base", "plan"}},
    {"engine", {"base", "plan", "engine"}},
    {"model", {"base", "plan", "engine", "model"}},
    {"live", {"base", "plan", "engine", "live"}},
    {"check", {"base", "plan", "engine", "live", "check"}},
    {"reports", {"base", "reports"}},
};

struct Banned {
  std::string_view word;
  std::string_view instead;
  std::set<std::string> layers;            // where; empty = everywhere
  std::set<std::string, std::less<>> may;  // files that may
};

const std::set<std::string> kLayers = {"base", "plan", "engine", "model", "live", "check", "reports"};
const std::set<std::string> kTimeless = {"base", "plan", "engine", "model", "reports"};

const std::vector<Banned> kBanned = {
    {"assert(", "HOOKDRILL_CHECK of base/check.h, which stays on in release", {}, {}},
    {"rand(", "draw() of base/rng.h, keyed by what it is for", {}, {}},
    {"random_device", "draw() of base/rng.h, keyed by what it is for", kTimeless, {}},
    {"std::mt19937", "draw() of base/rng.h, keyed by what it is for", {}, {}},
    {"std::uniform_int_distribution", "draw_below() of base/rng.h: std distributions differ between libraries", {}, {}},
    {"std::uniform_real_distribution", "draw_unit() of base/rng.h: std distributions differ between libraries", {}, {}},
    {"std::exponential_distribution", "draw_exponential() of base/rng.h", {}, {}},
    {"std::normal_distribution", "draw_normal() of base/rng.h", {}, {}},
    {"std::poisson_distribution", "plan/arrivals.h, or draw_exponential() of base/rng.h", {}, {}},
    {"sleep_for(", "a timer of the event loop; in a test, poll with a bound or use virtual time", {}, {}},
    {"usleep(", "a timer of the event loop; in a test, poll with a bound or use virtual time", {}, {}},
    {"gethostbyname", "the resolver of live/: gethostbyname knows no IPv6 and no threads", {}, {}},
    {"std::cout", "return the text; only a command prints", kLayers, {}},
    {"std::cerr", "return a Diagnostic; only a command prints", kLayers, {"sim/base/check.cc"}},
    {"printf(", "fmt::format; only a command prints", kLayers, {"sim/base/check.cc"}},
    {"sprintf(", "fmt::format", {}, {}},
    {"strcpy(", "std::string", {}, {}},
    {"atoi(", "std::from_chars, which tells an error from 0", {}, {}},
    {"getenv(",
     "a value handed in; the environment is read in plan/scenario_finish.cc",
     kLayers,
     {"sim/plan/scenario_finish.cc"}},
    {"system_clock::now(", "a time handed in", kTimeless, {}},
    {"steady_clock::now(", "Transport::now(), the only clock of the engine", kTimeless, {}},
};

bool allowed_openssl(const SourceFile& file, std::string_view header) {
  if (!file.product() || file.layer == "live" || file.layer == "check") return true;
  if (header == "openssl/ssl.h" || header == "openssl/bio.h") return false;
  return file.layer == "plan" || file.layer == "program";  // signatures and hashes
}

bool opens_function(std::string_view line) {
  if (line.empty() || !line.ends_with("{") || line.front() == ' ' || line.front() == '#' || line.front() == '}')
    return false;
  for (const std::string_view other : {"namespace", "class", "struct", "enum", "union", "extern", "const", "TEST_CASE"})
    if (line.starts_with(other) && line.find(" = {") != std::string_view::npos) return false;
  for (const std::string_view other : {"namespace", "class ", "struct ", "enum ", "union ", "extern "})
    if (line.starts_with(other) && line.find('(') == std::string_view::npos) return false;
  return true;
}

/// Characters, not bytes: everything but UTF-8 continuation bytes.
std::size_t columns(std::string_view line) {
  const auto first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), first_byte));
}

/// A .cc beside a header of its name is described there, a test by what it tests.
bool described_elsewhere(const SourceFile& file) {
  if (file.path.ends_with("_test.cc")) return true;
  const fs::path path = fs::path(HOOKDRILL_SOURCE_DIR) / file.path;
  return path.extension() == ".cc" && fs::exists(fs::path(path).replace_extension(".h"));
}

using Problems = std::string;  // one finding a line; "" = none

}  // namespace

TEST_CASE("tidy: a layer includes only the layers below it") {
  Problems problems;
  for (const SourceFile& file : sources()) {
    const auto rule = kMayInclude.find(file.layer);
    if (rule == kMayInclude.end()) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string_view name = included(file.lines[i]);
      const std::string folder(name.substr(0, std::min(name.find('/'), name.size())));
      if (kMayInclude.contains(folder) && !rule->second.contains(folder))
        problems +=
            place(file, i) + file.layer + " must not know " + folder + "/; move what is shared down, or hand it in\n";
    }
  }
  CHECK(problems == "");
}

TEST_CASE("tidy: sockets and TLS live in live/ and check/ only") {
  Problems problems;
  for (const SourceFile& file : sources()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string_view name = included(file.lines[i]);
      const bool asio =
          name.starts_with("boost/asio") || name.starts_with("boost/beast") || name.starts_with("sys/socket");
      if (asio && file.product() && file.layer != "live" && file.layer != "check")
        problems += place(file, i) + "Asio, Beast and sockets belong to live/ and check/; use the Transport seam\n";
      if (name.starts_with("openssl/") && !allowed_openssl(file, name))
        problems += place(file, i) + "OpenSSL belongs to live/ and check/ (hashing also to plan/)\n";
      if (name.starts_with("toml++") && file.path != "sim/plan/toml.cc")
        problems += place(file, i) + "toml++ is known to sim/plan/toml.cc alone\n";
      if (name.starts_with("CLI/") && file.layer != "program" && file.product())
        problems += place(file, i) + "the command line belongs to the program's files in sim/\n";
    }
  }
  CHECK(problems == "");
}

TEST_CASE("tidy: calls that have a better replacement here are not used") {
  Problems problems;
  for (const SourceFile& file : sources()) {
    if (file.path == "tests/unit/tidy_test.cc") continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = code_of(file.lines[i]);
      for (const Banned& banned : kBanned) {
        if (!banned.layers.empty() && !banned.layers.contains(file.layer)) continue;
        if (banned.may.contains(file.path) || !has_word(code, banned.word)) continue;
        problems += place(file, i) + std::string(banned.word) + ": use " + std::string(banned.instead) + "\n";
      }
    }
  }
  CHECK(problems == "");
}

TEST_CASE("tidy: a file is short enough to be one thing") {
  Problems problems;
  for (const SourceFile& file : sources())
    if (file.lines.size() > kFileLinesMax)
      problems += file.path + " has " + std::to_string(file.lines.size()) + " lines; above " +
                  std::to_string(kFileLinesMax) + " a file wants to be two\n";
  CHECK(problems == "");
}

TEST_CASE("tidy: a function fits a screen") {
  Problems problems;
  for (const SourceFile& file : sources()) {
    if (!file.product()) continue;
    std::size_t first = file.lines.size();
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (opens_function(file.lines[i])) first = i;
      if (!file.lines[i].starts_with("}") || first == file.lines.size()) continue;
      if (i - first > kFunctionLinesMax)
        problems += place(file, first) + "a function of " + std::to_string(i - first) + " lines; above " +
                    std::to_string(kFunctionLinesMax) + " give its steps names\n";
      first = file.lines.size();
    }
  }
  CHECK(problems == "");
}

TEST_CASE("tidy: a file opens with what it is for, and lines are clean") {
  Problems problems;
  for (const SourceFile& file : sources()) {
    if (file.lines.empty()) continue;
    const bool main = file.path.ends_with("/main.cc") || file.path == "tests/catch.h";
    if (!file.lines[0].starts_with("//") && !main && !described_elsewhere(file))
      problems += file.path + ": opens without a comment on what it is for and what it must not know\n";
    if (file.header() && std::find(file.lines.begin(), file.lines.end(), "#pragma once") == file.lines.end())
      problems += file.path + ": a header needs #pragma once\n";
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      if (columns(line) > kLineColumnsMax && file.product())
        problems += place(file, i) + "longer than 120 columns: run clang-format\n";
      if (!line.empty() && (line.back() == ' ' || line.find('\t') != std::string::npos))
        problems += place(file, i) + "a tab or a space at the end: run clang-format\n";
      if (file.path == "tests/unit/tidy_test.cc") continue;
      for (const std::string_view left : {"TODO", "FIXME", "XXX"})
        if (has_word(line, left)) problems += place(file, i) + "do it, or say it in the issue tracker\n";
    }
  }
  CHECK(problems == "");
}
