#include "plan/client_profile.h"

#include <algorithm>
#include <iterator>

#include "base/check.h"

namespace hookdrill {
namespace {

// Names and values: captures of 2018 to 2026 (AWS API Gateway, nginx, Traefik, Caddy). Order and casing on the wire are
// not known, since every capture went through a proxy; the default is libcurl's order (Host, User-Agent, Accept,
// Accept-Encoding, own headers, Content-Length, Content-Type) with the casing of Meta's documentation. The errors that
// Meta shows for the verification are libcurl's.

// The verification: captures of 2018, 2019, 2026.
constexpr HeaderLine kVerify[] = {
    {"Host", HeaderValue::host},
    {"User-Agent", HeaderValue::fixed, "facebookplatform/1.0 (+http://developers.facebook.com)"},
    {"Accept", HeaderValue::fixed, "*/*"},
    {"Accept-Encoding", HeaderValue::fixed, "deflate, gzip"},
};

// WhatsApp messages and statuses, Messenger, Instagram direct messages: capture of 2024-07-31 and others.
constexpr HeaderLine kMessaging[] = {
    {"Host", HeaderValue::host},
    {"User-Agent", HeaderValue::fixed, "facebookexternalua"},
    {"Accept", HeaderValue::fixed, "*/*"},
    {"Accept-Encoding", HeaderValue::fixed, "deflate, gzip"},
    {"X-Hub-Signature", HeaderValue::sha1},
    {"X-Hub-Signature-256", HeaderValue::sha256},
    {"Content-Length", HeaderValue::content_length},
    {"Content-Type", HeaderValue::fixed, "application/json"},
};

// Account-level WhatsApp fields, feed, leadgen, Instagram comments: captures of 2021-08 and 2024-12; Webhooks/1.1 is
// also seen in 2026. No Accept-Encoding.
constexpr HeaderLine kChanges[] = {
    {"Host", HeaderValue::host},
    {"User-Agent", HeaderValue::fixed, "Webhooks/1.0 (https://fb.me/webhooks)"},
    {"Accept", HeaderValue::fixed, "*/*"},
    {"X-Hub-Signature", HeaderValue::sha1},
    {"X-Hub-Signature-256", HeaderValue::sha256},
    {"Content-Length", HeaderValue::content_length},
    {"Content-Type", HeaderValue::fixed, "application/json"},
};

constexpr ClientProfile kProfiles[] = {
    {"verify", "GET", kVerify},
    {"messaging", "POST", kMessaging},
    {"changes", "POST", kChanges},
};

}  // namespace

const ClientProfile& client_profile(std::string_view name) {
  const auto* const found = std::find_if(std::begin(kProfiles), std::end(kProfiles),
                                         [&](const auto& profile) { return profile.name == name; });
  HOOKDRILL_CHECK(found != std::end(kProfiles));  // one of Meta's clients
  return *found;
}

}  // namespace hookdrill
