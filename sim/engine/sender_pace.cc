#include "engine/sender_pace.h"

#include <cmath>

#include "base/check.h"

namespace hookdrill {

double SenderPace::add(Decaying& counter, Time now) {
  const double before = counter.count * std::exp(-to_seconds(now - counter.at) / to_seconds(kMemory));
  counter = {before + 1, now};
  return before;
}

SenderPace::Recent SenderPace::begin(std::size_t sender, Time now) {
  HOOKDRILL_CHECK(sender < senders_.size());
  const double own = add(senders_[sender], now);
  const double all = add(all_, now);
  return {static_cast<float>(own), static_cast<float>(all / static_cast<double>(senders_.size()))};
}

}  // namespace hookdrill
