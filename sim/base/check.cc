#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace hookdrill {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "hookdrill: broken promise at %s:%d: %s\nThis is a defect in hookdrill; please report it.\n",
               file, line, condition);
  std::abort();
}

}  // namespace hookdrill
