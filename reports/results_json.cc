#include "reports/results_json.h"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "reports/json_fields.h"
#include "reports/json_text.h"

namespace hookdrill {
namespace {

constexpr std::uintmax_t kFileBytesMax = 256u << 20;

// "attempts": counts by code for machines, and beside it what a person needs to know about each code.
struct Cause {
  std::string code, side, meaning, detail;
  int curl_errno = 0;
};
struct Attempts {
  std::uint64_t total = 0;
  std::uint64_t fresh = 0;
  std::uint64_t resumed = 0;
  std::uint64_t delayed_by_lost_syn = 0;
  std::vector<OutcomeRow> rows;
};

}  // namespace

// The keys of results.json, in the order in which they are written. Found by JsonWriter and JsonReader through their
// arguments, hence not in the unnamed namespace.
template <class Io, Is<VerdictRow> T>
static void fields(Io& io, T& row) {
  io("name", row.name);
  io("status", row.status);
  io("observed", row.observed);
  io("limit", row.limit);
  io("why", row.why);
}

template <class Io, Is<ExpectationRow> T>
static void fields(Io& io, T& row) {
  io("metric", row.metric);
  io("relation", row.relation);
  io("limit", row.limit);
  io("limit_text", row.limit_text);
  io("source", row.source);
  io("only_if_measured", row.only_if_measured);
}

template <class Io, Is<DeliveryCounts> T>
static void fields(Io& io, T& counts) {
  io("planned", counts.planned);
  io("delivered", counts.delivered);
  io("delivered_first_try", counts.delivered_first_try);
  io("delivered_by_retry", counts.delivered_by_retry);
  io("expired", counts.expired);
  io("abandoned", counts.abandoned);
  io("duplicates", counts.duplicates);
}

template <class Io, Is<Cause> T>
static void fields(Io& io, T& cause) {
  io("code", cause.code);
  io("side", cause.side);
  io("curl_errno", cause.curl_errno);
  io("meaning", cause.meaning);
  io("detail", cause.detail);
}

template <class Io, Is<Attempts> T>
static void fields(Io& io, T& attempts) {
  io("total", attempts.total);
  io("fresh", attempts.fresh);
  io("resumed", attempts.resumed);
  io("delayed_by_lost_syn", attempts.delayed_by_lost_syn);
  if constexpr (Io::kReads) {
    std::map<std::string, std::uint64_t> counts;
    std::vector<Cause> causes;
    io("outcomes", counts);
    io("causes", causes);
    for (const Cause& cause : causes) {
      attempts.rows.push_back(
          {cause.code, cause.side, cause.curl_errno, counts[cause.code], cause.meaning, cause.detail});
    }
  } else {
    boost::json::object counts;
    std::vector<Cause> causes;
    for (const OutcomeRow& row : attempts.rows) {
      counts[row.code] = row.count;
      causes.push_back({row.code, row.side, row.meaning, row.detail, row.curl_errno});
    }
    io("outcomes", counts);
    io("causes", causes);
  }
}

template <class Io, Is<LossTestRow> T>
static void fields(Io& io, T& test) {
  io("name", test.name);
  io("statistic", test.statistic);
  io("p_value", test.p_value);
  io("groups", test.groups);
}

template <class Io, Is<DropRate> T>
static void fields(Io& io, T& drop) {
  io("rate", drop.rate);
  io("low", drop.low);
  io("high", drop.high);
  io("dropped", drop.dropped);
  io("of", drop.of);
  io.optional("kind", drop.kind);
  if (drop.kind.empty()) return;
  io("p_value", drop.p_value);
  io("why", drop.why);
  io("samples_needed", drop.samples_needed);
  io("senders_lost", drop.senders_lost);
  io("tests", drop.tests);
}

template <class Io, Is<SeriesRow> T>
static void fields(Io& io, T& row) {
  io("second", row.second);
  io("planned", row.planned);
  io("sent", row.sent);
  io("delivered", row.delivered);
  io("failed", row.failed);
  io("retried", row.retried);
  io("lateness_max_ns", row.lateness_max_ns);
  io("latency_max_ns", row.latency_max_ns);
}

template <class Io, Is<SickTime> T>
static void fields(Io& io, T& time) {
  io("from_s", time.from_s);
  io("until_s", time.until_s);
  io("load", time.load);
  io("load_max", time.load_max);
  io("over", time.over);
  io("drained", time.drained);
  io("drained_s", time.drained_s);
}

template <class Io, Is<PathResults> T>
static void fields(Io& io, T& path) {
  io("address", path.address);
  io("tls", path.tls);
  io.optional("certificate_expires", path.certificate_expires);
  io("deliveries", path.deliveries);
  Attempts attempts{path.attempts_total, path.connections_fresh, path.connections_resumed, path.delayed_by_lost_syn,
                    path.outcomes};
  io("attempts", attempts);
  if constexpr (Io::kReads) {
    path.attempts_total = attempts.total;
    path.connections_fresh = attempts.fresh;
    path.connections_resumed = attempts.resumed;
    path.delayed_by_lost_syn = attempts.delayed_by_lost_syn;
    path.outcomes = std::move(attempts.rows);
  }
  io("drop", path.drop);
  io("delivered_at_attempt", path.delivered_at_attempt);
  io("histograms", path.histograms);
  io("failed_histograms", path.failed_histograms);
  io.optional("stages", path.stages);
  io.optional("series", path.series);
  io.optional("sick_times", path.sick_times);
}

template <class Io, Is<ComparisonRow> T>
static void fields(Io& io, T& row) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  io("metric", row.metric);
  io("baseline", row.baseline);
  io("path", row.path);
  io("unit", row.unit);
  io.finite("baseline_value", row.baseline_value, kInfinity);
  io.finite("path_value", row.path_value, kInfinity);
  io.finite("difference", row.difference, 0);
  if constexpr (Io::kReads) row.difference = row.path_value - row.baseline_value;
  io.finite("low", row.low, row.difference > 0 ? kInfinity : -kInfinity);
  io.finite("high", row.high, row.difference < 0 ? -kInfinity : kInfinity);
  io("p", row.p);
  io("answer", row.answer);
  io("why", row.why);
  io("margin", row.margin);
  io.finite("noise", row.noise, kInfinity);
  io("samples", row.samples);
  io("blocks", row.blocks);
  io("blocks_needed", row.blocks_needed);
}

template <class Io, Is<Finding> T>
static void fields(Io& io, T& finding) {
  io("id", finding.id);
  io("severity", finding.severity);
  io("title", finding.title);
  io("observed", finding.observed);
  io("remedy", finding.remedy);
  io("curl_errno", finding.curl_errno);
  io("address", finding.address);
  io("path", finding.path);
  io.optional("shown", finding.shown);
  io.optional("proof", finding.proof);
}

template <class Io, Is<RetryFacts> T>
static void fields(Io& io, T& retry) {
  io("schedule", retry.schedule);
  io("source", retry.source);
  io("waits", retry.waits);
  io("time_scale", retry.time_scale);
}

template <class Io, Is<decltype(Results::scenario)> T>
static void fields(Io& io, T& scenario) {
  io("name", scenario.name);
  io("seed", scenario.seed);
  io("sha256", scenario.sha256);
  io("file", scenario.file);
  io("description", scenario.description);
  io.optional("stages", scenario.stages);
  io.optional("expectations", scenario.expectations);
}

template <class Io, Is<Results> T>
static void fields(Io& io, T& results) {
  io("schema_version", results.schema_version);
  io("command", results.command);
  io("verdict", results.verdict);
  io("untrusted_because", results.untrusted_because);
  io("scenario", results.scenario);
  io("started_at", results.started_at);
  io("duration_ns", results.duration_ns);
  io("verdicts", results.verdicts);
  io.optional("comparison", results.comparison);
  io("findings", results.findings);
  io("retry", results.retry);
  io("receiver", results.receiver);
  io("environment", results.environment);
  io("paths", results.paths);
}

std::string to_json(const Results& results) {
  return json_text(JsonWriter::value_of(results));
}

Result<Results> from_json(std::string_view text, const std::string& file) {
  const Result<boost::json::value> document = parse_json(text, file);
  if (!document) return document.error();
  const boost::json::object* object = document->if_object();
  const boost::json::value* version = object == nullptr ? nullptr : object->if_contains("schema_version");
  if (version == nullptr) return Diagnostic{file, 0, 0, "not a results file of hookdrill: no \"schema_version\""};
  if (*version != kResultsSchemaVersion) {
    return Diagnostic{file, 0, 0,
                      fmt::format("schema_version is {}; this hookdrill reads {}", boost::json::serialize(*version),
                                  kResultsSchemaVersion)};
  }
  Results results;
  std::string error;
  JsonReader reader(*document, "", error);
  fields(reader, results);
  if (!error.empty()) return Diagnostic{file, 0, 0, error};
  return results;
}

Result<Results> load_results(const std::string& place) {
  std::error_code error;
  std::filesystem::path file = place;
  if (std::filesystem::is_directory(file, error)) file /= "results.json";
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (error) return Diagnostic{file.string(), 0, 0, "cannot be read: " + error.message()};
  if (bytes > kFileBytesMax) return Diagnostic{file.string(), 0, 0, "larger than 256 MiB, which no results file is"};
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Diagnostic{file.string(), 0, 0, "cannot be read"};
  return from_json(text.str(), file.string());
}

}  // namespace hookdrill
