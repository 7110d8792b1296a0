// Writes a results folder: results.json and the pictures of it that people open. Nothing is left half written.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "reports/results.h"
#include "reports/sweep.h"

namespace hookdrill {

/// Creates `folder` if need be and writes every format that has a file of its own there. Returns {what, path} of each.
Result<std::vector<std::pair<std::string, std::string>>> write_results_folder(const Results& results,
                                                                              const std::string& folder);

/// Writes one file into `folder`, which is created if need be; nothing is left half written. Returns its path.
Result<std::string> write_text_file(const std::string& folder, const std::string& name, const std::string& text);

/// The exit code that a verdict stands for; of a sweep, the worst of its points'.
int exit_code_of(const SweepResults& sweep);
int exit_code_of(const Results& results);

}  // namespace hookdrill
