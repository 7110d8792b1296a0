#include "results_folder.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli.h"
#include "reports/format.h"

namespace hookdrill {
namespace {

// What lies in a results folder besides results.json; a format that this build lacks is left out.
struct FolderFile {
  std::string_view format;
  std::string_view what;
};
constexpr FolderFile kFiles[] = {{"json", "results"}, {"html", "page"}, {"hlog", "latency"}};

Result<void> write_file(const std::filesystem::path& place, const std::string& text) {
  const std::filesystem::path unfinished = place.string() + ".part";
  {
    std::ofstream file(unfinished, std::ios::binary);
    file << text << std::flush;
    if (!file) return Diagnostic{place.string(), 0, 0, "cannot be written"};
  }
  std::error_code error;
  std::filesystem::rename(unfinished, place, error);
  if (error) return Diagnostic{place.string(), 0, 0, error.message()};
  return {};
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> write_results_folder(const Results& results,
                                                                              const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Diagnostic{folder, 0, 0, fmt::format("cannot be created: {}", error.message())};
  std::vector<std::pair<std::string, std::string>> files;
  for (const FolderFile& file : kFiles) {
    const Result<const ReportFormat*> format = find_report_format(file.format);
    if (!format) continue;
    const std::filesystem::path place = std::filesystem::path(folder) / (*format)->file_name;
    const Result<void> written = write_file(place, (*format)->render(results));
    if (!written) return written.error();
    files.emplace_back(file.what, place.string());
  }
  return files;
}

Result<std::string> write_text_file(const std::string& folder, const std::string& name, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Diagnostic{folder, 0, 0, fmt::format("cannot be created: {}", error.message())};
  const std::filesystem::path place = std::filesystem::path(folder) / name;
  const Result<void> written = write_file(place, text);
  if (!written) return written.error();
  return place.string();
}

int exit_code_of(const SweepResults& sweep) {
  const auto any = [&](std::string_view verdict) {
    return std::any_of(sweep.points.begin(), sweep.points.end(),
                       [&](const SweepPoint& point) { return point.verdict == verdict; });
  };
  return sweep.interrupted || any("untrusted") ? kExitUntrusted : any("fail") ? kExitFailed : kExitOk;
}

int exit_code_of(const Results& results) {
  return results.verdict == "pass" ? kExitOk : results.verdict == "fail" ? kExitFailed : kExitUntrusted;
}

}  // namespace hookdrill
