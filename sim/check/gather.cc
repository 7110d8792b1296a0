#include "check/gather.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/encoding.h"
#include "check/aia.h"
#include "check/batch.h"
#include "check/dns_lookup.h"
#include "check/families.h"
#include "check/requests.h"
#include "live/challenge.h"
#include "plan/address.h"
#include "plan/request.h"

namespace hookdrill {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kAddressesMax = 8;
constexpr Duration kFollowUp = std::chrono::seconds(4);
constexpr Duration kLookup = std::chrono::seconds(8);
constexpr Duration kSilence = std::chrono::milliseconds(300);

// The kernel says at once, without sending anything, whether it knows a way.
bool has_route(const ip::tcp::endpoint& to) {
  const int socket = ::socket(to.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return errno != EAFNOSUPPORT;
  const int result = ::connect(socket, to.data(), static_cast<socklen_t>(to.size()));
  const bool known = result == 0 || (errno != ENETUNREACH && errno != EADDRNOTAVAIL);
  ::close(socket);
  return known;
}

AddressFacts fresh_address(const ip::address& address, std::uint16_t port, bool uses_tls) {
  AddressFacts at;
  at.address = {address, port};
  at.name = host_port_text(address.to_string(), port);
  at.uses_tls = uses_tls;
  at.has_route = has_route(at.address);
  return at;
}

// Handshakes that differ from the strict one in one thing. Clients of one run share the store of roots.
struct Clients {
  Clients(const TlsSettings& settings, const TrustStore& trust, const std::string& host)
      : strict(with(settings, [](TlsProfile&) {}), trust, host),
        lenient(with(settings, [](TlsProfile& p) { p.go_on = true; }), trust, host),
        no_name(with(settings,
                     [](TlsProfile& p) {
                       p.go_on = true;
                       p.send_name = false;
                     }),
                trust, host),
        tls12(with(settings, [](TlsProfile& p) { p.max_version = TLS1_2_VERSION; }), trust, host),
        tls13(with(settings, [](TlsProfile& p) { p.min_version = TLS1_3_VERSION; }), trust, host),
        rsa(with(settings, [](TlsProfile& p) { p.signatures = "RSA-PSS+SHA256:RSA+SHA256:RSA-PSS+SHA384:RSA+SHA384"; }),
            trust, host),
        ecdsa(with(settings, [](TlsProfile& p) { p.signatures = "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512"; }), trust,
              host),
        old_tls(with(settings,
                     [](TlsProfile& p) {
                       permissive(p);
                       p.min_version = TLS1_VERSION;
                       p.max_version = TLS1_1_VERSION;
                     }),
                trust, host),
        any_cipher(with(settings, permissive), trust, host) {}

  // A ticket belongs to the address that gave it, so each has a client of its own.
  static std::unique_ptr<TlsClient> resuming(const TlsSettings& settings, const TrustStore& trust,
                                             const std::string& host) {
    return std::make_unique<TlsClient>(with(settings, [](TlsProfile& p) { p.resume = true; }), trust, host);
  }

  static void permissive(TlsProfile& profile) {
    profile.go_on = true;
    profile.security_level = 0;
    profile.ciphers = "ALL:COMPLEMENTOFALL";
  }

  template <class Change>
  static TlsProfile with(const TlsSettings& settings, Change change) {
    TlsProfile profile = strict_profile(settings);
    profile.resume = false;
    profile.watch = true;
    change(profile);
    return profile;
  }

  TlsClient strict, lenient, no_name, tls12, tls13, rsa, ecdsa, old_tls, any_cipher;
};

class Gatherer {
 public:
  Gatherer(const GatherSettings& settings, const TrustStore& trust)
      : settings_(settings),
        trust_(trust),
        budget_(settings.budget),
        clients_(settings.target.tls, trust, settings.target.endpoint.host) {
    facts_.target = settings.target;
    facts_.trust = trust.text();
    facts_.trust_ignored = trust.ignored;
    facts_.seed = settings.seed;
  }

  Facts gather() {
    settings_.progress("asking the DNS");
    find_addresses();
    settings_.progress("connecting as Meta does");
    first_contact();
    settings_.progress("asking again in other ways");
    follow_up();
    settings_.progress("fetching missing issuers");
    for (AddressFacts& at : facts_.addresses) experiment(at);
    if (settings_.requests) make_requests(facts_, clients_.strict, budget_, settings_.progress);
    facts_.out_of_time = budget_.used_up();
    hide_secrets();
    return std::move(facts_);
  }

 private:
  const Endpoint& endpoint() const { return settings_.target.endpoint; }

  void find_addresses() {
    std::vector<ip::tcp::endpoint> found;
    for (const std::string& connect : settings_.target.connect) {
      const std::optional<HostPort> place = parse_host_port(connect);
      boost::system::error_code error;
      if (!place) continue;
      const ip::address address = ip::make_address(place->host, error);
      if (!error) {
        found.push_back({address, place->port});
        continue;
      }
      const DnsAnswers answers = look_up(place->host, std::min<Duration>(budget_.left(), kLookup));
      for (const DnsAnswer* answer : {&answers.a, &answers.aaaa})
        for (const ip::address& each : answer->addresses) found.push_back({each, place->port});
    }
    boost::system::error_code error;
    const ip::address literal = ip::make_address(endpoint().host, error);
    if (found.empty() && !error) found.push_back({literal, endpoint().port});
    if (found.empty() && settings_.target.connect.empty()) {
      DnsAnswers answers = look_up(endpoint().host, std::min<Duration>(budget_.left(), kLookup));
      for (const DnsAnswer* answer : {&answers.a, &answers.aaaa})
        for (const ip::address& address : answer->addresses) found.push_back({address, endpoint().port});
      facts_.a = std::move(answers.a);
      facts_.aaaa = std::move(answers.aaaa);
    }
    if (found.size() > kAddressesMax) found.resize(kAddressesMax);
    for (const ip::tcp::endpoint& to : found)
      facts_.addresses.push_back(fresh_address(to.address(), to.port(), endpoint().tls));
    facts_.on_loopback = !found.empty() && std::all_of(found.begin(), found.end(), [](const ip::tcp::endpoint& to) {
      return to.address().is_loopback();
    });
  }

  Probe order(const AddressFacts& at, TlsClient& client) const {
    Probe probe;
    probe.to = at.address;
    for (const ip::address& source : settings_.target.sources)
      if (source.is_v6() == at.address.address().is_v6()) probe.source = source;
    probe.tls = endpoint().tls ? &client : nullptr;
    probe.limit = kFollowUp;
    return probe;
  }

  void first_contact() {
    Batch batch(budget_);
    facts_.challenge = challenge_number(settings_.seed, 0);
    for (AddressFacts& at : facts_.addresses) {
      if (!at.has_route) continue;
      Probe probe = order(at, clients_.strict);
      probe.request = facts_.knows_token() ? verification_request(endpoint(), "subscribe", facts_.challenge,
                                                                  endpoint().verify_token.reveal())
                                           : nosy_request();
      probe.limit = kVerificationLimit;
      batch.add(at.strict, std::move(probe));
    }
    batch.run();
  }

  // For connections that are not trusted, and for those who told us no token.
  std::string nosy_request() const {
    return verification_request(endpoint(), "subscribe", facts_.challenge, "not-the-token");
  }

  void follow_up() {
    Batch batch(budget_);
    for (AddressFacts& at : facts_.addresses) {
      if (!at.strict || !at.strict->connected || !endpoint().tls) continue;
      const auto also = [&](std::optional<ProbeResult>& to, TlsClient& client) { batch.add(to, order(at, client)); };
      const OutcomeKind kind = at.strict->step.outcome.kind;
      also(at.no_name, clients_.no_name);
      also(at.tls12, clients_.tls12);
      also(at.old_tls, clients_.old_tls);
      if (at.level() >= Level::secured) {
        also(at.tls13, clients_.tls13);
        also(at.rsa, clients_.rsa);
        also(at.ecdsa, clients_.ecdsa);
        first_of_two(at, batch);
      } else if (kind == OutcomeKind::tls_certificate) {
        Probe probe = order(at, clients_.lenient);
        probe.request = nosy_request();
        batch.add(at.lenient, std::move(probe));
      } else {
        also(at.any_cipher, clients_.any_cipher);
        also(at.tls13, clients_.tls13);
        ask_in_clear(at, batch);
      }
    }
    batch.run();
    resume();
  }

  void ask_in_clear(AddressFacts& at, Batch& batch) {
    Probe silent = order(at, clients_.strict);
    silent.tls = nullptr;
    silent.listen = true;
    silent.limit = kSilence;
    Probe clear = silent;
    clear.listen = false;
    clear.request = nosy_request();
    clear.limit = kFollowUp;
    batch.add(at.silent, std::move(silent));
    batch.add(at.clear, std::move(clear));
  }

  // A ticket comes with or after the first answer, so the first connection of the two makes a request.
  void first_of_two(AddressFacts& at, Batch& batch) {
    resuming_.push_back(Clients::resuming(settings_.target.tls, trust_, endpoint().host));
    Probe probe = order(at, *resuming_.back());
    probe.request = nosy_request();
    batch.add(at.resumed, std::move(probe));
  }

  void resume() {
    Batch batch(budget_);
    std::size_t next = 0;
    for (AddressFacts& at : facts_.addresses) {
      if (at.level() < Level::secured || next == resuming_.size()) continue;
      TlsClient& client = *resuming_[next++];
      if (!at.resumed) continue;
      at.resumed.reset();
      batch.add(at.resumed, order(at, client));
    }
    batch.run();
  }

  void experiment(AddressFacts& at) {
    if (!at.strict || at.strict->tls.verify_errors.empty() || at.strict->facts.chain.empty()) return;
    const int error = at.strict->tls.verify_errors.front().error;
    if (error != X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY && error != X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN &&
        error != X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE)
      return;
    if (!settings_.fetch_issuers) {
      at.aia.why = "fetching issuers is switched off";
      return;
    }
    at.aia = fetch_issuers(at.strict->facts.chain, trust_.store.get(), budget_.left());
  }

  // An endpoint may say back what it was sent, and reports show what it says.
  void hide_secrets() {
    const auto hide = [&](HttpAnswer& answer) {
      for (std::string* text : {&answer.body, &answer.location, &answer.server, &answer.fields})
        for (const Secret* secret : {&endpoint().verify_token, &endpoint().app_secret})
          *text = without_secret(std::move(*text), secret->reveal());
    };
    for (AddressFacts& at : facts_.addresses) {
      for (std::optional<ProbeResult>* probe : {&at.strict, &at.lenient, &at.clear, &at.resumed})
        if (*probe) hide((*probe)->answer);
      for (ProbeResult& each : at.burst) hide(each.answer);
    }
    for (Exchange& made : facts_.exchanges) hide(made.result.answer);
  }

  const GatherSettings& settings_;
  const TrustStore& trust_;
  Budget budget_;
  Clients clients_;
  std::vector<std::unique_ptr<TlsClient>> resuming_;  // of the addresses that came so far, in their order
  Facts facts_;
};

}  // namespace

Facts gather(const GatherSettings& settings, const TrustStore& trust) {
  return Gatherer(settings, trust).gather();
}

}  // namespace hookdrill
