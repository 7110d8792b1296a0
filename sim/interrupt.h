// Ctrl-C and SIGTERM: the first asks for an honest end, the second ends at once.
#pragma once

#include <atomic>

namespace hookdrill {

/// Installs the handlers and ignores SIGPIPE (a closed socket is an outcome, not a signal). The flag is set at the
/// first signal; the second one ends the program with exit code 3.
const std::atomic<bool>& watch_for_interrupt();

}  // namespace hookdrill
