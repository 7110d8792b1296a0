// What a check says, and what a check is. Knows no formats: the program turns judgements into findings of a report.
#pragma once

#include <string>
#include <string_view>

#include "check/facts.h"
#include "check/remedies.h"

namespace hookdrill {

/// fatal: Meta cannot deliver. warn: it works today, but is fragile, slow or about to break. skip: an earlier fault
/// stands in the way, or it does not apply. not_tested: we could not. error: this machine's fault.
enum class Severity { fatal, error, warn, info, pass, skip, not_tested };
std::string_view severity_name(Severity severity);

struct Judgement {
  Severity severity = Severity::pass;
  std::string title = {};       // one sentence; empty: what the check says holds
  std::string observed = {};    // the values seen, and what they mean; printable
  std::string proof = {};       // how we know
  int curl_errno = 0;           // that libcurl would give, 0 = none
  std::string curl_error = {};  // its words
};

inline Judgement pass(std::string observed = {}) {
  return {Severity::pass, {}, std::move(observed)};
}
inline Judgement skip(std::string why) {
  return {Severity::skip, {}, std::move(why)};
}
inline Judgement not_tested(std::string why) {
  return {Severity::not_tested, {}, std::move(why)};
}

/// What a check looks at: the endpoint, and for those that are made of each address, one of them.
struct Subject {
  const Facts& facts;
  const AddressFacts& at;  // of an endpoint check: the first that answers, or an empty one

  const Endpoint& endpoint() const { return facts.target.endpoint; }
};

/// One fault that an endpoint can have.
struct Check {
  std::string_view id;
  std::string_view holds;  // what is true without the fault
  enum class Scope { endpoint, address } scope;
  Level needs;     // else it is skipped
  Severity worst;  // what the fault means
  Remedy remedy;
  Judgement (*judge)(const Subject& subject);
  // One of several explanations why an address came no further than `needs`: the first that fits is the cause, and the
  // others are skipped.
  bool explains = false;
};

}  // namespace hookdrill
