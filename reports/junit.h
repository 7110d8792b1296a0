// JUnit XML, as GitLab, Jenkins and GitHub's reporters read it: a test case for each expectation and each finding.
#pragma once

#include <string>

#include "reports/results.h"

namespace hookdrill {

/// A failed expectation is a <failure>, an undecided one <skipped>, a run that cannot be trusted an <error>.
std::string junit_report(const Results& results);

}  // namespace hookdrill
