// results.json: Results as text and back. The file alone reproduces every report exactly. Published schema:
// results.schema.json beside this file.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "reports/results.h"

namespace hookdrill {

/// Byte-identical for equal results.
std::string to_json(const Results& results);

/// A file of another schema version, or one that is damaged, is an error that names the place. `file` is for messages.
Result<Results> from_json(std::string_view text, const std::string& file);

/// The results in `place`: a results folder or a results file.
Result<Results> load_results(const std::string& place);

}  // namespace hookdrill
