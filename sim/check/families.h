// The checks of each family; together they are the catalogue, in this order. What an earlier one finds is the reason
// why a later one is skipped.
#pragma once

#include <span>

#include "check/judgement.h"

namespace hookdrill {

std::span<const Check> url_checks();          // what the URL and the DNS say
std::span<const Check> connection_checks();   // TCP
std::span<const Check> handshake_checks();    // why no TLS connection came to be
std::span<const Check> certificate_checks();  // why the certificate is refused
std::span<const Check> tls_quality_checks();  // what is accepted but could be better
std::span<const Check> chain_quality_checks();
std::span<const Check> challenge_checks();
std::span<const Check> delivery_checks();
std::span<const Check> limit_checks();

/// Fills in libcurl's number and words for a connection that failed.
Judgement fault(const Subject& subject, std::string title, std::string observed, std::string proof = {});

/// "served in 5.2 ms", "no answer": how a probe beside the first ended, for the text of a finding.
std::string ending(const ProbeResult& result);

/// Delivery: nobody has published Meta's limit; 20 s is what webhook guides and other senders use.
inline constexpr Duration kDeliveryLimit = std::chrono::seconds(20);

}  // namespace hookdrill
