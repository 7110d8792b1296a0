#include "plan/payload_template.h"

#include <fmt/core.h>

#include <cstring>

#include "base/check.h"

namespace hookdrill {
namespace {

constexpr std::size_t kSlotsMax = 32;  // values of one update wait on the stack

bool is_free_text(std::string_view name) {
  return name == "text" || name == "caption";
}

struct FoundSlot {
  std::size_t begin = std::string_view::npos;  // of the text to replace
  std::size_t end = 0;
  std::string_view name;
};

// The next "${name}", or "#{name}" with the quotes around it.
FoundSlot find_slot(std::string_view json, std::size_t from) {
  for (std::size_t at = json.find('{', from); at != std::string_view::npos; at = json.find('{', at + 1)) {
    const std::size_t close = json.find('}', at);
    if (at == 0 || close == std::string_view::npos) continue;
    const std::string_view name = json.substr(at + 1, close - at - 1);
    if (json[at - 1] == '$') return {at - 1, close + 1, name};
    const bool alone = json[at - 1] == '#' && at >= 2 && json[at - 2] == '"' && json.substr(close + 1, 1) == "\"";
    if (alone) return {at - 2, close + 2, name};
  }
  return {};
}

// The entry of a list that has no other, when there is nothing to draw in it: it need not be a slot.
const std::string* only_entry(std::string_view name, const Corpus& corpus) {
  const auto list = corpus.find(name);
  const bool constant = list != corpus.end() && list->second.size() == 1 && !is_free_text(name) && name != "phone" &&
                        list->second[0].find('#') == std::string::npos;
  return constant ? &list->second[0] : nullptr;
}

}  // namespace

Result<PayloadTemplate> PayloadTemplate::compile(std::string_view json, const Corpus& corpus) {
  PayloadTemplate compiled;
  std::size_t done = 0;
  for (FoundSlot found = find_slot(json, 0); found.begin != std::string_view::npos; found = find_slot(json, done)) {
    compiled.literals_ += json.substr(done, found.begin - done);
    done = found.end;
    if (const std::string* constant = only_entry(found.name, corpus)) {
      compiled.literals_ += *constant;
      continue;
    }
    const Result<int> slot = compiled.add_slot(found.name, corpus);
    if (!slot) return slot.error();
    compiled.end_piece(*slot);
    ++compiled.uses_[static_cast<std::size_t>(*slot)];
  }
  compiled.literals_ += json.substr(done);
  compiled.end_piece(-1);
  return compiled;
}

void PayloadTemplate::end_piece(int slot) {
  const std::uint32_t begin = pieces_.empty() ? 0 : pieces_.back().begin + pieces_.back().size;
  pieces_.push_back({begin, static_cast<std::uint32_t>(literals_.size()) - begin, slot});
}

Result<int> PayloadTemplate::add_slot(std::string_view name, const Corpus& corpus) {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].name == name) return static_cast<int>(i);
  const Result<Slot> parsed = parse_slot(name, corpus);
  if (!parsed) return parsed.error();
  if (parsed->is_id() && phone_slot_ < 0) {
    const Result<int> phone = add_slot("phone", corpus);
    if (!phone) return phone.error();
  }
  if (slots_.size() == kSlotsMax) {
    Diagnostic diagnostic;
    diagnostic.message = fmt::format("more than {} different values in one template", kSlotsMax);
    return diagnostic;
  }
  const int index = static_cast<int>(slots_.size());
  slots_.push_back(*parsed);
  uses_.push_back(0);
  if (name == "phone") phone_slot_ = index;
  if (parsed->is_id() && parsed->own && id_slot_ < 0) id_slot_ = index;
  if (is_free_text(name) && text_slot_ < 0) text_slot_ = index;
  return index;
}

std::size_t PayloadTemplate::render(const UpdateKey& key, std::string& out) const {
  SlotValue values[kSlotsMax];
  std::string_view phone;
  if (phone_slot_ >= 0) phone = customer_phone(key, values[phone_slot_]);
  std::size_t size = literals_.size();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (static_cast<int>(i) != phone_slot_) fill_slot(slots_[i], key, phone, values[i]);
    size += uses_[i] * values[i].size;
  }

  std::size_t text_end = kNoText;
  const std::size_t begin = out.size();
  out.resize(begin + size);
  char* at = out.data() + begin;
  for (const Piece& piece : pieces_) {
    std::memcpy(at, literals_.data() + piece.begin, piece.size);
    at += piece.size;
    if (piece.slot < 0) break;
    const SlotValue& value = values[piece.slot];
    std::memcpy(at, value.data, value.size);
    at += value.size;
    if (piece.slot == text_slot_ && text_end == kNoText) text_end = static_cast<std::size_t>(at - out.data());
  }
  HOOKDRILL_CHECK(at == out.data() + out.size());
  return text_end;
}

std::string PayloadTemplate::update_id(const UpdateKey& key) const {
  if (id_slot_ < 0) return "";
  SlotValue phone, id;
  fill_slot(slots_[static_cast<std::size_t>(id_slot_)], key, customer_phone(key, phone), id);
  return std::string(id.text());
}

std::string_view PayloadTemplate::customer_phone(const UpdateKey& key, SlotValue& value) const {
  fill_slot(slots_[static_cast<std::size_t>(phone_slot_)], key, "", value);
  return value.text();
}

}  // namespace hookdrill
