#include "live/receiver_updates.h"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace hookdrill {
namespace {

namespace json = boost::json;

std::string_view text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

const json::array* list_at(const json::value& value, std::string_view key) {
  const json::object* object = value.if_object();
  const json::value* list = object != nullptr ? object->if_contains(key) : nullptr;
  return list != nullptr ? list->if_array() : nullptr;
}

void add_updates_of_list(const json::value& list, std::vector<ReceivedUpdate>& updates) {
  if (!list.is_array()) return;
  for (const json::value& item : list.get_array()) {
    const json::object* update = item.if_object();
    if (update == nullptr) continue;
    const std::string_view id = text_at(*update, "id");
    if (id.empty()) continue;
    const std::string_view status = text_at(*update, "status");
    updates.push_back({id, status, status.empty() ? std::string_view() : text_at(*update, "timestamp")});
  }
}

void add_updates_of_change(const json::value& change, std::vector<ReceivedUpdate>& updates) {
  const json::object* object = change.if_object();
  const json::value* value = object != nullptr ? object->if_contains("value") : nullptr;
  if (value == nullptr || !value->is_object()) return;
  for (const json::key_value_pair& member : value->get_object()) add_updates_of_list(member.value(), updates);
}

// Messenger and Instagram: entry[].messaging[].message.mid (Messenger Platform, "messages" webhook event).
void add_update_of_event(const json::value& event, std::vector<ReceivedUpdate>& updates) {
  const json::object* object = event.if_object();
  const json::value* message = object != nullptr ? object->if_contains("message") : nullptr;
  if (message == nullptr || !message->is_object()) return;
  const std::string_view id = text_at(message->get_object(), "mid");
  if (!id.empty()) updates.push_back({id, {}, {}});
}

void add_updates_of_entry(const json::value& entry, std::vector<ReceivedUpdate>& updates) {
  if (const json::array* changes = list_at(entry, "changes"))
    for (const json::value& change : *changes) add_updates_of_change(change, updates);
  if (const json::array* events = list_at(entry, "messaging"))
    for (const json::value& event : *events) add_update_of_event(event, updates);
}

}  // namespace

std::vector<Ledger::Entry*> record_updates(Ledger& ledger, std::string_view body) {
  std::array<unsigned char, 16 * 1024> memory;  // enough for most bodies; a larger one goes to the heap
  json::monotonic_resource resource(memory.data(), memory.size());
  json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code error;
  const json::value document = json::parse(body, error, &resource, options);
  if (error) return {};
  std::vector<ReceivedUpdate> updates;
  if (const json::array* entries = list_at(document, "entry"))
    for (const json::value& entry : *entries) add_updates_of_entry(entry, updates);
  return ledger.arrived(updates);
}

}  // namespace hookdrill
