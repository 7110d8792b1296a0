// The values that payload templates leave open: ids, numbers, times, and words from the corpus. Each value is a pure
// function of (seed, delivery, update, slot). Knows nothing of JSON structure. The language: payloads/README.md.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hookdrill {

/// Lists of texts by name, each entry ready to stand inside a JSON string. In the lists `phone` and `…_phone`, "#"
/// stands for a digit to draw.
using Corpus = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Which value is asked for: one update of one delivery of one run.
struct UpdateKey {
  std::uint64_t seed = 0;
  std::uint64_t delivery = 0;
  std::uint32_t update = 0;
};

/// A value and room for one that must be made. `text` points into `room` or into the corpus.
struct SlotValue {
  std::string_view text;
  std::array<char, 144> room;
};

/// One named value of a template.
struct Slot {
  enum class Kind {
    corpus,           // an entry of a list
    phone,            // an entry of a list of number patterns
    message_id,       // wamid of a message from a customer
    sent_message_id,  // wamid of a message to a customer
    call_id,          // wacid
    mid,              // Messenger and Instagram
    timestamp,        // seconds
    timestamp_ms,     // milliseconds
    digits,           // `size` decimal digits, the first of them not 0
    hex,              // `size` lower-case hexadecimal digits
    base64,           // `size` random bytes
    integer,          // `low` to `high`
  };
  Kind kind = Kind::corpus;
  std::string name;        // as written between the braces; equal names are one value in one update
  bool own = true;         // of ids: the id of this update, unique in the run; false: the id of some other message
  std::uint32_t draw = 0;  // keeps its draws apart from other slots; made from the name, so that editing a template
                           // changes no other value
  std::size_t size = 0;
  std::int64_t low = 0;
  std::int64_t high = 0;                           // of timestamps: what to add
  const std::vector<std::string>* list = nullptr;  // corpus and phone; the corpus must live on

  /// Ids contain the customer's number: a template with one has the slot `phone` too.
  bool is_id() const { return kind >= Kind::message_id && kind <= Kind::mid; }
};

/// Reads what stands between the braces of a template. The message says what would be right.
Result<Slot> parse_slot(std::string_view name, const Corpus& corpus);

/// Computes a slot's value. `phone`: the customer's number, for ids.
void fill_slot(const Slot& slot, const UpdateKey& key, std::string_view phone, SlotValue& value);

}  // namespace hookdrill
