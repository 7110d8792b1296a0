// Results made by hand, one for each kind of ending: what the report tests print.
#pragma once

#include <string>
#include <vector>

#include "reports/results.h"

namespace hookdrill {

Results passing_sample();      // everything delivered, embedded receiver
Results dropping_sample();     // a path that loses 18 % of its connections
Results check_sample();        // of the command check, two addresses
Results certificate_sample();  // no attempt gets through: an intermediate is missing
Results untrusted_sample();    // the generator was late
Results comparing_sample();    // a path that loses 18 % against a slower one that loses nothing

struct NamedSample {
  std::string name;
  Results results;
};
std::vector<NamedSample> all_samples();

/// The text of tests/golden/reports/<file>; with UPDATE_GOLDEN=1 in the environment it is `actual`, written there
/// first.
std::string golden(const std::string& file, const std::string& actual);

}  // namespace hookdrill
