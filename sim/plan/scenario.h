// What the user wrote, as plain data with every default. Nothing here reads a file, a clock or the environment.
// Keys and meanings: README.md, "Scenario reference"; read from TOML in scenario_toml.cc.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace hookdrill {

/// A secret that never reaches an output: there is no operator<< and no formatter, only reveal().
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  bool empty() const { return value_.empty(); }
  const std::string& reveal() const { return value_; }

 private:
  std::string value_;
};

/// The webhook under test.
struct Endpoint {
  std::string url;   // as written; the request target below is sent byte for byte
  bool tls = true;   // https
  std::string host;  // lower case, no brackets
  std::uint16_t port = 443;
  std::string target = "/";  // path and query, as written
  Secret app_secret;
  Secret verify_token;
};

/// How long the reference receiver waits before it answers.
struct DelayLaw {
  enum class Kind { fixed, uniform, bimodal, lognormal };
  Kind kind = Kind::fixed;
  Duration low{};    // fixed: the delay; uniform: least; bimodal: the usual delay; lognormal: the median
  Duration high{};   // uniform: most; bimodal: the rare delay
  double share = 0;  // bimodal: share of rare delays
  double sigma = 0;  // lognormal: standard deviation of the logarithm
};

/// What certificate the receiver shows (tls-checks catalogue names).
enum class ReceiverCertificate {
  good,
  leaf_only,
  leaf_only_no_aia,
  self_signed,
  private_ca,
  expired,
  not_yet_valid,
  wrong_host,
  no_san
};

/// What is drawn when a share of connections is lost: each connection, each packet, each source address.
enum class DropBy { flow, packet, source };

/// A way in which a receiver loses connections, and when. Several laws act independently of each other.
struct DropLaw {
  enum class Of {
    syn,      // SYNs vanish in the kernel, as in a firewall: the client sees no answer
    refuse,   // nothing listens: RST to the SYN
    reset,    // accepted, then RST
    silence,  // accepted, then never a byte
    hello     // closed when the first bytes (the ClientHello) have come
  };
  Of of = Of::syn;
  double share = 0;
  DropBy by = DropBy::flow;        // packet: only of SYNs, and a retransmitted one gets a new chance
  Duration from{};                 // since the load began
  std::optional<Duration> length;  // unset: to the end
  // Gilbert–Elliott: lost only in bursts, which begin and end at random. Mean times, both 0 for none.
  Duration burst_every{};
  Duration burst_length{};
};

/// What "DDoS protection" does: new connections of one source address beyond a rate are lost.
struct SourceLimit {
  double per_second = 0;  // 0: no limit
  int burst = 5;          // connections that may come at once; nftables' default
  DropLaw::Of of = DropLaw::Of::reset;
};

/// What a server does with connections and requests: the reference receiver on sockets, and a path's model.
struct ServerBehaviour {
  DelayLaw delay;
  std::map<int, double> status = {{200, 1}};  // shares of answers by HTTP status; normalised
  double close = 0;                           // share of requests that are read and then closed without an answer
  double half = 0;                            // share of answers cut in the middle
  double reset = 0;                           // share of requests answered by RST
  enum class By { request, delivery };
  By by = By::request;         // delivery: retries of a delivery meet the same status, close, half, reset and delay
  std::vector<DropLaw> drops;  // before any request is read
  SourceLimit limit;
};

/// The reference receiver, started inside the run or by `hookdrill receive`.
struct ReceiverSettings : ServerBehaviour {
  std::string listen = "127.0.0.1:0";  // port 0: a free one
  bool tls = true;                     // false: plain HTTP, for use behind a proxy
  ReceiverCertificate certificate = ReceiverCertificate::good;
  int workers = 1;  // threads
};

/// How much a modelled server can do at once. A connection takes a worker for its handshake's work and the delay before
/// its answer, first come first served, also when its client has given up meanwhile.
struct ServerCapacity {
  int workers = 0;                      // 0: no limit
  int queue = 511;                      // connections that wait for a worker; nginx's backlog on Linux
  Duration handshake{};                 // a worker's time for one TLS handshake
  DropLaw::Of full = DropLaw::Of::syn;  // beyond the queue; syn: Linux drops the SYN, and the client sends it again
  int full_status = 0;                  // answered at once instead, when it is not 0
};

/// What `simulate` uses in place of sockets.
struct PathModel {
  DelayLaw connect = {DelayLaw::Kind::fixed, std::chrono::microseconds(200), {}, 0, 0};
  DelayLaw tls = {DelayLaw::Kind::fixed, std::chrono::milliseconds(2), {}, 0, 0};
  // When a SYN without an answer is sent again, after the first. Linux, but for the first five since 6.5: doubling.
  std::vector<Duration> syn_again = {std::chrono::seconds(1), std::chrono::seconds(3), std::chrono::seconds(7),
                                     std::chrono::seconds(15), std::chrono::seconds(31)};
  ReceiverCertificate certificate = ReceiverCertificate::good;  // any other fails a strict client
  ServerBehaviour server;
  ServerCapacity capacity;
};

/// One named way to reach the endpoint.
struct PathSettings {
  std::string name = "direct";
  std::optional<Endpoint> endpoint;  // a url of its own, else the scenario's; secrets are always the scenario's
  std::string connect;               // "host:port" or "[v6]:port" to connect to instead of the URL's; "" = the URL's
  std::vector<std::string> sources;  // source addresses, ranges expanded; empty = the system's choice
  PathModel model;
};

struct TlsSettings {
  std::string trust = "system";  // "system", or the path of a PEM file; only self-signed roots count
  enum class Version { tls1_2, tls1_3 };
  Version min_version = Version::tls1_2;
  enum class Session { full, resumed };
  Session session = Session::full;
  std::string client_certificate;  // PEM file with key, certificate and intermediates, for servers that ask; "" = none
};

/// Which characters of a body are escaped. `today`: all captures since 2022. `of_2016`: also "<", "%" and "@", as
/// Meta's Messenger reference of 2016 said; no capture shows it.
enum class Escaping { today, of_2016 };

inline constexpr std::uint64_t kBodyBytesMax = 16'000'000;  // Meta: 3 MB; more, to see what a receiver does then

struct DeliverySettings {
  std::string client = "messaging";                   // messaging | changes: which of Meta's POST clients
  std::map<std::string, double> mix = {{"text", 1}};  // shares by payload type; normalised
  int batch = 1;                                      // updates in each delivery, 1 to 1000
  std::string payloads;                               // folder whose templates add to the built-in ones; "" = none
  std::map<std::string, std::string> values;  // fixed texts for lists of corpus.json: phone_number_id, waba_id, ...
  Escaping escaping = Escaping::today;
  std::map<std::uint64_t, double> body_bytes;  // shares by least size of the body; empty = as long as they are
  enum class Connections { fresh, keepalive };
  Connections connections = Connections::fresh;
  int max_in_flight = 256;  // over all workers
};

struct Stage {
  std::string name;      // "stage-1" when the user gave none; unique
  double rate_from = 0;  // deliveries per second at the start of the stage
  double rate_to = 0;    // at its end; linear between
  enum class Arrivals { constant, poisson };
  Arrivals arrivals = Arrivals::constant;
  Duration length{};
  bool measure = true;  // false: a warm-up, left out of expectations and totals of the report
};

struct RetrySettings {
  std::string schedule = "guide";  // guide | graph-36h | whatsapp-7d | none | custom
  std::vector<Duration> waits;     // custom: after the previous attempt
  double jitter = 0;               // each wait is drawn from wait × [1 - jitter, 1 + jitter]
  double time_scale = 1;           // waits are this many times shorter than Meta's; never socket timeouts
  Duration attempt_timeout = std::chrono::seconds(20);
  enum class Sender { any, same };
  Sender sender = Sender::any;  // of a retry: any of the path's source addresses, or that of the first attempt
  enum class Success { only_200, any_2xx };
  Success success = Success::only_200;
};

/// What the scenario demands of a metric.
struct Expectation {
  std::string metric;  // dotted: [path.][stage.]metric, see engine/verdict.h
  enum class Relation { below, at_most, at_least, above, equals };
  Relation relation = Relation::below;
  double limit = 0;               // share for "1%", seconds for "250ms", else the number
  std::string limit_text;         // as written, for the report
  int line = 0;                   // in the scenario file; 0 = a default of ours
  std::string source{};           // of a preset: who published the limit
  bool only_if_measured = false;  // of a preset: left out where there is nothing to measure
};

/// When a run is hopeless: it ends early then, and has failed.
struct AbortRule {
  double failed_share = 0;    // of the attempts that ended; the whole 95 % interval must be above it; 0 = never
  std::uint64_t expired = 0;  // deliveries; 0 = never
};

struct Limits {
  double max_rate = 50;  // deliveries per second against an endpoint that is not on loopback
  Duration max_lateness = std::chrono::milliseconds(10);  // p99; a later generator makes the run untrusted
  std::optional<Duration> max_duration;  // pending retries are abandoned then; unset: until every delivery has ended
};

/// How `compare` measures, and what it counts as no difference.
struct CompareSettings {
  int blocks = 24;                                   // pieces of the plan; each of them goes over every path
  Duration margin = std::chrono::microseconds(500);  // of durations: a smaller difference is none
  double margin_share = 0.05;                        // of the first path's duration; the larger of the two counts
  double drop_margin = 0.01;                         // of drop rates
  bool retries = false;  // false: every delivery is tried once, so that blocks are alike and short
};

struct Scenario {
  std::string file;    // where it was read from, for messages
  std::string sha256;  // of the file's bytes and the overrides
  std::string name;
  std::string description;
  std::uint64_t seed = 1;
  int workers = 0;  // threads that send; 0 = one for each core, at most one per 1,000 deliveries/s
  Endpoint endpoint;
  std::optional<ReceiverSettings> receiver;
  TlsSettings tls;
  std::vector<PathSettings> paths;  // at least one
  DeliverySettings deliveries;
  std::vector<Stage> stages;  // at least one
  RetrySettings retry;
  std::vector<Expectation> expectations;  // at least one: a default when the scenario has none
  Limits limits;
  AbortRule abort_when;
  CompareSettings compare;
};

}  // namespace hookdrill
