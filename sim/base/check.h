// Assertions about ourselves. They stay on in release: an instrument that is wrong must stop, not report.
#pragma once

namespace hookdrill {

/// Prints the broken promise to stderr and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace hookdrill

#define HOOKDRILL_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::hookdrill::check_failed(#condition, __FILE__, __LINE__))
