// GitHub Actions annotations: workflow commands for standard output of a step.
#pragma once

#include <string>
#include <string_view>

#include "reports/results.h"

namespace hookdrill {

/// GitHub shows ten errors and ten warnings of a step; the tenth line then tells how many more there are.
inline constexpr std::size_t kAnnotationsMax = 10;

std::string github_annotations(const Results& results);

}  // namespace hookdrill
