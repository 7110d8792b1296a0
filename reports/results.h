// Everything that is known after a run, as plain data: what results.json holds and what every report prints. Reports
// are pure functions of this. Names are the contract of results.json; its JSON Schema is reports/results.schema.json.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"

namespace hookdrill {

inline constexpr int kResultsSchemaVersion = 1;

/// What the scenario demanded, and whether it held.
struct VerdictRow {
  std::string name;      // "direct.drop.rate below 1%"
  std::string status;    // pass | fail | undecided
  std::string observed;  // with unit and interval: "18.1 % [17.4, 18.9]"
  std::string limit;     // "below 1%"
  std::string why;       // one sentence
};

/// An expectation as the scenario wrote it: merged results are judged again by these.
struct ExpectationRow {
  std::string metric;
  std::string relation;  // below | at most | at least | above | equal to
  double limit = 0;      // share, seconds or number
  std::string limit_text;
  std::string source;             // of a preset
  bool only_if_measured = false;  // of a preset
};

struct DeliveryCounts {
  std::uint64_t planned = 0;
  std::uint64_t delivered = 0;
  std::uint64_t delivered_first_try = 0;
  std::uint64_t delivered_by_retry = 0;
  std::uint64_t expired = 0;
  std::uint64_t abandoned = 0;
  std::uint64_t duplicates =
      0;  // arrivals of a message after one that was already accepted; known with a receiver only
};

/// One outcome code of a path.
struct OutcomeRow {
  std::string code;
  std::string side;  // client | path | server | unknown
  int curl_errno = 0;
  std::uint64_t count = 0;
  std::string meaning;  // one sentence
  std::string detail;   // what was special about the first of them, printable
};

/// Whether losses come as evenly as chance would spread them: over senders, addresses, time; or SYN by SYN (packet).
struct LossTestRow {
  std::string name;  // sender | sender_rate | address | time | packet
  double statistic = 0;
  double p_value = 1;        // small: not by chance
  std::uint64_t groups = 0;  // compared; for packet, connections whose SYN was sent again
};

/// Attempts on fresh connections that got no HTTP answer for no fault of a certificate, a refusal or ourselves.
struct DropRate {
  double rate = 0;
  double low = 0;  // Wilson 95 %
  double high = 0;
  std::uint64_t dropped = 0;
  std::uint64_t of = 0;
  std::string kind{};  // none | packet | flow | limit | source | burst | undecided; "" where nobody asked (stages)
  double p_value = 1;  // of the test that decided
  std::string why{};   // a phrase, figures included
  std::uint64_t samples_needed = 0;  // undecided: about so many connections would tell; 0 when more would not help
  std::uint64_t senders_lost = 0;    // source addresses of which nothing got through, when sticky by sender
  std::vector<LossTestRow> tests{};
};

/// One second of the run; in long runs 2, 4, 8 ... seconds, as the distance to the next row tells.
struct SeriesRow {
  std::uint32_t second = 0;   // where it begins
  std::uint64_t planned = 0;  // deliveries due in it
  std::uint64_t sent = 0;     // attempts begun
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;   // attempts that failed
  std::uint64_t retried = 0;  // attempts begun that were retries
  std::int64_t lateness_max_ns = 0;
  std::int64_t latency_max_ns = 0;  // of the deliveries that ended ok
};

/// A time in which more attempts failed than were answered well, and what the retries made of it. Loads are attempts
/// for each delivery that the plan has due.
struct SickTime {
  std::uint32_t from_s = 0;     // of the run
  std::uint32_t until_s = 0;    // of the run
  double load = 0;              // while it was sick
  double load_max = 0;          // in the worst interval until the next such time
  bool over = false;            // it ended while deliveries were still due
  bool drained = false;         // and so did the load that it left behind
  std::uint32_t drained_s = 0;  // so long after the end
};

/// Stats of one path, or of one stage on it.
struct PathResults {
  DeliveryCounts deliveries;
  std::uint64_t attempts_total = 0;
  std::uint64_t connections_fresh = 0;
  std::uint64_t connections_resumed = 0;  // TLS sessions
  std::uint64_t delayed_by_lost_syn = 0;  // fresh connections that opened when their SYN was sent again: late, not lost
  std::vector<OutcomeRow> outcomes;       // "ok" too; most frequent first
  DropRate drop;
  std::map<std::string, Histogram>
      histograms;  // dns connect tls write wait read latency service lateness time_to_deliver
  std::map<std::string, Histogram> failed_histograms;  // the same phases of attempts that failed
  std::vector<std::uint64_t> delivered_at_attempt;     // [n] = deliveries that needed n + 1 attempts
  std::vector<SeriesRow> series;                       // of a path only
  std::vector<SickTime> sick_times;                    // of a path only
  std::map<std::string, PathResults> stages;           // of a path only
  std::string address;                                 // where it connected to
  std::string certificate_expires;  // "2026-12-10 08:00 UTC"; "" without TLS
  std::string tls;  // "TLSv1.3 TLS_AES_256_GCM_SHA384 X25519, HTTP/1.1"; "" without TLS
};

/// One metric of two paths, measured in paired blocks; or of two runs.
struct ComparisonRow {
  std::string metric;    // "latency.p50", "drop.rate"
  std::string baseline;  // the path that the other one is compared with
  std::string path;
  std::string unit;           // ns | share
  double baseline_value = 0;  // infinite where failures reach into the percentile
  double path_value = 0;
  double difference = 0;  // path_value - baseline_value; not a number when both are infinite
  double low = 0;         // of the difference, 95 %
  double high = 0;
  double p = 1;               // of "there is no difference", corrected for all rows together
  std::string answer;         // of the path: better | worse | no difference | undecided
  std::string why;            // of an undecided one
  double margin = 0;          // a smaller difference counts as none
  double noise = 0;           // what the same path differs from itself by, 95 % of the time; infinite when unknown
  std::uint64_t samples = 0;  // of the path with fewer of them
  std::uint64_t blocks = 0;   // 0: two runs, not interleaved
  std::uint64_t blocks_needed = 0;  // to decide an undecided one; 0 = not known
};

struct Finding {
  std::string id;        // "tls.chain", "challenge.echo"
  std::string severity;  // fatal | warn | info | pass | skip | not_tested | error
  std::string title;
  std::string observed;
  std::string remedy;  // one a line, "nginx: ..."
  int curl_errno = 0;
  std::string address;
  std::string path;
  std::string shown = {};  // as Meta's error would put it: "curl_errno = 60; curl_error = ..."; "" = nothing to show
  std::string proof = {};  // how it is known, beyond what was observed
};

struct RetryFacts {
  std::string schedule;            // name
  std::string source;              // where the times come from, honest about what nobody published
  std::vector<std::string> waits;  // exact_duration() at Meta's pace: "5m"
  double time_scale = 1;
};

struct Results {
  int schema_version = kResultsSchemaVersion;
  std::string command;  // run | simulate | check | compare
  std::string verdict;  // pass | fail | untrusted
  std::vector<std::string> untrusted_because;
  struct {
    std::string name, sha256, file, description;
    std::uint64_t seed = 0;
    std::vector<std::string> stages;  // in their order; PathResults::stages has them by name
    std::vector<ExpectationRow> expectations;
  } scenario;
  std::string started_at;  // RFC 3339, UTC; "" in virtual time
  std::int64_t duration_ns = 0;
  std::map<std::string, std::string> environment;  // hookdrill, openssl, kernel, cores, trust store, ...
  RetryFacts retry;
  std::vector<VerdictRow> verdicts;
  std::map<std::string, PathResults> paths;
  std::vector<ComparisonRow> comparison;
  std::vector<Finding> findings;
  std::map<std::string, std::string> receiver;  // the embedded receiver's ledger against the run; empty without one
};

}  // namespace hookdrill
