// Says in words why a strict client refuses a certificate: which one, what is missing, what it covers instead.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>
#include <vector>

namespace hookdrill {

/// The common name, else the whole subject; printable.
std::string common_name(const X509_NAME* name);

/// DNS names and IP addresses that the certificate covers; printable.
std::vector<std::string> covered_names(X509* certificate);

/// "2026-12-10 08:00 UTC".
std::string date_text(const ASN1_TIME* time);

/// The address in the authority information access extension where the issuer's certificate can be had; "" when absent.
std::string issuer_url(X509* certificate);

/// What the verification in `context`, stopped at its first error, means for the owner of the endpoint. Two sentences.
/// OpenSSL alone cannot tell a missing intermediate from a private CA when there is no AIA address; the text says so.
std::string certificate_failure_text(X509_STORE_CTX* context, std::string_view host);

}  // namespace hookdrill
