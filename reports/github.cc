#include "reports/github.h"

#include <fmt/core.h>

#include <vector>

#include "reports/summary.h"
#include "reports/text.h"

namespace hookdrill {
namespace {

struct Annotation {
  std::string title;
  std::string message;
};

// Source: GitHub's toolkit, "command": data escapes % CR LF, a property also : and the comma.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','))) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

std::string lines(std::string_view level, const Results& results, std::vector<Annotation> annotations) {
  if (annotations.size() > kAnnotationsMax) {
    const std::size_t more = annotations.size() - kAnnotationsMax + 1;
    annotations.resize(kAnnotationsMax - 1);
    annotations.push_back({results.scenario.name, fmt::format("and {} more, see the report", more)});
  }
  std::string text;
  for (const Annotation& annotation : annotations) {
    text += fmt::format("::{} ", level);
    if (!results.scenario.file.empty()) text += fmt::format("file={},", escaped(results.scenario.file, true));
    text += fmt::format("title={}::{}\n", escaped(annotation.title, true), escaped(annotation.message, false));
  }
  return text;
}

std::string told(const Finding& finding) {
  std::string text = finding.address.empty() ? finding.observed : finding.address + ": " + finding.observed;
  if (!finding.remedy.empty()) text += "\nMend: " + finding.remedy;
  return text;
}

}  // namespace

std::string github_annotations(const Results& results) {
  std::vector<Annotation> errors, warnings;
  const std::string& name = results.scenario.name;
  for (const std::string& reason : results.untrusted_because) errors.push_back({name + ": cannot be trusted", reason});
  for (const VerdictRow& row : results.verdicts) {
    const std::string why = row.why.empty() ? "" : ". " + row.why;
    const std::string message = row.observed + ", " + wanted_text(row) + why;
    if (row.status == "fail") errors.push_back({name + ": " + metric_of(row), message});
    if (row.status == "undecided") warnings.push_back({name + ": " + metric_of(row) + " is undecided", message});
  }
  for (const Finding& finding : problems_of(results))
    (finding.severity == "warn" ? warnings : errors).push_back({finding.id + ": " + finding.title, told(finding)});
  std::string text = lines("error", results, errors) + lines("warning", results, warnings);
  if (errors.empty())
    text += lines("notice", results, {{name + ": " + verdict_word(results), verdict_reasons(results)[0]}});
  return text;
}

}  // namespace hookdrill
