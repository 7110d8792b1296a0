// Everything that was found out about an endpoint, before anybody judges it. Filled by gather.cc; the checks read it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/exchange.h"
#include "live/probe.h"

namespace hookdrill {

/// The answer of the system's resolver for one family.
struct DnsAnswer {
  enum class Kind { not_asked, found, no_address, no_such_name, failed, no_answer };
  Kind kind = Kind::not_asked;
  Duration took{};
  std::vector<boost::asio::ip::address> addresses;
};

/// What came of fetching the issuers that the certificates name (authority information access), as a browser does.
struct AiaFacts {
  enum class Kind {
    not_tried,
    no_address,   // the certificates name none
    not_fetched,  // it could not be had
    completes,    // with the fetched ones the chain ends in a trusted root
    unknown_root  // it ends in a root that is not trusted, or still in nothing
  };
  Kind kind = Kind::not_tried;
  std::vector<std::string> fetched;  // common names, printable
  bool replaces = false;             // a fetched one has the name of one that was sent, under another issuer
  std::string url;                   // the first one asked
  std::string end;                   // the name that the chain ends in
  std::string why;                   // it was not tried or not fetched
};

/// How far Meta's client comes.
enum class Level { nothing, resolved, connected, secured, answered, proven, accepted };

/// One address of the endpoint. Probes that were not needed, or that the budget did not allow, are not there.
struct AddressFacts {
  boost::asio::ip::tcp::endpoint address;
  std::string name;       // "203.0.113.7:443"
  bool has_route = true;  // of this machine to its family
  bool uses_tls = true;

  std::optional<ProbeResult> strict;      // what Meta's client does: full handshake and the verification GET
  std::optional<ProbeResult> lenient;     // past a refused certificate, with a GET that holds nothing secret
  std::optional<ProbeResult> no_name;     // without SNI
  std::optional<ProbeResult> tls12;       // TLS 1.2 alone
  std::optional<ProbeResult> tls13;       // TLS 1.3 alone
  std::optional<ProbeResult> rsa;         // RSA signatures alone
  std::optional<ProbeResult> ecdsa;       // ECDSA signatures alone
  std::optional<ProbeResult> old_tls;     // TLS 1.0 and 1.1
  std::optional<ProbeResult> any_cipher;  // every cipher that OpenSSL has
  std::optional<ProbeResult> clear;       // GET without TLS
  std::optional<ProbeResult> silent;      // connects and says nothing
  std::optional<ProbeResult> resumed;     // with the ticket of a connection before
  AiaFacts aia;
  std::vector<ProbeResult> burst;  // signed deliveries on fresh connections; else handshakes

  Level level() const;
  /// The probe that shows the certificates: strict, or lenient where strict saw none; null when neither did.
  const ProbeResult* seen() const;
};

/// What is checked, as the user said it.
struct CheckTarget {
  Endpoint endpoint;            // the host without a trailing dot
  bool trailing_dot = false;    // the URL had one
  std::string path = "direct";  // of the scenario
  TlsSettings tls;
  std::vector<std::string> connect;  // "host:port" instead of what the DNS says; empty: ask the DNS
  std::vector<boost::asio::ip::address> sources;
};

struct Facts {
  CheckTarget target;
  DnsAnswer a;
  DnsAnswer aaaa;
  std::vector<AddressFacts> addresses;
  bool on_loopback = false;         // every address is: a laboratory
  std::vector<Exchange> exchanges;  // requests beyond the first, on the first address that answers
  std::string exchange_address;
  std::string challenge;  // that the strict probe of each address asked to be echoed
  std::uint64_t seed = 1;
  int trust_ignored = 0;     // certificates of the store that are no roots
  std::string trust;         // the store's name, date and size
  bool out_of_time = false;  // the budget ended before all was asked

  Level level() const;
  /// The endpoint echoes the challenge for the right token, and not for a wrong one: it is ours.
  bool proven() const;
  bool knows_token() const { return !target.endpoint.verify_token.empty(); }
  bool knows_secret() const { return !target.endpoint.app_secret.empty(); }
  /// The exchange of that name, or null when it was not made.
  const Exchange* exchange(std::string_view name) const;
};

}  // namespace hookdrill
