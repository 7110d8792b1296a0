#include "plan/payload_slots.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/check.h"
#include "base/rng.h"

namespace hookdrill {
namespace {

// Bodies must be a pure function of (seed, number), so their clock starts on a fixed day, 2026-01-01, and goes on by a
// second every 50 deliveries.
constexpr std::int64_t kFirstTimestamp = 1767225600;
constexpr std::int64_t kDeliveriesPerSecond = 50;
constexpr std::uint64_t kNumberMask = (std::uint64_t{1} << 40) - 1;  // above it stands the path (plan.h)

constexpr std::string_view kLowerHex = "0123456789abcdef";
constexpr std::string_view kUpperHex = "0123456789ABCDEF";

// Draws for one slot, one after the other.
class Draws {
 public:
  Draws(const UpdateKey& key, std::uint32_t slot) : key_{key.seed, key.delivery, key.update, Purpose::payload, slot} {}
  std::uint64_t next() {
    const std::uint64_t bits = draw(key_);
    key_.index += 0x9e3779b9U;  // far from the index of any other slot
    return bits;
  }
  std::uint64_t below(std::uint64_t limit) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{next()} * limit) >> 64);
  }

 private:
  DrawKey key_;
};

// Writes into a SlotValue's room; the sizes that parse_slot() admits always fit.
class Writer {
 public:
  explicit Writer(SlotValue& value) : value_(value), at_(value.room.data()) {}
  void put(char c) { *at_++ = c; }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void put_number(std::int64_t number) {
    at_ = std::to_chars(at_, value_.room.data() + value_.room.size(), number).ptr;
  }
  void put_hex(std::uint64_t bits, int digits, std::string_view alphabet) {
    for (int i = 0; i < digits; ++i) put(alphabet[(bits >> (60 - 4 * i)) & 15]);
  }
  void put_digits(std::uint64_t number, int digits) {
    for (int i = digits - 1; i >= 0; --i, number /= 10) at_[i] = static_cast<char>('0' + number % 10);
    at_ += digits;
  }
  void done() {
    const auto length = static_cast<std::size_t>(at_ - value_.room.data());
    HOOKDRILL_CHECK(length <= value_.room.size());
    value_.text = {value_.room.data(), length};
  }

 private:
  SlotValue& value_;
  char* at_;
};

// Base64 for the inside of a JSON string: "/" escaped as Meta does.
void put_base64(Writer& writer, const std::uint8_t* bytes, std::size_t size) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < size; i += 3) {
    const std::size_t have = std::min<std::size_t>(3, size - i);
    std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
    if (have > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
    if (have > 2) group |= bytes[i + 2];
    for (std::size_t j = 0; j < 4; ++j) {
      const char c = j <= have ? kAlphabet[(group >> (18 - 6 * j)) & 63] : '=';
      if (c == '/') writer.put('\\');
      writer.put(c);
    }
  }
}

// A different number for each (delivery, update) of a run, without a pattern to see: every step can be undone.
std::uint64_t unique_number(const UpdateKey& key) {
  std::uint64_t x = (key.delivery << 10 | key.update) ^ draw({key.seed, 0, 0, Purpose::payload, 0});
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93U;
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93U;
  return x ^ (x >> 32);
}

// Layout of six ids that Meta sent: 1c 18 <length> <customer's number> 15 02 00 <11 from, 12 to the business> 18
// <length> <upper-case hexadecimal digits> 00; the number of digits is 18 or 20, as here, or 22 or 32.
void put_whatsapp_id(Writer& writer, const Slot& slot, const UpdateKey& key, std::string_view phone) {
  const bool inbound = slot.kind == Slot::Kind::message_id;
  std::array<std::uint8_t, 64> bytes;
  std::size_t size = 0;
  const auto add = [&](std::initializer_list<int> values) {
    for (const int value : values) bytes[size++] = static_cast<std::uint8_t>(value);
  };
  const int digits = inbound ? 20 : 18;
  phone = phone.substr(0, 15);  // E.164
  add({0x1c, 0x18, static_cast<int>(phone.size())});
  for (const char c : phone) bytes[size++] = static_cast<std::uint8_t>(c);
  add({0x15, 0x02, 0x00, inbound ? 0x12 : 0x11, 0x18, digits});
  Draws draws(key, slot.draw);
  const std::uint64_t number = slot.own ? unique_number(key) : draws.next();
  if (inbound) add({'3', 'A'});
  for (int i = 0; i < 16; ++i) add({kUpperHex[(number >> (60 - 4 * i)) & 15]});
  const std::uint64_t rest = draws.next();
  add({kUpperHex[rest & 15], kUpperHex[(rest >> 4) & 15], 0});
  writer.put(slot.kind == Slot::Kind::call_id ? "wacid." : "wamid.");
  put_base64(writer, bytes.data(), size);
}

void put_phone(Writer& writer, std::string_view pattern, Draws& draws) {
  std::uint64_t bits = draws.next();
  for (const char c : pattern) {
    if (c == '#') {
      writer.put(static_cast<char>('0' + bits % 10));
      bits /= 10;
    } else {
      writer.put(c);
    }
  }
}

void put_digits(Writer& writer, std::size_t size, Draws& draws) {
  writer.put(static_cast<char>('1' + draws.below(9)));
  for (std::size_t left = size - 1; left > 0;) {
    const int now = static_cast<int>(std::min<std::size_t>(left, 9));
    writer.put_digits(draws.next() >> 32, now);
    left -= static_cast<std::size_t>(now);
  }
}

void put_random_base64(Writer& writer, std::size_t size, Draws& draws) {
  std::array<std::uint8_t, 56> bytes;
  for (std::size_t i = 0; i < size; i += 8) {
    const std::uint64_t bits = draws.next();
    std::memcpy(&bytes[i], &bits, 8);
  }
  put_base64(writer, bytes.data(), size);
}

void put_mid(Writer& writer, const Slot& slot, const UpdateKey& key, Draws& draws) {
  writer.put("m_");
  writer.put_hex(slot.own ? unique_number(key) : draws.next(), 16, kLowerHex);
  for (int i = 0; i < 2; ++i) writer.put_hex(draws.next(), 16, kLowerHex);
}

std::int64_t seconds_at(const UpdateKey& key) {
  return kFirstTimestamp + static_cast<std::int64_t>(key.delivery & kNumberMask) / kDeliveriesPerSecond;
}

std::uint32_t draw_number(std::string_view name) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

Diagnostic slot_error(std::string_view name, const std::string& what) {
  Diagnostic diagnostic;
  diagnostic.message = fmt::format("${{{}}}: {}", name, what);
  return diagnostic;
}

constexpr std::pair<std::string_view, Slot::Kind> kPlainKinds[] = {
    {"message_id", Slot::Kind::message_id}, {"sent_message_id", Slot::Kind::sent_message_id},
    {"call_id", Slot::Kind::call_id},       {"mid", Slot::Kind::mid},
    {"timestamp", Slot::Kind::timestamp},   {"timestamp_ms", Slot::Kind::timestamp_ms},
};
constexpr std::pair<std::string_view, Slot::Kind> kSizedKinds[] = {
    {"digits", Slot::Kind::digits}, {"hex", Slot::Kind::hex}, {"base64", Slot::Kind::base64}};
constexpr std::int64_t kSizeMax = 48;  // of sized kinds; base64 of it, all "/", fits a SlotValue

// digits:15, int:1:10, timestamp+86400
std::optional<Slot> parse_computed(std::string_view base) {
  Slot slot;
  const std::size_t colon = base.find(':');
  const std::string_view kind = base.substr(0, base.find_first_of(":+-"));
  const std::string_view rest = base.substr(kind.size());
  for (const auto& [name, value] : kPlainKinds) {
    if (kind != name) continue;
    slot.kind = value;
    const bool shifted = !rest.empty() && !slot.is_id();
    const auto shift = shifted ? parse_integer(rest[0] == '+' ? rest.substr(1) : rest) : std::optional<std::int64_t>(0);
    slot.high = shift.value_or(0);
    return shift && (shifted || rest.empty()) ? std::optional(slot) : std::nullopt;
  }
  if (colon == std::string_view::npos) return std::nullopt;
  for (const auto& [name, value] : kSizedKinds) {
    if (kind != name) continue;
    const auto size = parse_integer(rest.substr(1));
    if (!size || *size < 1 || *size > kSizeMax) return std::nullopt;
    slot.kind = value;
    slot.size = static_cast<std::size_t>(*size);
    return slot;
  }
  const std::size_t second = base.find(':', colon + 1);
  if (kind != "int" || second == std::string_view::npos) return std::nullopt;
  const auto low = parse_integer(base.substr(colon + 1, second - colon - 1));
  const auto high = parse_integer(base.substr(second + 1));
  if (!low || !high || *high < *low || *high - *low > 1'000'000'000'000) return std::nullopt;
  slot.kind = Slot::Kind::integer;
  slot.low = *low;
  slot.high = *high;
  return slot;
}

}  // namespace

Result<Slot> parse_slot(std::string_view name, const Corpus& corpus) {
  std::string_view base = name;
  const std::size_t dot = name.rfind('.');
  const bool numbered = dot != std::string_view::npos && parse_integer(name.substr(dot + 1)).value_or(0) > 0;
  if (numbered) base = name.substr(0, dot);

  Slot slot;
  if (const auto list = corpus.find(base); list != corpus.end()) {
    slot.kind = base == "phone" || base.ends_with("_phone") ? Slot::Kind::phone : Slot::Kind::corpus;
    slot.list = &list->second;
  } else if (const std::optional<Slot> computed = parse_computed(base)) {
    slot = *computed;
  } else {
    std::vector<std::string_view> known = {"digits:15", "hex:32", "base64:32", "int:1:10"};
    for (const auto& [kind, value] : kPlainKinds) known.push_back(kind);
    for (const auto& [list_name, entries] : corpus) known.push_back(list_name);
    const std::string hint = did_you_mean(base, known);
    return slot_error(name, "not a value that templates know, nor a list of corpus.json" + hint);
  }
  slot.name = name;
  slot.own = !numbered;
  slot.draw = draw_number(name);
  return slot;
}

void fill_slot(const Slot& slot, const UpdateKey& key, std::string_view phone, SlotValue& value) {
  Draws draws(key, slot.draw);
  Writer writer(value);
  switch (slot.kind) {
    case Slot::Kind::corpus:
      value.text = (*slot.list)[slot.list->size() == 1 ? 0 : draws.below(slot.list->size())];
      return;
    case Slot::Kind::phone:
      put_phone(writer, (*slot.list)[draws.below(slot.list->size())], draws);
      break;
    case Slot::Kind::message_id:
    case Slot::Kind::sent_message_id:
    case Slot::Kind::call_id:
      put_whatsapp_id(writer, slot, key, phone);
      break;
    case Slot::Kind::mid:
      put_mid(writer, slot, key, draws);
      break;
    case Slot::Kind::timestamp:
      writer.put_number(seconds_at(key) + slot.high);
      break;
    case Slot::Kind::timestamp_ms:
      writer.put_number(seconds_at(key) * 1000 + static_cast<std::int64_t>(draws.below(1000)) + slot.high);
      break;
    case Slot::Kind::digits:
      put_digits(writer, slot.size, draws);
      break;
    case Slot::Kind::hex:
      for (std::size_t i = 0; i < slot.size; i += 16)
        writer.put_hex(draws.next(), static_cast<int>(std::min<std::size_t>(16, slot.size - i)), kLowerHex);
      break;
    case Slot::Kind::base64:
      put_random_base64(writer, slot.size, draws);
      break;
    case Slot::Kind::integer:
      writer.put_number(slot.low +
                        static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(slot.high - slot.low + 1))));
      break;
  }
  writer.done();
}

}  // namespace hookdrill
