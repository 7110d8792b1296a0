#include "receive_report.h"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <fstream>

#include "plan/address.h"
#include "reports/json_fields.h"
#include "reports/text.h"

namespace hookdrill {
namespace {

std::string answers_text(const ReceiverCounts& counts) {
  std::string text;
  for (const auto& [status, count] : counts.answers)
    text += fmt::format("{}{} × {}", text.empty() ? "" : ", ", format_count(count), status);
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", format_count(count), what);
  };
  add(counts.half, "of them cut in half");
  add(counts.closed, "closed");
  add(counts.reset, "reset");
  return text.empty() ? "none" : text;
}

std::string refused_text(const ReceiverCounts& counts) {
  return fmt::format("{}, {}, {}, {}", format_counted(counts.refused_signatures, "wrong signature"),
                     format_counted(counts.refused_challenges, "wrong challenge"),
                     format_counted(counts.malformed, "malformed request"),
                     format_counted(counts.handshakes_failed, "failed handshake"));
}

std::string url_of(const Receiver& receiver, const ReceiverSettings& settings, const std::string& host) {
  return fmt::format("{}://{}", settings.tls ? "https" : "http", host_port_text(host, receiver.port()));
}

}  // namespace

std::string receive_opening(const Receiver& receiver, const ReceiverSettings& settings, const ReceiveHints& hints,
                            bool quiet) {
  const std::string url = url_of(receiver, settings, hints.host);
  std::string text = fmt::format("listening on {} for {}\n", receiver.address(), url);
  if (quiet) return text;
  const std::string connect = receiver.connect_address();
  const std::string root = hints.root_file.empty() ? "root.pem" : hints.root_file;
  const std::string trust = settings.tls ? fmt::format(" --cacert {}", root) : "";
  const std::string reach = hints.host == "localhost" ? "" : fmt::format(" --connect-to ::{}", connect);
  if (settings.tls && hints.root_file.empty())
    text += "clients need its root certificate: start it with --root-out root.pem to get that as a file\n";
  text += fmt::format(
      "challenge  curl{}{} \\\n             \"{}/?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${}\"\n"
      "load       hookdrill run {}{} --set paths.direct.connect={}\n"
      "Ctrl-C ends it and prints what arrived.\n",
      trust, reach, url, hints.verify_token_env, hints.scenario.empty() ? "SCENARIO.toml" : hints.scenario,
      settings.tls ? fmt::format(" --ca-file {}", root) : "", connect);
  return text;
}

std::string percentiles_text(const Histogram& times) {
  const auto at = [&](double percent) { return format_duration_or_inf(times.percentile(percent)); };
  return fmt::format("p50 {}, p95 {}, p99 {}", at(50), at(95), at(99));
}

std::string receive_progress(const Receiver& receiver) {
  const ReceiverCounts counts = receiver.counts();
  const LedgerCounts updates = receiver.ledger().counts();
  return fmt::format("received {}  accepted {}  duplicates {}  refused {}  connections {}",
                     format_count(counts.deliveries), format_count(updates.accepted), format_count(updates.duplicates),
                     format_count(counts.refused_signatures), format_count(counts.connections));
}

std::string receive_summary(const Receiver& receiver) {
  const ReceiverCounts counts = receiver.counts();
  const LedgerCounts updates = receiver.ledger().counts();
  std::string text =
      fmt::format("received   {} on {}, answered: {}\n", format_counted(counts.deliveries, "delivery", "deliveries"),
                  format_counted(counts.connections, "connection"), answers_text(counts));
  if (const Histogram& times = receiver.time_to_answer(); times.count() > 0)
    text += fmt::format("answering  took {}\n", percentiles_text(times));
  text += fmt::format("updates    {} accepted of {} seen, {} arrivals, {}\n", format_count(updates.accepted),
                      format_count(updates.distinct), format_count(updates.arrivals),
                      format_counted(updates.duplicates, "duplicate"));
  text += fmt::format("challenge  {} right\n", format_count(counts.challenges));
  text += fmt::format("refused    {}\n", refused_text(counts));
  const std::uint64_t lost = counts.dropped_reset + counts.dropped_silence + counts.dropped_hello;
  if (lost + counts.dropped_syns > 0)
    text += fmt::format("dropped    {}, {} after accept ({} reset, {} silent, {} closed at hello)\n",
                        format_counted(counts.dropped_syns, "SYN"), format_counted(lost, "connection"),
                        format_count(counts.dropped_reset), format_count(counts.dropped_silence),
                        format_count(counts.dropped_hello));
  if (counts.unreadable > 0)
    text += fmt::format("unread     {} held no update with an id\n",
                        format_counted(counts.unreadable, "delivery", "deliveries"));
  if (updates.unrecorded > 0)
    text += fmt::format("unrecorded {} found the ledger full\n", format_counted(updates.unrecorded, "arrival"));
  return text;
}

std::string receive_json(const Receiver& receiver) {
  const ReceiverCounts counts = receiver.counts();
  const LedgerCounts updates = receiver.ledger().counts();
  boost::json::object answers;
  for (const auto& [status, count] : counts.answers) answers[std::to_string(status)] = count;
  const boost::json::object dropped = {{"syn", counts.dropped_syns},
                                       {"reset", counts.dropped_reset},
                                       {"silence", counts.dropped_silence},
                                       {"hello", counts.dropped_hello}};
  const boost::json::object json = {{"received", counts.deliveries},
                                    {"accepted", updates.accepted},
                                    {"duplicates", updates.duplicates},
                                    {"refused", counts.refused_signatures},
                                    {"answers", answers},
                                    {"time_to_answer", histogram_value(receiver.time_to_answer())},
                                    {"closed", counts.closed},
                                    {"half", counts.half},
                                    {"reset", counts.reset},
                                    {"dropped", dropped},
                                    {"arrivals", updates.arrivals},
                                    {"distinct", updates.distinct},
                                    {"unrecorded", updates.unrecorded},
                                    {"unreadable", counts.unreadable},
                                    {"challenges", counts.challenges},
                                    {"refused_challenges", counts.refused_challenges},
                                    {"malformed", counts.malformed},
                                    {"connections", counts.connections},
                                    {"handshakes_failed", counts.handshakes_failed},
                                    {"requests", counts.requests},
                                    {"address", receiver.address()}};
  return boost::json::serialize(json) + "\n";
}

bool write_file(const std::string& file, const std::string& text) {
  const std::string part = file + ".part";
  std::ofstream out(part, std::ios::binary);
  out << text << std::flush;
  return out && std::rename(part.c_str(), file.c_str()) == 0;
}

bool write_ledger(const std::string& file, const Ledger& ledger) {
  std::ofstream out(file, std::ios::binary);
  ledger.for_each([&](const Ledger::Row& row) {
    boost::json::object json = {{"id", row.update.id}};
    if (!row.update.status.empty()) {
      json["status"] = row.update.status;
      json["timestamp"] = row.update.timestamp;
    }
    json["arrivals"] = row.arrivals;
    json["accepted"] = row.accepted;
    json["duplicates"] = row.duplicates;
    out << boost::json::serialize(json) << '\n';
  });
  return static_cast<bool>(out.flush());
}

}  // namespace hookdrill
