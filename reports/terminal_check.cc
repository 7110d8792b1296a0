#include "reports/terminal_check.h"

#include <map>
#include <vector>

#include "reports/summary.h"

namespace hookdrill {
namespace {

constexpr std::size_t kIndent = 8;
constexpr std::size_t kIdColumns = 28;
constexpr std::size_t kTextIndent = 26;  // behind "Meta would show   "

std::string tag_of(const Finding& finding) {
  static const std::map<std::string, std::string, std::less<>> kTags = {
      {"fatal", "FATAL"}, {"error", "ERROR"},  {"warn", "WARN"},           {"info", "note"},
      {"pass", "pass"},   {"skip", "not run"}, {"not_tested", "UNTESTED"},
  };
  const auto found = kTags.find(finding.severity);
  return found == kTags.end() ? finding.severity : found->second;
}

void titled(std::string_view title, std::string_view text, Page& page) {
  page.line(std::string(kIndent, ' ') + page.bold(pad_right(title, kTextIndent - kIndent)) +
            hanging_text(text, page.width(), kTextIndent, kTextIndent));
}

// "nginx: listen 443 ssl;" as "Mend (nginx)   listen 443 ssl;".
void remedies(const std::string& remedy, Page& page) {
  std::size_t begin = 0;
  while (begin < remedy.size()) {
    const std::size_t end = std::min(remedy.find('\n', begin), remedy.size());
    const std::string_view line = std::string_view(remedy).substr(begin, end - begin);
    const std::size_t colon = line.find(": ");
    const bool named =
        colon != std::string_view::npos && line.substr(0, colon).find(' ') == std::string_view::npos && colon <= 10;
    if (named) {
      titled(fmt::format("Mend ({})", line.substr(0, colon)), line.substr(colon + 2), page);
    } else {
      titled("Mend", line, page);
    }
    begin = end + 1;
  }
}

void heading(const Finding& finding, Page& page) {
  page.line(fmt::format("  {}{}{}", page.verdict(finding.severity, pad_right(tag_of(finding), 6)),
                        page.bold(finding.id), finding.address.empty() ? "" : "  " + finding.address));
}

void brief_line(const Finding& finding, Page& page) {
  const std::string place = finding.address.empty() ? "" : " " + finding.address;
  const std::string text = fmt::format("{} {}{} {}", pad_right(tag_of(finding), 5), finding.id, place, finding.title);
  page.line(fit_width(text, page.width()));
}

// What is no problem: "pass     tcp.slow   the TCP connection is quick: 181 us".
void other_line(const Finding& finding, Page& page) {
  std::string text = finding.title;
  if (!finding.observed.empty() && finding.observed != finding.title) text += ": " + finding.observed;
  const std::size_t indent = 11 + kIdColumns;
  const std::string start = "  " + pad_right(tag_of(finding), 8) + " " + pad_right(finding.id, kIdColumns - 1) + " ";
  page.line(start + hanging_text(text, page.width(), std::max(indent, display_width(start)), indent));
}

// "not reached: http, challenge, delivery (tls.version stands before them)".
void not_reached(const Results& results, Page& page) {
  std::map<std::string, std::vector<std::string>> families;  // by what stands in the way
  for (const Finding& finding : results.findings) {
    if (finding.severity != "skip" || finding.observed.find('.') == std::string::npos ||
        finding.observed.find(' ') != std::string::npos)
      continue;
    std::vector<std::string>& names = families[finding.observed];
    const std::string family = finding.id.substr(0, finding.id.find('.'));
    if (std::find(names.begin(), names.end(), family) == names.end()) names.push_back(family);
  }
  for (const auto& [cause, names] : families)
    page.indented(fmt::format("not reached: {} ({} stands before {})", join_words(names), cause,
                              names.size() == 1 ? "it" : "them"),
                  2);
}

}  // namespace

void show_finding(const Finding& finding, Page& page) {
  heading(finding, page);
  page.indented(finding.title.empty() ? finding.id : finding.title, kIndent);
  if (!finding.observed.empty() && finding.observed != finding.title) page.indented(finding.observed, kIndent);
  if (!finding.shown.empty()) titled("Meta would show", finding.shown, page);
  if (!finding.proof.empty()) titled("Proof", finding.proof, page);
  remedies(finding.remedy, page);
}

std::string check_report(const Results& results, const TerminalStyle& style) {
  Page page(style);
  page.line(page.verdict(results.verdict, hanging_text(check_sentence(results), page.width(), 0, 2)));
  for (std::size_t i = 1; i < results.untrusted_because.size(); ++i) page.indented(results.untrusted_because[i], 2);
  const bool brief = style.detail == TerminalStyle::Detail::brief;
  const std::vector<Finding> problems = problems_of(results);
  if (!brief) page.line();
  for (const Finding& finding : problems) brief ? brief_line(finding, page) : show_finding(finding, page);
  if (!brief) {
    const bool verbose = style.detail == TerminalStyle::Detail::verbose;
    std::vector<Finding> rest;
    for (const Finding& finding : results.findings) {
      const bool told = finding.severity == "info" || finding.severity == "not_tested";
      const bool told_if_asked = finding.severity == "pass" || finding.severity == "skip";
      if (told || (verbose && told_if_asked)) rest.push_back(finding);
    }
    if (!problems.empty() && !rest.empty()) page.line();
    for (const Finding& finding : merged(rest)) other_line(finding, page);
    if (!problems.empty() || !rest.empty()) page.line();
    not_reached(results, page);
  }
  page.indented(fmt::format("{} · {} · details: --verbose", check_counts(results),
                            format_duration(Duration(results.duration_ns))),
                2);
  for (const auto& [label, file] : style.files) page.labelled(label, file);
  return page.take();
}

}  // namespace hookdrill
