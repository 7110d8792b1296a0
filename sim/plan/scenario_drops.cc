#include "plan/scenario_drops.h"

#include "plan/scenario_values.h"

namespace hookdrill {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Duration kTimeMax = hours(24 * 30);

constexpr std::pair<std::string_view, DropLaw::Of> kOf[] = {{"syn", DropLaw::Of::syn},
                                                            {"refuse", DropLaw::Of::refuse},
                                                            {"reset", DropLaw::Of::reset},
                                                            {"silence", DropLaw::Of::silence},
                                                            {"hello", DropLaw::Of::hello}};
// A limit knows the source only when the connection is there.
constexpr std::pair<std::string_view, DropLaw::Of> kOfLimit[] = {
    {"reset", DropLaw::Of::reset}, {"silence", DropLaw::Of::silence}, {"hello", DropLaw::Of::hello}};
constexpr std::pair<std::string_view, DropBy> kBy[] = {
    {"flow", DropBy::flow}, {"packet", DropBy::packet}, {"source", DropBy::source}};

void read_bursts(const TomlNode& node, DropLaw& law, Reading& reading) {
  TableReader table(node, reading);
  table.need("every", law.burst_every, duration(milliseconds(1), kTimeMax), "every = \"10s\"");
  table.need("last", law.burst_length, duration(milliseconds(1), kTimeMax), "last = \"500ms\"");
}

void read_drop(const TomlNode& node, DropLaw& law, Reading& reading) {
  TableReader table(node, reading);
  table.key("of", law.of, one_of(kOf));
  const bool refuse = law.of == DropLaw::Of::refuse;
  if (refuse) law.share = 1;
  if (!table.key("share", law.share, read_share) && !refuse && node.is_table())
    reading.missing(node, fmt::format("{} has no \"share\"; write share = 0.18", reading.title()));
  table.key("by", law.by, one_of(kBy));
  table.key("from", law.from, duration(Duration{}, kTimeMax));
  table.key("for", law.length, duration(milliseconds(1), kTimeMax));
  table.key("bursts", law, read_bursts);
  if (refuse && law.share < 1)
    reading.missing(node, "of = \"refuse\" closes the port, for every connection: leave share out, or make it 1");
  if (law.by == DropBy::packet && law.of != DropLaw::Of::syn)
    reading.missing(node, "by = \"packet\" is for of = \"syn\"; what follows an accept is drawn by flow or by source");
}

}  // namespace

void read_drops(const TomlNode& node, std::vector<DropLaw>& laws, Reading& reading) {
  laws.clear();
  if (node.is_list()) return list_of(read_drop, kDropsMax)(node, laws, reading);
  read_drop(node, laws.emplace_back(), reading);
}

void read_source_limit(const TomlNode& node, SourceLimit& limit, Reading& reading) {
  TableReader table(node, reading);
  table.need("rate", limit.per_second, read_rate, "rate = \"20/s\"");
  table.key("burst", limit.burst, whole(1, 1'000'000));
  table.key("of", limit.of, one_of(kOfLimit));
}

}  // namespace hookdrill
