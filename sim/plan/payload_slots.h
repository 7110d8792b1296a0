// The values that payload templates leave open: ids, numbers, times, and words from the corpus. Each value is a pure
// function of (seed, delivery, update, slot). Knows nothing of JSON structure. The language: payloads/README.md.
#pragma once

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

/// Which update is asked for, with the bits that its values are made of.
struct UpdateKey {
  std::uint64_t delivery = 0;
  std::uint64_t unique = 0;  // a number that no other update of the run has, without a pattern to see

  /// `run_bits`: random bits of the run, from its seed. update < 1024.
  UpdateKey(std::uint64_t run_bits, std::uint64_t delivery, std::uint32_t update);
};

/// A value and room for one that must be made. `data` points into `room`, into the corpus or into the slot. Nothing in
/// it is initialised: a template has a row of them on the stack.
struct SlotValue {
  const char* data;
  std::size_t size;
  char room[144];

  std::string_view text() const { return {data, size}; }
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
  std::uint64_t draw = 0;  // keeps its draws apart from other slots; made from the name, so that editing a template
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
