#include "check/requests.h"

#include <fmt/core.h>

#include <algorithm>

#include "check/deliveries.h"
#include "check/families.h"
#include "live/challenge.h"
#include "plan/request.h"

namespace hookdrill {

RequestBatch::RequestBatch(Facts& facts, const AddressFacts& at, TlsClient& strict, const Budget& budget, int at_once)
    : facts_(facts), at_(at), strict_(strict), budget_(budget), at_once_(at_once) {}

void RequestBatch::add(Exchange exchange, std::string request, Duration limit) {
  Probe probe;
  probe.to = at_.address;
  for (const boost::asio::ip::address& source : facts_.target.sources)
    if (source.is_v6() == at_.address.address().is_v6()) probe.source = source;
  probe.tls = facts_.target.endpoint.tls ? &strict_ : nullptr;
  probe.request = std::move(request);
  probe.limit = limit;
  exchanges_.push_back(std::move(exchange));
  probes_.push_back(std::move(probe));
}

std::vector<Exchange> RequestBatch::run() {
  std::vector<std::optional<ProbeResult>> results(probes_.size());
  Batch batch(budget_, at_once_);
  for (std::size_t i = 0; i < probes_.size(); ++i) batch.add(results[i], std::move(probes_[i]));
  batch.run();
  std::vector<Exchange> made;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i]) continue;  // no time was left for it
    exchanges_[i].result = std::move(*results[i]);
    made.push_back(std::move(exchanges_[i]));
  }
  return made;
}

namespace {

void keep(std::vector<Exchange> made, Facts& facts) {
  std::move(made.begin(), made.end(), std::back_inserter(facts.exchanges));
}

// The same target with each form of a plus in its path; "" when the path has none.
std::string with_plus_as(const std::string& target, std::string_view form) {
  std::string path = target.substr(0, target.find('?'));
  const std::string query = target.substr(path.size());
  bool any = false;
  for (const std::string_view other : {"%2B", "%2b", "+"}) {
    for (std::size_t at = path.find(other); at != std::string::npos; at = path.find(other, at + 1)) {
      path.replace(at, other.size(), "\x01");
      any = true;
    }
  }
  for (std::size_t at = path.find('\x01'); at != std::string::npos; at = path.find('\x01')) path.replace(at, 1, form);
  return any ? path + query : "";
}

// The verification request in its right form and in forms that must not be answered with the challenge.
void ask_challenges(Facts& facts, const AddressFacts& at, TlsClient& strict, const Budget& budget) {
  const Endpoint& endpoint = facts.target.endpoint;
  const std::string& token = endpoint.verify_token.reveal();
  RequestBatch batch(facts, at, strict, budget);
  std::uint32_t number = 1;
  const auto ask = [&](const char* name, const char* detail, std::string challenge, std::string_view mode,
                       std::string_view shown_token, const Endpoint& to) {
    std::string request = verification_request(to, mode, challenge, shown_token);
    batch.add({name, detail, std::move(challenge), 0, {}, {}}, std::move(request), kVerificationLimit);
  };
  const auto next = [&] { return challenge_number(facts.seed, number++); };
  if (facts.knows_token()) {
    ask("echo", "the right token", next(), "subscribe", token, endpoint);
    ask("echo.text", "a challenge that is no number", "hookdrill_" + next(), "subscribe", token, endpoint);
    ask("mode.wrong", "hub.mode=unsubscribe", next(), "unsubscribe", token, endpoint);
    ask("token.longer", "the right token with something behind it", next(), "subscribe", token + "x", endpoint);
    for (const auto& [name, form] : {std::pair{"path.plus", "+"}, {"path.encoded", "%2B"}, {"path.space", "%20"}}) {
      Endpoint other = endpoint;
      other.target = with_plus_as(endpoint.target, form);
      if (!other.target.empty()) ask(name, form, next(), "subscribe", token, other);
    }
  }
  ask("token.wrong", "a wrong token", next(), "subscribe", "not-the-token", endpoint);
  batch.add({"bare", "a GET without parameters", "", 0, {}, {}},
            fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\n\r\n", endpoint.target, host_header(endpoint)),
            kVerificationLimit);
  keep(batch.run(), facts);
}

}  // namespace

void make_requests(Facts& facts, TlsClient& strict, const Budget& budget,
                   const std::function<void(std::string_view)>& progress) {
  const auto at = std::find_if(facts.addresses.begin(), facts.addresses.end(),
                               [](const AddressFacts& one) { return one.level() >= Level::answered; });
  if (at == facts.addresses.end()) return;
  facts.exchange_address = at->name;
  progress("asking for the challenge");
  ask_challenges(facts, *at, strict, budget);
  if (facts.level() < Level::proven || !facts.knows_secret()) return;
  make_deliveries(facts, *at, strict, budget, progress);
}

}  // namespace hookdrill
