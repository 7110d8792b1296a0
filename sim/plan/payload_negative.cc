#include "plan/payload_negative.h"

namespace hookdrill {
namespace {

// An endpoint that checks signatures refuses what was not signed so. Upper-case digits and SHA-1 alone are genuine
// signatures in a form that Meta does not send today: both answers are right.
constexpr NegativeInfo kNegatives[] = {
    {Negative::wrong_signature, "wrong_signature", "signatures of some other body or secret", ExpectedAnswer::refuse},
    {Negative::missing_signature, "missing_signature", "no signature header, as when a proxy removes it",
     ExpectedAnswer::refuse},
    {Negative::upper_case_signature, "upper_case_signature", "the right signatures in upper-case digits",
     ExpectedAnswer::either},
    {Negative::sha1_only, "sha1_only", "X-Hub-Signature alone, as before 2022", ExpectedAnswer::either},
    {Negative::truncated_body, "truncated_body", "half of the body, under the signatures of the whole",
     ExpectedAnswer::refuse},
    {Negative::reserialised_body, "reserialised_body", "the same JSON printed anew, as by a proxy",
     ExpectedAnswer::refuse},
    {Negative::repeated_later, "repeated_later", "an earlier delivery of the run again", ExpectedAnswer::accept},
    {Negative::repeated_at_once, "repeated_at_once", "the delivery before again, 0 to 5 ms after it",
     ExpectedAnswer::accept},
};

}  // namespace

std::span<const NegativeInfo> negatives() {
  return kNegatives;
}

const NegativeInfo* find_negative(std::string_view name) {
  for (const NegativeInfo& info : kNegatives)
    if (info.name == name) return &info;
  return nullptr;
}

void reserialise(std::string& json) {
  std::string again;
  again.reserve(json.size() + json.size() / 8);
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') in_string = !in_string;
    if (c == '\\' && in_string) {
      ++i;
      if (json[i] != '/') again += c;
      again += json[i];
      continue;
    }
    again += c;
    if (!in_string && (c == ':' || c == ',')) again += ' ';
  }
  json = std::move(again);
}

}  // namespace hookdrill
