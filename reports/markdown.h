// Markdown for a GitHub step summary, a merge request or an issue.
#pragma once

#include <string>
#include <string_view>

#include "reports/results.h"

namespace hookdrill {

/// GitHub drops a step summary above 1 MiB, so the report stays below: what does not fit is left out, and said so.
inline constexpr std::size_t kMarkdownBytesMax = (1u << 20) - 4096;

std::string markdown_report(const Results& results);

/// `text` as it stands, on one line: no character of it means anything to Markdown, a table or HTML.
std::string markdown_escape(std::string_view text);

}  // namespace hookdrill
