// Expectations that others have published, by name, each with where it comes from. Plain data.
#pragma once

#include <string_view>
#include <vector>

#include "plan/scenario.h"

namespace hookdrill {

/// What a preset is asked with: the messages per second that the endpoint must cope with, 0 when the scenario does not
/// say.
struct PresetAsked {
  std::string_view name;
  double outgoing = 0;
  double incoming = 0;
};

std::vector<std::string_view> expectation_preset_names();

/// The expectations of a preset; `line` is the preset's in the scenario. The name must be a known one.
std::vector<Expectation> expand_preset(const PresetAsked& asked, int line);

}  // namespace hookdrill
