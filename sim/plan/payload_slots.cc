#include "plan/payload_slots.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "base/check.h"

namespace hookdrill {
namespace {

// Bodies must be a pure function of (seed, number), so their clock starts on a fixed day, 2026-01-01, and goes on by a
// second every 50 deliveries.
constexpr std::int64_t kFirstTimestamp = 1767225600;
constexpr std::int64_t kDeliveriesPerSecond = 50;
constexpr std::uint64_t kNumberMask = (std::uint64_t{1} << 40) - 1;  // above it stands the path (plan.h)

constexpr std::size_t kPhoneMax = 15;  // E.164
constexpr std::int64_t kSizeMax = 48;  // of sized kinds; base64 of it, all "/", fits a SlotValue

constexpr std::string_view kLowerHex = "0123456789abcdef";
constexpr std::string_view kUpperHex = "0123456789ABCDEF";

// Changes half of the bits on average, and can be undone: different numbers stay different (constant: Pelle Evensen).
constexpr std::uint64_t scramble(std::uint64_t x) {
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93U;
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93U;
  return x ^ (x >> 32);
}

// Draws for one slot, one after the other.
class Draws {
 public:
  Draws(const UpdateKey& key, std::uint64_t slot) : state_(key.unique ^ slot) {}
  std::uint64_t next() { return scramble(state_ += 0x9e3779b97f4a7c15U); }
  std::uint64_t below(std::uint64_t limit) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{next()} * limit) >> 64);
  }

 private:
  std::uint64_t state_;
};

// Writes into a SlotValue's room; the sizes that parse_slot() admits always fit.
class Writer {
 public:
  explicit Writer(SlotValue& value) : value_(value), at_(value.room) {}
  void put(char c) { *at_++ = c; }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void put_number(std::int64_t number) { at_ = std::to_chars(at_, value_.room + sizeof(value_.room), number).ptr; }
  void put_hex(std::uint64_t bits, int digits, std::string_view alphabet) {
    for (int i = 0; i < digits; ++i) put(alphabet[(bits >> (60 - 4 * i)) & 15]);
  }
  void put_digits(std::uint32_t number, int digits) {
    for (int i = digits - 1; i >= 0; --i, number /= 10) at_[i] = static_cast<char>('0' + number % 10);
    at_ += digits;
  }
  /// Room for exactly that many characters, which the caller writes.
  char* take(std::size_t size) { return std::exchange(at_, at_ + size); }
  void done() {
    value_.data = value_.room;
    value_.size = static_cast<std::size_t>(at_ - value_.room);
    HOOKDRILL_CHECK(value_.size <= sizeof(value_.room));
  }

 private:
  SlotValue& value_;
  char* at_;
};

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Two characters for each twelve bits.
constexpr auto kBase64Pairs = [] {
  std::array<std::array<char, 2>, 4096> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kBase64[i >> 6], kBase64[i & 63]};
  return pairs;
}();

// Base64 for the inside of a JSON string: "/" escaped as Meta does.
void put_base64(Writer& writer, const std::uint8_t* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size; i += 3) {
    const std::size_t have = std::min<std::size_t>(3, size - i);
    std::uint32_t group = static_cast<std::uint32_t>(bytes[i]) << 16;
    if (have > 1) group |= static_cast<std::uint32_t>(bytes[i + 1]) << 8;
    if (have > 2) group |= bytes[i + 2];
    for (std::size_t j = 0; j < 4; ++j) {
      const char c = j <= have ? kBase64[(group >> (18 - 6 * j)) & 63] : '=';
      if (c == '/') writer.put('\\');
      writer.put(c);
    }
  }
}

// Layout of six ids that Meta sent: 1c 18 <length> <customer's number> 15 02 00 <11 from, 12 to the business> 18
// <length> <upper-case hexadecimal digits> 00; the number of digits is 18 or 20, as here, or 22 or 32.
void put_whatsapp_id(Writer& writer, const Slot& slot, const UpdateKey& key, std::string_view phone) {
  const bool inbound = slot.kind == Slot::Kind::message_id;
  const std::size_t digits = inbound ? 20 : 18;
  char bytes[3 + kPhoneMax + 6 + 20 + 1 + 2] = {};  // and two to fill the last group of three
  char* at = bytes;
  const auto put = [&](std::string_view text) { at = std::copy(text.begin(), text.end(), at); };
  put({"\x1c\x18", 2});
  *at++ = static_cast<char>(phone.size());
  put(phone);
  put({inbound ? "\x15\x02\x00\x12\x18\x14" : "\x15\x02\x00\x11\x18\x12", 6});
  Draws draws(key, slot.draw);
  const std::uint64_t rest = draws.next();
  const std::uint64_t number = slot.own ? key.unique : draws.next();
  if (inbound) put("3A");
  for (int shift = 60; shift >= 0; shift -= 4) *at++ = kUpperHex[(number >> shift) & 15];
  *at++ = kUpperHex[rest & 15];
  *at++ = kUpperHex[(rest >> 4) & 15];

  // Base64. No six bits in a row are ever all ones here (every byte is below 0x3f or a letter), so there is no "/" that
  // would have to be escaped.
  writer.put(slot.kind == Slot::Kind::call_id ? "wacid." : "wamid.");
  const std::size_t size = 3 + phone.size() + 6 + digits + 1;
  const std::size_t groups = (size + 2) / 3;
  char* const text = writer.take(4 * groups);
  for (std::size_t i = 0; i < groups; ++i) {
    const auto byte = [&](std::size_t j) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[j])); };
    const std::uint32_t group = byte(3 * i) << 16 | byte(3 * i + 1) << 8 | byte(3 * i + 2);
    std::memcpy(text + 4 * i, kBase64Pairs[group >> 12].data(), 2);
    std::memcpy(text + 4 * i + 2, kBase64Pairs[group & 4095].data(), 2);
  }
  for (std::size_t i = 0; i < 3 * groups - size; ++i) text[4 * groups - 1 - i] = '=';
}

void put_phone(Writer& writer, std::string_view pattern, Draws& draws) {
  std::uint64_t bits = draws.next();
  pattern = pattern.substr(0, kPhoneMax);
  char* at = writer.take(pattern.size());
  for (const char c : pattern) {
    *at++ = c == '#' ? static_cast<char>('0' + bits % 10) : c;
    if (c == '#') bits /= 10;
  }
}

void put_digits(Writer& writer, std::size_t size, Draws& draws) {
  writer.put(static_cast<char>('1' + draws.below(9)));
  for (std::size_t left = size - 1; left > 0;) {
    const int now = static_cast<int>(std::min<std::size_t>(left, 9));
    writer.put_digits(static_cast<std::uint32_t>(draws.next() >> 32), now);
    left -= static_cast<std::size_t>(now);
  }
}

void put_random_base64(Writer& writer, std::size_t size, Draws& draws) {
  std::uint8_t bytes[kSizeMax + 8];
  for (std::size_t i = 0; i < size; i += 8) {
    const std::uint64_t bits = draws.next();
    std::memcpy(&bytes[i], &bits, 8);
  }
  put_base64(writer, bytes, size);
}

void put_mid(Writer& writer, const Slot& slot, const UpdateKey& key, Draws& draws) {
  writer.put("m_");
  writer.put_hex(slot.own ? key.unique : draws.next(), 16, kLowerHex);
  for (int i = 0; i < 2; ++i) writer.put_hex(draws.next(), 16, kLowerHex);
}

std::int64_t seconds_at(const UpdateKey& key) {
  return kFirstTimestamp + static_cast<std::int64_t>(key.delivery & kNumberMask) / kDeliveriesPerSecond;
}

std::uint64_t draw_number(std::string_view name) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return scramble(hash);
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

UpdateKey::UpdateKey(std::uint64_t run_bits, std::uint64_t number, std::uint32_t update)
    : delivery(number), unique(scramble((number << 10 | update) ^ run_bits)) {}

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
    case Slot::Kind::corpus: {
      const std::string& entry = (*slot.list)[draws.below(slot.list->size())];
      value.data = entry.data();
      value.size = entry.size();
      return;
    }
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
