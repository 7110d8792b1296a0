// Deliveries that are wrong on purpose, and the answer that a good endpoint gives to each.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace hookdrill {

/// What is wrong with a delivery. Each but `none` is a name in a scenario's mix.
enum class Negative : std::uint8_t {
  none,
  wrong_signature,
  missing_signature,
  upper_case_signature,
  sha1_only,
  truncated_body,
  reserialised_body,
  repeated_later,
  repeated_at_once,
};

/// Which answers are right: those that say "taken" (the scenario's success), any other HTTP answer, or both.
enum class ExpectedAnswer : std::uint8_t { accept, refuse, either };

struct NegativeInfo {
  Negative kind;
  std::string_view name;
  std::string_view about;
  ExpectedAnswer expected;
};

/// All of them, `none` left out, in the order of the enum.
std::span<const NegativeInfo> negatives();

/// The one of that name in a mix, or null.
const NegativeInfo* find_negative(std::string_view name);

/// The same JSON as a proxy that parses and prints it again would send: spaces after ":" and ",", "/" not escaped.
void reserialise(std::string& json);

/// The hexadecimal digits of some other signature.
template <std::size_t kLength>
void falsify(std::array<char, kLength>& hex) {
  for (char& c : hex) c = "fedcba9876543210"[c <= '9' ? c - '0' : c - 'a' + 10];
}

template <std::size_t kLength>
void to_upper_case(std::array<char, kLength>& hex) {
  for (char& c : hex) c = c <= '9' ? c : static_cast<char>(c - 'a' + 'A');
}

}  // namespace hookdrill
