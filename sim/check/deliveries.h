// Signed deliveries of a check: every payload type, wrong signatures, repeats, sizes, other clients, a burst. Sends
// only to an endpoint that has proven to be ours; judges nothing.
#pragma once

#include "check/requests.h"

namespace hookdrill {

/// Fills facts.exchanges, and the bursts of the addresses. Stops after the first delivery when that is not accepted.
void make_deliveries(Facts& facts, const AddressFacts& at, TlsClient& strict, const Budget& budget,
                     const std::function<void(std::string_view)>& progress);

}  // namespace hookdrill
