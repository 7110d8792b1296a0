#include "plan/planned_answer.h"

#include "base/rng.h"
#include "plan/delay_law.h"

namespace hookdrill {
namespace {

// Which draw of a request decides what (DrawKey::index).
constexpr std::uint32_t kFateDraw = 0;
constexpr std::uint32_t kStatusDraw = 1;
constexpr std::uint32_t kDelayDraw = 2;

int draw_status(const std::map<int, double>& shares, double unit) {
  double total = 0;
  for (const auto& [status, share] : shares) total += share;
  double left = unit * total;
  int chosen = 200;
  for (const auto& [status, share] : shares) {
    if (share <= 0) continue;
    chosen = status;
    left -= share;
    if (left < 0) break;
  }
  return chosen;
}

PlannedAnswer::Kind draw_kind(const ServerBehaviour& server, double fate) {
  if (fate < server.close) return PlannedAnswer::Kind::close;
  if (fate < server.close + server.half) return PlannedAnswer::Kind::half;
  if (fate < server.close + server.half + server.reset) return PlannedAnswer::Kind::reset;
  return PlannedAnswer::Kind::whole;
}

}  // namespace

// What can only come out in one way is not drawn: a simulated week asks 50 million times.
PlannedAnswer plan_answer(const ServerBehaviour& server, std::uint64_t seed, std::uint64_t number) {
  const auto key = [&](std::uint32_t index) { return DrawKey{seed, number, 0, Purpose::receiver, index}; };
  PlannedAnswer answer;
  if (server.close + server.half + server.reset > 0) answer.kind = draw_kind(server, draw_unit(key(kFateDraw)));
  answer.status = server.status.size() == 1 ? server.status.begin()->first
                                            : draw_status(server.status, draw_unit(key(kStatusDraw)));
  answer.delay = draw_delay(server.delay, key(kDelayDraw));
  return answer;
}

std::uint64_t delivery_key(std::string_view body) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : body) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace hookdrill
