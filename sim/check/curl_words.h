// How a failed connection would read in Meta's error, which is libcurl's: "curl_errno = 60; curl_error = ...". Words
// only. Source: curl 7.88 against the same endpoints; Meta's form: public reports since 2016.
#pragma once

#include <string>

#include "live/probe.h"

namespace hookdrill {

/// The number that libcurl would give; 0 for an HTTP answer.
int curl_number(const StepResult& step);

/// libcurl's sentence for a connection that failed; "" for one that did not. Times are of Meta's limit, `limit`.
std::string curl_sentence(const ProbeResult& result, const std::string& host, int port, Duration limit);

}  // namespace hookdrill
