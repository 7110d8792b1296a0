#include "live/ledger.h"

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "catch.h"
#include "live/receiver_updates.h"
#include "plan/payload.h"

using namespace hookdrill;

namespace {

std::vector<Ledger::Entry*> arrive(Ledger& ledger, const ReceivedUpdate& update) {
  return ledger.arrived({&update, 1});
}

std::vector<std::string> keys(const Ledger& ledger) {
  std::vector<std::string> found;
  ledger.for_each([&](const Ledger::Row& row) {
    found.push_back(std::string(row.update.id) + "/" + std::string(row.update.status) + "/" +
                    std::string(row.update.timestamp));
  });
  return found;
}

}  // namespace

TEST_CASE("ledger: an arrival is a duplicate only once its update was accepted") {
  Ledger ledger;
  arrive(ledger, {"wamid.1", "", ""});
  const auto second = arrive(ledger, {"wamid.1", "", ""});
  CHECK(ledger.counts().duplicates == 0);
  CHECK_FALSE(ledger.accepted("wamid.1"));
  ledger.accept(second);
  ledger.accept(second);
  arrive(ledger, {"wamid.1", "", ""});
  const LedgerCounts counts = ledger.counts();
  CHECK(ledger.accepted("wamid.1"));
  CHECK(counts.arrivals == 3);
  CHECK(counts.distinct == 1);
  CHECK(counts.accepted == 1);
  CHECK(counts.duplicates == 1);
}

TEST_CASE("ledger: statuses of one message are different updates, and any of them makes the id accepted") {
  Ledger ledger;
  arrive(ledger, {"wamid.1", "sent", "100"});
  arrive(ledger, {"wamid.1", "delivered", "100"});
  ledger.accept(arrive(ledger, {"wamid.1", "read", "160"}));
  arrive(ledger, {"wamid.1", "delivered", "100"});
  CHECK(ledger.counts().distinct == 3);
  CHECK(ledger.counts().accepted == 1);
  CHECK(ledger.counts().duplicates == 0);
  CHECK(ledger.accepted("wamid.1"));
  CHECK_FALSE(ledger.accepted("wamid.2"));
}

TEST_CASE("ledger: a full ledger keeps what it has, and counts the rest apart") {
  Ledger ledger(2);
  arrive(ledger, {"a", "", ""});
  const auto b = arrive(ledger, {"b", "", ""});
  CHECK(arrive(ledger, {"c", "", ""}).empty());
  ledger.accept(b);
  arrive(ledger, {"b", "", ""});
  CHECK(ledger.counts().unrecorded == 1);
  CHECK(ledger.counts().arrivals == 3);
  CHECK(ledger.counts().duplicates == 1);
  CHECK_FALSE(ledger.accepted("c"));
}

TEST_CASE("ledger: one id with endless statuses stays bounded") {
  Ledger ledger;
  for (int i = 0; i < 1000; ++i) arrive(ledger, {"wamid.1", "read", std::to_string(i)});
  CHECK(ledger.counts().distinct == Ledger::kMaxStatuses);
  CHECK(ledger.counts().unrecorded == 1000 - Ledger::kMaxStatuses);
}

TEST_CASE("ledger: rows come in order") {
  Ledger ledger;
  for (int i = 999; i >= 0; --i) arrive(ledger, {std::to_string(i + 1000), "", ""});
  const std::vector<std::string> found = keys(ledger);
  REQUIRE(found.size() == 1000);
  CHECK(std::is_sorted(found.begin(), found.end()));
}

TEST_CASE("ledger: threads that record the same updates agree on every count") {
  Ledger ledger;
  constexpr int kThreads = 4;
  constexpr int kIds = 2000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&ledger] {
      for (int i = 0; i < kIds; ++i) {
        const std::string id = "wamid." + std::to_string(i);
        ledger.accept(arrive(ledger, {id, "", ""}));
      }
    });
  for (std::thread& thread : threads) thread.join();
  const LedgerCounts counts = ledger.counts();
  CHECK(counts.arrivals == kThreads * kIds);
  CHECK(counts.distinct == kIds);
  CHECK(counts.accepted == kIds);
  CHECK(counts.duplicates <= (kThreads - 1) * kIds);
}

TEST_CASE("ledger: messages and statuses of all entries and changes of a body are found") {
  Ledger ledger;
  const auto entries = record_updates(ledger, R"({"object":"whatsapp_business_account","entry":[
    {"id":"WABA-1","changes":[{"field":"messages","value":{"metadata":{"id":"not an update"},
      "contacts":[{"wa_id":"49151"}],"messages":[{"id":"wamid.A","timestamp":"1"},{"id":"wamid.B"}]}}]},
    {"id":"WABA-2","changes":[{"value":{"statuses":[{"id":"wamid.A","status":"read","timestamp":"7"}]}},
      {"value":{"calls":[{"id":"wacid.C"}]}}]}]})");
  CHECK(entries.size() == 4);
  CHECK(keys(ledger) == std::vector<std::string>{"wacid.C//", "wamid.A//", "wamid.A/read/7", "wamid.B//"});
}

TEST_CASE("ledger: every type of update that has an id is found by it") {
  const PayloadLibrary library = PayloadLibrary::load("").value();
  for (const auto& [type, file] : library.types()) {
    DeliverySettings settings;
    settings.mix = {{type, 1}};
    const Payloads payloads = Payloads::make(settings, 3).value();
    const std::string id = payloads.message_id(0, 0);
    if (id.empty()) continue;
    Ledger ledger;
    std::string body;
    payloads.body(0, body);
    ledger.accept(record_updates(ledger, body));
    CAPTURE(type, body);
    CHECK(ledger.accepted(id));
  }
}

TEST_CASE("ledger: bodies that are no webhook record nothing") {
  Ledger ledger;
  for (const std::string body :
       {"", "{", "null", "[]", R"({"entry":5})", R"({"entry":[5]})", R"({"entry":[{"changes":{}}]})",
        R"({"entry":[{"changes":[{"value":[]}]}]})",
        R"({"entry":[{"messaging":[{"message":{"mid":7}},{"message":[]},1]}]})",
        R"({"entry":[{"changes":[{"value":{"messages":[{"id":7},{"id":""},[],null]}}]}]})", "{\"entry\":\"\xff\xfe\"}"})
    CHECK(record_updates(ledger, body).empty());
  CHECK(record_updates(ledger, std::string(100'000, '[')).empty());
  CHECK(ledger.counts().distinct == 0);
}
