// One payload template, ready to be filled in: constant pieces with slots between them. Knows nothing of mixes, batches
// or files. The language: payloads/README.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/payload_slots.h"

namespace hookdrill {

class PayloadTemplate {
 public:
  /// `json`: a template's JSON in Meta's form (to_meta_json), or a part of one. "${name}" inside a string is a slot;
  /// a string that is nothing but "#{name}" is a slot without quotes, for numbers. The corpus must live on.
  static Result<PayloadTemplate> compile(std::string_view json, const Corpus& corpus);

  static constexpr std::size_t kNoText = SIZE_MAX;

  /// Appends the filled-in template. Returns the position in `out` behind the first free text (the slots text and
  /// caption), where more text may be put in, or kNoText.
  std::size_t render(const UpdateKey& key, std::string& out) const;

  /// The id of the update, as render() writes it; "" when the template has none.
  std::string update_id(const UpdateKey& key) const;

  bool has_text() const { return text_slot_ >= 0; }

 private:
  struct Piece {
    std::uint32_t begin = 0;  // in literals_
    std::uint32_t size = 0;
    int slot = -1;  // follows the literal; -1: the last piece
  };

  void end_piece(int slot);
  Result<int> add_slot(std::string_view name, const Corpus& corpus);
  std::string_view customer_phone(const UpdateKey& key, SlotValue& value) const;

  std::string literals_;
  std::vector<Piece> pieces_;
  std::vector<Slot> slots_;
  std::vector<std::size_t> uses_;  // of each slot, by pieces
  int phone_slot_ = -1;
  int id_slot_ = -1;
  int text_slot_ = -1;
};

}  // namespace hookdrill
