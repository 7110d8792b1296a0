// From the body of a webhook POST to ledger entries. Knows JSON and Meta's envelope, nothing of HTTP.
#pragma once

#include <string_view>
#include <vector>

#include "live/ledger.h"

namespace hookdrill {

/// Records every update of a body: entry[].changes[].value.<list>[] with an "id", so messages, statuses and whatever
/// else comes in lists; and entry[].messaging[].message with a "mid", Messenger's and Instagram's. Empty for a body
/// without such, or that is not JSON, or is nested deeper than 32.
std::vector<Ledger::Entry*> record_updates(Ledger& ledger, std::string_view body);

}  // namespace hookdrill
