#include "recovery.h"

#include <algorithm>
#include <cmath>

namespace hookdrill {
namespace {

constexpr double kAttemptsOfBlock = 50;
constexpr std::size_t kBlocksMin = 2;  // one alone may be the end of a burst, whose timeouts come when little else does
constexpr std::size_t kSickTimesMax = 100;
constexpr double kBackToNormal = 0.1;  // of the planned load above what it was before

/// Some rows taken together.
struct Block {
  std::uint32_t second = 0;
  double planned = 0, sent = 0, delivered = 0, failed = 0;

  bool sick() const { return failed > delivered && failed >= 10; }
};

std::vector<Block> blocks_of(const std::vector<SeriesRow>& series) {
  double sent = 0;
  for (const SeriesRow& row : series) sent += static_cast<double>(row.sent);
  const auto rows = static_cast<std::size_t>(std::ceil(
      kAttemptsOfBlock / std::max(1e-3, sent / static_cast<double>(std::max<std::size_t>(1, series.size())))));
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (i % rows == 0) blocks.emplace_back().second = series[i].second;
    Block& block = blocks.back();
    block.planned += static_cast<double>(series[i].planned);
    block.sent += static_cast<double>(series[i].sent);
    block.delivered += static_cast<double>(series[i].delivered);
    block.failed += static_cast<double>(series[i].failed);
  }
  return blocks;
}

// Attempts for each delivery planned, from block `begin` to before `end`.
double load(const std::vector<Block>& blocks, std::size_t begin, std::size_t end) {
  double planned = 0, sent = 0;
  for (std::size_t i = begin; i < end; ++i) {
    planned += blocks[i].planned;
    sent += blocks[i].sent;
  }
  return planned > 0 ? sent / planned : 1;
}

}  // namespace

std::vector<SickTime> sick_times(const std::vector<SeriesRow>& series) {
  const std::vector<Block> blocks = blocks_of(series);
  const auto second_at = [&](std::size_t i) { return i < blocks.size() ? blocks[i].second : series.back().second + 1; };
  double usual = 0;  // planned in a block
  std::size_t planned_blocks = 0;
  for (const Block& block : blocks) {
    usual += block.planned;
    planned_blocks += block.planned > 0;
  }
  usual /= static_cast<double>(std::max<std::size_t>(1, planned_blocks));

  std::vector<SickTime> times;
  std::size_t healthy_since = 0;
  for (std::size_t i = 0; i < blocks.size() && times.size() < kSickTimesMax; ++i) {
    if (!blocks[i].sick() || blocks[i].planned == 0) continue;  // stragglers behind the plan's end say nothing
    std::size_t end = i;
    // One good moment within does not end it.
    while (end < blocks.size() && (blocks[end].sick() || (end + 1 < blocks.size() && blocks[end + 1].sick()))) ++end;
    if (end - i < kBlocksMin) continue;
    std::size_t next = end;  // sick again
    while (next < blocks.size() && !blocks[next].sick()) ++next;
    const double before = i > healthy_since ? load(blocks, healthy_since, i) : 1;
    std::size_t drained = end;
    double load_max = 0;
    for (std::size_t j = i; j < next; ++j) {
      load_max = std::max(load_max, blocks[j].sent / usual);
      const double normal = (blocks[j].planned > 0 ? before : 0) + kBackToNormal;
      if (j >= end && blocks[j].sent > usual * normal) drained = j + 1;
    }
    SickTime time;
    time.from_s = second_at(i);
    time.until_s = second_at(end);
    time.load = load(blocks, i, end);
    time.load_max = load_max;
    const auto due = [&](std::size_t from) {
      return std::any_of(blocks.begin() + static_cast<std::ptrdiff_t>(from), blocks.end(),
                         [](const Block& b) { return b.planned > 0; });
    };
    time.over = due(end);  // a load that ends because nothing more is due is no recovery
    time.drained = time.over && drained < next && due(drained);
    time.drained_s = second_at(drained) - time.until_s;
    times.push_back(time);
    healthy_since = end;
    i = end;
  }
  return times;
}

}  // namespace hookdrill
