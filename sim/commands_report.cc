// `hookdrill report`: prints any format of a results file again. Knows formats by their list only.
#include <fmt/core.h>
#include <unistd.h>

#include <fstream>
#include <memory>

#include "cli.h"
#include "common_options.h"
#include "reports/format.h"
#include "reports/results_json.h"
#include "reports/terminal.h"

namespace hookdrill {
namespace {

struct ReportOptions {
  std::string place;
  std::string format = "terminal";
  std::string out;
};

int report(const ReportOptions& options) {
  const Result<const ReportFormat*> format = find_report_format(options.format);
  if (!format) return usage_error(format.error().text());
  const Result<Results> results = load_results(options.place);
  if (!results) return usage_error(results.error().text());

  if (options.out.empty()) {
    const bool coloured = (*format)->name == "terminal" && wants_colour(STDOUT_FILENO);
    const std::string text = coloured ? terminal_report(*results, {.colour = true}) : (*format)->render(*results);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return std::fflush(stdout) == 0 ? kExitOk : usage_error("standard output cannot be written");
  }
  std::ofstream file(options.out, std::ios::binary);
  file << (*format)->render(*results) << std::flush;
  return file ? kExitOk : usage_error(options.out + ": cannot be written");
}

}  // namespace

void declare_report(CommandLine& line) {
  auto options = std::make_shared<ReportOptions>();
  line.positional("results", options->place, "A results folder, or a results.json", CommandLine::Needed::yes);
  std::string formats = "One of:";
  for (const ReportFormat& format : report_formats()) formats += fmt::format("\n{:<14}{}", format.name, format.summary);
  line.option("--format", options->format, formats);
  line.option("--out", options->out, "Write to this file instead of standard output");
  line.example("hookdrill report out/quickstart --format markdown --out summary.md");
  line.action([options] { return report(*options); });
}

}  // namespace hookdrill
