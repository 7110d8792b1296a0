#include "check/deliveries.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "base/check.h"
#include "check/families.h"
#include "live/challenge.h"
#include "plan/request.h"

namespace hookdrill {
namespace {

constexpr std::uint64_t kNumbersTried = 100'000;
constexpr int kBurst = 30;  // 15 % of loss is seen in one of 30 connections with 99.2 % probability
constexpr int kBurstAtOnce = 10;
constexpr int kBatches[] = {1, 10, 100, 1000};                                      // Meta: at most 1000 updates
constexpr std::uint64_t kSizes[] = {1'000, 10'000, 100'000, 1'000'000, 3'000'000};  // Meta: at most 3 MB

/// Deliveries of one kind: the payloads of some settings, and who writes them.
class Deliveries {
 public:
  Deliveries(const Facts& facts, DeliverySettings settings)
      : payloads_(make(settings, facts.seed)), writer_(facts.target.endpoint, settings.client, payloads_) {}

  std::string request(std::uint64_t number) {
    std::string request;
    writer_.post(number, request);
    return request;
  }
  const Payloads& payloads() const { return payloads_; }
  RequestWriter& writer() { return writer_; }

 private:
  static Payloads make(const DeliverySettings& settings, std::uint64_t seed) {
    Result<Payloads> payloads = Payloads::make(settings, seed);
    HOOKDRILL_CHECK(payloads.has_value());  // built-in types only
    return std::move(*payloads);
  }

  Payloads payloads_;
  RequestWriter writer_;
};

std::size_t body_size(std::string_view request) {
  return request.size() - std::min(request.size(), request.find("\r\n\r\n") + 4);
}

class Sender {
 public:
  Sender(Facts& facts, const AddressFacts& at, TlsClient& strict, const Budget& budget)
      : facts_(facts), at_(at), strict_(strict), budget_(budget) {}

  void add(std::string name, std::string detail, std::string request) {
    orders_.push_back({std::move(name), std::move(detail), std::move(request)});
  }

  /// Sends what was added. With `again`, what is not answered with 200 is sent once more, as Meta would: an endpoint
  /// that fails now and then is another fault than one that fails at one thing.
  void send(bool again) {
    std::vector<Exchange> made = send_once(orders_);
    std::vector<Order> second;
    for (const Exchange& each : made) {
      if (!again || (each.answered() && each.status() == 200)) continue;
      second.push_back(
          *std::find_if(orders_.begin(), orders_.end(), [&](const Order& order) { return order.name == each.name; }));
    }
    for (Exchange& each : send_once(second)) {
      const auto before =
          std::find_if(made.begin(), made.end(), [&](const Exchange& one) { return one.name == each.name; });
      each.first_try =
          before->answered() ? fmt::format("HTTP {}", before->status()) : outcome_code(before->result.step.outcome);
      *before = std::move(each);
    }
    std::move(made.begin(), made.end(), std::back_inserter(facts_.exchanges));
    orders_.clear();
  }

 private:
  struct Order {
    std::string name, detail, request;
  };

  std::vector<Exchange> send_once(const std::vector<Order>& orders) {
    RequestBatch batch(facts_, at_, strict_, budget_);
    for (const Order& order : orders)
      batch.add({order.name, order.detail, "", body_size(order.request), {}, {}}, order.request, kDeliveryLimit);
    return batch.run();
  }

  Facts& facts_;
  const AddressFacts& at_;
  TlsClient& strict_;
  const Budget& budget_;
  std::vector<Order> orders_;
};

// Plain ASCII, so that an endpoint that fails on anything else is told apart by the texts below.
DeliverySettings text_settings() {
  DeliverySettings settings;
  settings.values = {{"text", "Hello"}, {"name", "Test User"}};
  return settings;
}

// One delivery of each type that the mix names, by the type's name.
std::map<std::string, std::uint64_t> one_of_each(const Payloads& payloads, std::size_t types) {
  std::map<std::string, std::uint64_t> numbers;
  for (std::uint64_t number = 1000; number < kNumbersTried && numbers.size() < types; ++number)
    numbers.try_emplace(payloads.type(number, 0), number);
  return numbers;
}

void add_types(const Facts& facts, Sender& sender) {
  const Result<PayloadLibrary> library = PayloadLibrary::load("");
  HOOKDRILL_CHECK(library.has_value());
  DeliverySettings settings;
  settings.mix.clear();
  for (const auto& [name, file] : library->types()) settings.mix[name] = 1;
  Deliveries all(facts, settings);
  for (const auto& [name, number] : one_of_each(all.payloads(), settings.mix.size()))
    sender.add("type." + name, name, all.request(number));
}

// What is wrong on purpose; repeated ones are sent by add_repeats().
void add_negatives(const Facts& facts, Sender& sender) {
  DeliverySettings settings;
  for (const NegativeInfo& info : negatives())
    if (info.kind != Negative::repeated_later && info.kind != Negative::repeated_at_once)
      settings.mix[std::string(info.name)] = 1;
  Deliveries wrong(facts, settings);
  for (const NegativeInfo& info : negatives()) {
    if (settings.mix.count(std::string(info.name)) == 0) continue;
    for (std::uint64_t number = 200'000; number < 200'000 + kNumbersTried; ++number) {
      if (wrong.payloads().negative(number) != info.kind) continue;
      sender.add(fmt::format("wrong.{}", info.name), std::string(info.about), wrong.request(number));
      break;
    }
  }
}

// Signed over the bytes on the wire: an endpoint that parses and prints again before it checks fails some of these.
void add_texts(const Facts& facts, Sender& sender) {
  const std::pair<const char*, const char*> texts[] = {{"ascii", "plain ASCII"},
                                                       {"accents", "Caf\u00e9 Concei\u00e7\u00e3o"},
                                                       {"emoji", "\U0001F918 \U0001F468\u200D\U0001F469"},
                                                       {"right_to_left", "\u0645\u0631\u062d\u0628\u0627"},
                                                       {"slash", "a/b <c> 100% @d & \"e\" \\"}};
  std::uint64_t number = 300'000;
  for (const auto& [name, text] : texts) {
    DeliverySettings settings;
    settings.values = {{"text", text}, {"name", "Test User"}};
    Deliveries deliveries(facts, settings);
    sender.add(fmt::format("text.{}", name), name, deliveries.request(number++));
  }
}

void add_ladders(const Facts& facts, Sender& sender) {
  std::uint64_t number = 400'000;
  for (const int batch : kBatches) {
    DeliverySettings settings;
    settings.batch = batch;
    Deliveries deliveries(facts, settings);
    sender.add(fmt::format("batch.{}", batch), fmt::format("{} updates", batch), deliveries.request(number++));
  }
  for (const std::uint64_t size : kSizes) {
    DeliverySettings settings;
    settings.body_bytes = {{size, 1}};
    Deliveries deliveries(facts, settings);
    sender.add(fmt::format("size.{}", size), fmt::format("{} bytes", size), deliveries.request(number++));
  }
}

void replace_agent(std::string& request, std::string_view agent) {
  const std::size_t at = request.find("User-Agent: ");
  HOOKDRILL_CHECK(at != std::string::npos);
  request.replace(at + 12, request.find("\r\n", at) - at - 12, agent);
}

void add_agents(Deliveries& texts, Sender& sender) {
  const std::pair<const char*, const char*> agents[] = {{"curl", "curl/7.88.1"},
                                                        {"browser", "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"},
                                                        {"changes", "Webhooks/1.1 (https://fb.me/webhooks)"}};
  std::uint64_t number = 500'000;
  for (const auto& [name, agent] : agents) {
    std::string request = texts.request(number++);
    replace_agent(request, agent);
    sender.add(fmt::format("agent.{}", name), agent, std::move(request));
  }
}

void burst(Facts& facts, TlsClient& strict, const Budget& budget, Deliveries& texts) {
  std::uint64_t number = 600'000;
  for (AddressFacts& at : facts.addresses) {
    // Each address proves for itself that it is ours.
    const bool echoed = at.level() >= Level::answered && at.strict->answer.body == facts.challenge;
    if (!echoed && !(facts.on_loopback && at.level() >= Level::answered)) continue;
    RequestBatch batch(facts, at, strict, budget, kBurstAtOnce);
    for (int i = 0; i < kBurst; ++i)
      batch.add({"burst", "", "", 0, {}, {}}, texts.request(number++), kVerificationLimit);
    for (Exchange& made : batch.run()) at.burst.push_back(std::move(made.result));
  }
}

constexpr std::string_view kUnknownField =
    R"({"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":)"
    R"({"messaging_product":"whatsapp","something_new":{"id":1}},"field":"a_field_of_tomorrow"}]}]})";

}  // namespace

void make_deliveries(Facts& facts, const AddressFacts& at, TlsClient& strict, const Budget& budget,
                     const std::function<void(std::string_view)>& progress) {
  progress("delivering");
  Deliveries texts(facts, text_settings());
  Sender sender(facts, at, strict, budget);
  const std::string first = texts.request(0);
  sender.add("post.signed", "a signed text message", first);
  sender.send(true);
  add_agents(texts, sender);
  add_negatives(facts, sender);
  sender.send(false);
  if (facts.level() < Level::accepted) return;

  progress("delivering every type");
  std::string unknown;
  texts.writer().post_body(kUnknownField, unknown);
  sender.add("unknown_field", "a field that nobody knows yet", std::move(unknown));
  add_texts(facts, sender);
  add_types(facts, sender);
  sender.send(true);
  progress("repeating a delivery");
  sender.add("repeat.later", "the first delivery again", first);
  sender.send(true);
  const std::string twin = texts.request(1);
  for (int i = 1; i <= 4; ++i) sender.add(fmt::format("repeat.at_once.{}", i), "four times at once", twin);
  sender.send(true);
  progress("delivering batches and large bodies");
  add_ladders(facts, sender);
  sender.send(true);
  progress("a burst of connections");
  burst(facts, strict, budget, texts);
}

}  // namespace hookdrill
