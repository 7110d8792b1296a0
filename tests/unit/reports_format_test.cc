#include <regex>

#include "catch.h"
#include "reports/format.h"
#include "reports/results_json.h"
#include "reports/terminal.h"
#include "reports/text.h"
#include "reports_samples.h"

using namespace hookdrill;

namespace {

// Compressed histograms depend on the version of zlib; other tests read them back.
std::string without_hdr(const std::string& text) {
  return std::regex_replace(text, std::regex("HISTFA[A-Za-z0-9+/=]*"), "HISTFA");
}

}  // namespace

TEST_CASE("reports: every format of every sample is as its golden file") {
  for (const ReportFormat& format : report_formats()) {
    for (const NamedSample& sample : all_samples()) {
      const std::string file = sample.name + "." + std::string(format.file_name);
      INFO(file);
      const std::string text = format.render(sample.results);
      CHECK(without_hdr(text) == without_hdr(golden(file, text)));
    }
  }
}

TEST_CASE("reports: every format is the same from the results file as from the run") {
  for (const NamedSample& sample : all_samples()) {
    const Result<Results> again = from_json(to_json(sample.results), "results.json");
    REQUIRE(again.has_value());
    for (const ReportFormat& format : report_formats()) {
      INFO(sample.name << "." << format.name);
      CHECK(format.render(*again) == format.render(sample.results));
    }
  }
}

TEST_CASE("reports: results without anything in them can be printed") {
  for (const ReportFormat& format : report_formats()) CHECK_FALSE(format.render(Results()).empty());
}

TEST_CASE("reports: an unknown format is told the nearest") {
  CHECK(find_report_format("json").has_value());
  CHECK(find_report_format("jsn").error().message.find("did you mean \"json\"?") != std::string::npos);
}

TEST_CASE("terminal: no line is wider than asked for") {
  for (const int width : {80, 100, 160}) {
    for (const NamedSample& sample : all_samples()) {
      const std::string text = terminal_report(sample.results, {.width = width});
      std::size_t start = 0;
      for (std::size_t end = 0; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
        INFO(sample.name << " " << text.substr(start, end - start));
        CHECK(display_width(text.substr(start, end - start)) <= static_cast<std::size_t>(width));
      }
    }
  }
}

TEST_CASE("terminal: colour adds nothing but colour") {
  for (const NamedSample& sample : all_samples()) {
    const std::string coloured = terminal_report(sample.results, {.colour = true});
    CHECK(coloured.find("\x1b[") != std::string::npos);
    CHECK(std::regex_replace(coloured, std::regex("\x1b\\[[0-9;]*m"), "") == terminal_report(sample.results, {}));
  }
}

TEST_CASE("terminal: bars show any value, and the most as the highest") {
  Histogram histogram;
  histogram.record(std::chrono::microseconds(1), 1000);
  histogram.record(std::chrono::milliseconds(1), 1);
  CHECK(bar_line(histogram, std::chrono::microseconds(1), std::chrono::milliseconds(1), 4) == "█  ▁");
  CHECK(bar_line(Histogram(), {}, {}, 3) == "   ");
}
