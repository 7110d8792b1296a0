// Asks the system's resolver for A and AAAA apart, at the same time, each with its own time. Keeps nothing.
#pragma once

#include <string>

#include "check/facts.h"

namespace hookdrill {

struct DnsAnswers {
  DnsAnswer a;
  DnsAnswer aaaa;
};

/// Blocks at most `limit`; an answer that came later is Kind::no_answer. The system's resolver cannot be stopped: its
/// thread is left behind and ends by itself.
DnsAnswers look_up(const std::string& host, Duration limit);

}  // namespace hookdrill
