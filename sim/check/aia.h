// The experiment that tells a missing intermediate from a private authority: fetch the issuers that the certificates
// name, as browsers do and Meta does not, and verify again. It asks hosts other than the endpoint, over plain HTTP.
#pragma once

#include "check/facts.h"

namespace hookdrill {

/// At most four fetches, 3 s each and `limit` together. `chain` as sent, the server's own certificate first.
AiaFacts fetch_issuers(const std::vector<X509Ptr>& chain, X509_STORE* roots, Duration limit);

}  // namespace hookdrill
