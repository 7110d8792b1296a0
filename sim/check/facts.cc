#include "check/facts.h"

#include <algorithm>

namespace hookdrill {

Level AddressFacts::level() const {
  if (!strict || !strict->connected) return Level::resolved;
  if (uses_tls && !strict->facts.done) return Level::connected;
  return strict->step.ok() ? Level::answered : Level::secured;
}

const ProbeResult* AddressFacts::seen() const {
  if (strict && !strict->facts.chain.empty()) return &*strict;
  return lenient && !lenient->facts.chain.empty() ? &*lenient : nullptr;
}

Level Facts::level() const {
  Level best = Level::nothing;
  for (const AddressFacts& at : addresses) best = std::max(best, at.level());
  if (best < Level::answered || !(proven() || on_loopback)) return best;
  const Exchange* delivery = exchange("post.signed");
  return delivery != nullptr && delivery->answered() && delivery->status() == 200 ? Level::accepted : Level::proven;
}

bool Facts::proven() const {
  const Exchange* right = exchange("echo");
  const Exchange* wrong = exchange("token.wrong");
  return right != nullptr && right->echoed() && wrong != nullptr && wrong->answered() && !wrong->echoed();
}

const Exchange* Facts::exchange(std::string_view name) const {
  const auto found =
      std::find_if(exchanges.begin(), exchanges.end(), [&](const Exchange& made) { return made.name == name; });
  return found == exchanges.end() ? nullptr : &*found;
}

}  // namespace hookdrill
