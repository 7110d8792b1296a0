// How many connections this process may have open at once. Every one is a descriptor, and a second one at the embedded
// receiver: were that out of descriptors, it could not accept, and its silence would look like a loss.
#pragma once

#include "plan/scenario.h"

namespace hookdrill {

/// What a run of this scenario may need, with all that max_in_flight allows.
int descriptors_needed(const Scenario& scenario);

/// Raises the limit as far as the system lets us, and says how many connections each sending thread may have open then;
/// at least 1.
int connections_allowed(const Scenario& scenario);

}  // namespace hookdrill
