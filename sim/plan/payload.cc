#include "plan/payload.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.h"
#include "base/rng.h"
#include "plan/payload_json.h"

namespace hookdrill {
namespace {

// Indexes of draws with Purpose::payload.
constexpr std::uint32_t kRunBits = 0;
constexpr std::uint32_t kPickGroup = 1;
constexpr std::uint32_t kPickType = 2;
constexpr std::uint32_t kPickNegative = 3;
constexpr std::uint32_t kPickSize = 4;
constexpr std::uint32_t kRepeat = 5;

constexpr std::uint64_t kRepeatedWithin = 1000;       // deliveries between a delivery and its repetition
constexpr std::uint64_t kNumbersOfPath = 1ULL << 40;  // a delivery's number in its path; above it stands the path
constexpr Duration kRepeatGapMax = std::chrono::milliseconds(5);

Diagnostic mistake(std::string message, std::string file = "") {
  Diagnostic diagnostic;
  diagnostic.file = std::move(file);
  diagnostic.message = std::move(message);
  return diagnostic;
}

// The first entry whose upper bound lies above `unit`; the last when rounding left a gap.
template <class Entry>
const Entry& pick(const std::vector<Entry>& entries, double unit) {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return unit < entry.until; });
  return found == entries.end() ? entries.back() : *found;
}

// Turns shares into upper bounds that end at 1; returns their sum.
template <class Entry>
double accumulate_shares(std::vector<Entry>& entries) {
  double sum = 0;
  for (Entry& entry : entries) entry.until = sum += entry.until;
  for (Entry& entry : entries) entry.until /= sum;
  return sum;
}

// A file's JSON in Meta's form; a mistake in it is told with the file.
Result<std::string> meta_json_of(const PayloadFile& file, Escaping escaping) {
  Result<std::string> text = to_meta_json(file.content, escaping);
  if (text) return text;
  Diagnostic diagnostic = text.error();
  diagnostic.file = file.file;
  return diagnostic;
}

Result<PayloadTemplate> compile(std::string_view text, const Corpus& corpus, const PayloadFile& file) {
  Result<PayloadTemplate> compiled = PayloadTemplate::compile(text, corpus);
  if (compiled) return compiled;
  Diagnostic diagnostic = compiled.error();
  diagnostic.file = file.file;
  return diagnostic;
}

// The types and shares that a mix means, mixtures resolved, negatives left out.
Result<std::map<std::string, double>> resolve_mix(const PayloadLibrary& library,
                                                  const std::map<std::string, double>& mix) {
  std::map<std::string, double> types;
  for (const auto& [name, share] : mix) {
    if (share <= 0 || find_negative(name) != nullptr) continue;
    const auto mixture = library.mixtures().find(name);
    if (library.types().contains(name) || mixture == library.mixtures().end()) {
      types[name] += share;
      continue;
    }
    double sum = 0;
    for (const auto& [type, part] : mixture->second) sum += part;
    for (const auto& [type, part] : mixture->second) types[type] += share * part / sum;
  }
  if (types.empty()) types["text"] = 1;  // something for the negatives to spoil

  std::vector<std::string_view> known;
  for (const auto& [name, file] : library.types()) known.push_back(name);
  for (const auto& [name, parts] : library.mixtures()) known.push_back(name);
  for (const NegativeInfo& info : negatives()) known.push_back(info.name);
  for (const auto& [name, share] : types)
    if (!library.types().contains(name))
      return mistake(fmt::format("unknown payload type \"{}\"{}", name, did_you_mean(name, known)));
  return types;
}

}  // namespace

Result<Payloads> Payloads::make(const DeliverySettings& settings, std::uint64_t seed) {
  const Result<PayloadLibrary> library = PayloadLibrary::load(settings.payloads);
  if (!library) return library.error();
  Result<Corpus> corpus = library->corpus(settings.escaping, settings.values);
  if (!corpus) return corpus.error();
  const auto mix = resolve_mix(*library, settings.mix);
  if (!mix) return mix.error();

  Payloads payloads;
  payloads.seed_ = seed;
  payloads.run_bits_ = draw({seed, 0, 0, Purpose::payload, kRunBits});
  payloads.batch_ = settings.batch;
  payloads.corpus_ = std::make_unique<const Corpus>(std::move(*corpus));
  for (const auto& [name, share] : *mix) {
    const Result<void> added = payloads.add_type(*library, name, share, settings);
    if (!added) return added.error();
  }
  HOOKDRILL_CHECK(!payloads.groups_.empty());
  for (Group& group : payloads.groups_) group.until = accumulate_shares(group.types);
  accumulate_shares(payloads.groups_);
  payloads.add_negatives(settings);
  const Result<void> sizes = payloads.add_sizes(settings);
  if (!sizes) return sizes.error();
  return payloads;
}

void Payloads::add_negatives(const DeliverySettings& settings) {
  double genuine = 0;
  for (const auto& [name, share] : settings.mix) {
    const NegativeInfo* info = find_negative(name);
    if (info == nullptr) {
      genuine += share;
    } else if (share > 0) {
      negatives_.push_back({info->kind, share});
    }
  }
  if (negatives_.empty()) return;
  if (genuine > 0) negatives_.push_back({Negative::none, genuine});
  accumulate_shares(negatives_);
}

Result<void> Payloads::add_sizes(const DeliverySettings& settings) {
  for (const auto& [bytes, share] : settings.body_bytes) {
    if (bytes == 0 || bytes > kBodyBytesMax)
      return mistake(fmt::format("a body of {} bytes; from 1 to {} are possible", bytes, kBodyBytesMax));
    if (share > 0) sizes_.push_back({static_cast<std::size_t>(bytes), share});
  }
  if (sizes_.empty()) return {};
  accumulate_shares(sizes_);
  for (const Group& of : groups_)
    for (const Type& type : of.types)
      if (type.content.has_text()) return {};
  return mistake("a body size needs a type with a text to lengthen, such as text or image; the mix has none");
}

Result<void> Payloads::add_type(const PayloadLibrary& library, const std::string& name, double share,
                                const DeliverySettings& settings) {
  const PayloadFile& file = library.types().find(name)->second;
  const Result<std::string> text = meta_json_of(file, settings.escaping);
  if (!text) return text.error();
  Result<PayloadTemplate> content = compile(*text, *corpus_, file);
  if (!content) return content.error();

  Group group;
  group.client = settings.client == "changes" ? settings.client : file.client;
  group.whole = text->starts_with("{\"object\":") || text->starts_with("{\"entry\":");
  if (!group.whole) {
    const PayloadFile& envelope = library.envelope(group.client);
    const Result<std::string> around = meta_json_of(envelope, settings.escaping);
    if (!around) return around.error();
    constexpr std::string_view kMark = "\"${updates}\"";
    const std::size_t mark = around->find(kMark);
    if (mark == std::string::npos)
      return mistake("an envelope must contain \"${updates}\" where the updates stand", envelope.file);
    Result<PayloadTemplate> head = compile(std::string_view(*around).substr(0, mark), *corpus_, envelope);
    if (!head) return head.error();
    Result<PayloadTemplate> tail = compile(std::string_view(*around).substr(mark + kMark.size()), *corpus_, envelope);
    if (!tail) return tail.error();
    group.head = std::move(*head);
    group.tail = std::move(*tail);
    for (Group& other : groups_) {
      if (other.whole || other.client != group.client) continue;
      other.types.push_back({name, share, std::move(*content)});
      return {};
    }
  }
  group.types.push_back({name, share, std::move(*content)});
  groups_.push_back(std::move(group));
  return {};
}

const Payloads::Group& Payloads::group(std::uint64_t delivery) const {
  if (groups_.size() == 1) return groups_[0];
  return pick(groups_, draw_unit({seed_, delivery, 0, Purpose::payload, kPickGroup}));
}

const Payloads::Type& Payloads::pick_type(const Group& of, std::uint64_t delivery, std::uint32_t update) const {
  if (of.types.size() == 1) return of.types[0];
  return pick(of.types, draw_unit({seed_, delivery, update, Purpose::payload, kPickType}));
}

void Payloads::body(std::uint64_t delivery, std::string& out) const {
  out.clear();
  append_body(delivery, out);
}

void Payloads::append_body(std::uint64_t number, std::string& out) const {
  const std::uint64_t delivery = original(number);
  const std::size_t begin = out.size();
  const Group& of = group(delivery);
  const UpdateKey first(run_bits_, delivery, 0);
  std::size_t text_end = PayloadTemplate::kNoText;
  if (of.whole) {
    text_end = of.types[0].content.render(first, out);
  } else {
    of.head.render(first, out);
    for (std::uint32_t update = 0; update < static_cast<std::uint32_t>(batch_); ++update) {
      if (update > 0) out += ',';
      const UpdateKey key(run_bits_, delivery, update);
      const std::size_t end = pick_type(of, delivery, update).content.render(key, out);
      if (text_end == PayloadTemplate::kNoText) text_end = end;
    }
    of.tail.render(first, out);
  }
  if (!sizes_.empty() && text_end != PayloadTemplate::kNoText) lengthen(delivery, begin, text_end, out);
}

// More of the corpus's texts behind the first text of the body, and dots for what no text fits into.
void Payloads::lengthen(std::uint64_t delivery, std::size_t body_begin, std::size_t text_end, std::string& out) const {
  const std::size_t wanted =
      body_begin + pick(sizes_, draw_unit({seed_, delivery, 0, Purpose::payload, kPickSize})).value;
  if (out.size() >= wanted) return;
  std::size_t left = wanted - out.size();
  out.insert(text_end, left, '.');
  const std::vector<std::string>& texts = corpus_->find("text")->second;
  char* at = out.data() + text_end;
  for (std::size_t i = 0; left > texts[i % texts.size()].size(); ++i) {
    const std::string& text = texts[i % texts.size()];
    *at = ' ';
    std::copy(text.begin(), text.end(), at + 1);
    at += text.size() + 1;
    left -= text.size() + 1;
  }
}

int Payloads::updates(std::uint64_t delivery) const {
  return group(original(delivery)).whole ? 1 : batch_;
}

std::string Payloads::message_id(std::uint64_t delivery, int update) const {
  const std::uint64_t number = original(delivery);
  const auto index = static_cast<std::uint32_t>(update);
  return pick_type(group(number), number, index).content.update_id(UpdateKey(run_bits_, number, index));
}

const std::string& Payloads::type(std::uint64_t delivery, int update) const {
  const std::uint64_t number = original(delivery);
  return pick_type(group(number), number, static_cast<std::uint32_t>(update)).name;
}

const std::string& Payloads::client(std::uint64_t delivery) const {
  return group(original(delivery)).client;
}

Negative Payloads::drawn_negative(std::uint64_t delivery) const {
  if (negatives_.empty()) return Negative::none;
  return pick(negatives_, draw_unit({seed_, delivery, 0, Purpose::payload, kPickNegative})).value;
}

// A repetition needs a genuine delivery before it on its path; one that finds none is genuine itself.
Payloads::Nature Payloads::nature(std::uint64_t delivery) const {
  const Negative drawn = drawn_negative(delivery);
  const bool repeats = drawn == Negative::repeated_later || drawn == Negative::repeated_at_once;
  if (!repeats) return {drawn, delivery};
  const std::uint64_t before = std::min(delivery % kNumbersOfPath, kRepeatedWithin);  // deliveries to choose from
  if (before == 0) return {Negative::none, delivery};
  std::uint64_t back = 1;
  if (drawn == Negative::repeated_later) back += draw_below({seed_, delivery, 0, Purpose::payload, kRepeat}, before);
  const std::uint64_t furthest = drawn == Negative::repeated_later ? before : 1;
  for (; back <= furthest; ++back)
    if (drawn_negative(delivery - back) == Negative::none) return {drawn, delivery - back};
  return {Negative::none, delivery};
}

Negative Payloads::negative(std::uint64_t delivery) const {
  return negatives_.empty() ? Negative::none : nature(delivery).negative;
}

ExpectedAnswer Payloads::expected(std::uint64_t delivery) const {
  const Negative of = negative(delivery);
  return of == Negative::none ? ExpectedAnswer::accept : negatives()[static_cast<std::size_t>(of) - 1].expected;
}

std::uint64_t Payloads::original(std::uint64_t delivery) const {
  return negatives_.empty() ? delivery : nature(delivery).original;
}

Duration Payloads::repeat_gap(std::uint64_t delivery) const {
  const DrawKey key{seed_, delivery, 0, Purpose::payload, kRepeat};
  return Duration(static_cast<std::int64_t>(draw_below(key, static_cast<std::uint64_t>(kRepeatGapMax.count()) + 1)));
}

}  // namespace hookdrill
