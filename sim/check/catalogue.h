// All checks in their order, and how they are applied: what stands in the way of a check, and that a failure has one
// cause.
#pragma once

#include <string>
#include <vector>

#include "check/judgement.h"

namespace hookdrill {

/// What one check said of one address (or, with an empty address, of the endpoint).
struct Judged {
  const Check* check = nullptr;
  Judgement judgement;
  std::string address;
};

/// All of them; each id once.
std::vector<const Check*> catalogue();

/// Applies every check to the endpoint or to each of its addresses. A check that could not be reached is skipped and
/// names the fault that stands in its way.
std::vector<Judged> judge_all(const Facts& facts);

}  // namespace hookdrill
