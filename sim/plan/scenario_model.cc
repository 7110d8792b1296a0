#include "plan/scenario_model.h"

#include <algorithm>

#include "plan/scenario_drops.h"
#include "plan/scenario_values.h"

namespace hookdrill {
namespace {

constexpr int kCapacityMax = 1'000'000;
constexpr std::size_t kSynsMax = 32;

constexpr std::pair<std::string_view, ReceiverCertificate> kCertificates[] = {
    {"good", ReceiverCertificate::good},
    {"leaf_only", ReceiverCertificate::leaf_only},
    {"leaf_only_no_aia", ReceiverCertificate::leaf_only_no_aia},
    {"self_signed", ReceiverCertificate::self_signed},
    {"private_ca", ReceiverCertificate::private_ca},
    {"expired", ReceiverCertificate::expired},
    {"not_yet_valid", ReceiverCertificate::not_yet_valid},
    {"wrong_host", ReceiverCertificate::wrong_host},
    {"no_san", ReceiverCertificate::no_san}};
constexpr std::pair<std::string_view, ServerBehaviour::By> kBy[] = {{"request", ServerBehaviour::By::request},
                                                                    {"delivery", ServerBehaviour::By::delivery}};
constexpr std::pair<std::string_view, DropLaw::Of> kFull[] = {
    {"syn", DropLaw::Of::syn}, {"refuse", DropLaw::Of::refuse}, {"reset", DropLaw::Of::reset}};

// "syn", "refuse", "reset", or the status that is answered at once.
void read_full(const TomlNode& node, ServerCapacity& capacity, Reading& reading) {
  if (node.kind == TomlNode::Kind::integer) return whole(400, 599)(node, capacity.full_status, reading);
  one_of(kFull)(node, capacity.full, reading);
}

void read_capacity(const TomlNode& node, ServerCapacity& capacity, Reading& reading) {
  TableReader table(node, reading);
  table.need("workers", capacity.workers, whole(1, kCapacityMax), "workers = 8");
  table.key("queue", capacity.queue, whole(0, kCapacityMax));
  table.key("handshake", capacity.handshake, duration(Duration{}, std::chrono::minutes(1)));
  table.key("full", capacity, read_full);
}

void read_syn_again(const TomlNode& node, std::vector<Duration>& times, Reading& reading) {
  list_of(duration(std::chrono::milliseconds(1), std::chrono::hours(1)), kSynsMax)(node, times, reading);
  if (!std::is_sorted(times.begin(), times.end()))
    reading.wrong(node, "the times count from the first SYN, so each is later than the one before");
}

}  // namespace

void read_behaviour(TableReader& table, const TomlNode& node, ServerBehaviour& server, Reading& reading) {
  table.key("delay", server.delay, read_delay);
  table.key("status", server.status, read_status_shares);
  table.key("close", server.close, read_share);
  table.key("half", server.half, read_share);
  table.key("reset", server.reset, read_share);
  table.key("by", server.by, one_of(kBy));
  table.key("drop", server.drops, read_drops);
  table.key("limit", server.limit, read_source_limit);
  if (server.close + server.half + server.reset > 1)
    reading.missing(node, "close, half and reset are shares of the same requests; together they exceed 1");
}

void read_certificate(const TomlNode& node, ReceiverCertificate& certificate, Reading& reading) {
  one_of(kCertificates)(node, certificate, reading);
}

PathModel default_model(const std::optional<ReceiverSettings>& receiver) {
  PathModel model;
  if (receiver) model.server = *receiver;
  if (receiver) model.certificate = receiver->certificate;
  if (!receiver) model.server.delay.low = std::chrono::milliseconds(1);
  return model;
}

void read_model(const TomlNode& node, PathModel& model, Reading& reading) {
  TableReader table(node, reading);
  table.key("connect", model.connect, read_delay);
  table.key("tls", model.tls, read_delay);
  table.key("certificate", model.certificate, read_certificate);
  table.key("syn_again", model.syn_again, read_syn_again);
  table.key("capacity", model.capacity, read_capacity);
  read_behaviour(table, node, model.server, reading);
}

}  // namespace hookdrill
