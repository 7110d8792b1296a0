#include "plan/payload.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/check.h"
#include "base/rng.h"
#include "plan/payload_json.h"

namespace hookdrill {
namespace {

// Indexes of draws that belong to a delivery or an update as a whole; those of slots are hashes of their names.
constexpr std::uint32_t kPickGroup = 1;
constexpr std::uint32_t kPickType = 2;

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

// The types and shares that a mix means, mixtures resolved.
Result<std::map<std::string, double>> resolve_mix(const PayloadLibrary& library,
                                                  const std::map<std::string, double>& mix) {
  std::map<std::string, double> types;
  for (const auto& [name, share] : mix) {
    if (const auto mixture = library.mixtures().find(name); mixture != library.mixtures().end()) {
      double sum = 0;
      for (const auto& [type, part] : mixture->second) sum += part;
      for (const auto& [type, part] : mixture->second) types[type] += share * part / sum;
    } else {
      types[name] += share;
    }
  }
  std::vector<std::string_view> known;
  for (const auto& [name, file] : library.types()) known.push_back(name);
  for (const auto& [name, parts] : library.mixtures()) known.push_back(name);
  for (const auto& [name, share] : types) {
    if (library.types().contains(name)) continue;
    Diagnostic diagnostic;
    diagnostic.message = fmt::format("unknown payload type \"{}\"{}", name, did_you_mean(name, known));
    return diagnostic;
  }
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
  payloads.batch_ = settings.batch;
  payloads.corpus_ = std::make_unique<const Corpus>(std::move(*corpus));
  for (const auto& [name, share] : *mix) {
    if (share <= 0) continue;
    const Result<void> added = payloads.add_type(*library, name, share, settings);
    if (!added) return added.error();
  }
  HOOKDRILL_CHECK(!payloads.groups_.empty());
  for (Group& group : payloads.groups_) group.until = accumulate_shares(group.types);
  accumulate_shares(payloads.groups_);
  return payloads;
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
    if (mark == std::string::npos) {
      Diagnostic diagnostic;
      diagnostic.file = envelope.file;
      diagnostic.message = "an envelope must contain \"${updates}\" where the updates stand";
      return diagnostic;
    }
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

const Payloads::Type& Payloads::pick_type(const Group& group, const UpdateKey& key) const {
  if (group.types.size() == 1) return group.types[0];
  return pick(group.types, draw_unit({seed_, key.delivery, key.update, Purpose::payload, kPickType}));
}

void Payloads::body(std::uint64_t delivery, std::string& out) const {
  out.clear();
  const Group& of = group(delivery);
  UpdateKey key{seed_, delivery, 0};
  if (of.whole) {
    of.types[0].content.render(key, out);
    return;
  }
  of.head.render(key, out);
  for (int i = 0; i < batch_; ++i) {
    if (i > 0) out += ',';
    key.update = static_cast<std::uint32_t>(i);
    pick_type(of, key).content.render(key, out);
  }
  key.update = 0;
  of.tail.render(key, out);
}

int Payloads::updates(std::uint64_t delivery) const {
  return group(delivery).whole ? 1 : batch_;
}

std::string Payloads::message_id(std::uint64_t delivery, int update) const {
  const UpdateKey key{seed_, delivery, static_cast<std::uint32_t>(update)};
  return pick_type(group(delivery), key).content.update_id(key);
}

const std::string& Payloads::type(std::uint64_t delivery, int update) const {
  return pick_type(group(delivery), {seed_, delivery, static_cast<std::uint32_t>(update)}).name;
}

const std::string& Payloads::client(std::uint64_t delivery) const {
  return group(delivery).client;
}

}  // namespace hookdrill
