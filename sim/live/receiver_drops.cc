#include "live/receiver_drops.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "plan/connection_hash.h"

namespace hookdrill {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

}  // namespace

ReceiverDrops::ReceiverDrops(const ReceiverSettings& settings, std::uint64_t seed) : limit_(settings.limit) {
  for (std::uint32_t i = 0; i < settings.drops.size(); ++i) {
    const DropLaw& law = settings.drops[i];
    laws_.push_back({law, {law.by, law.share, drop_salt(seed, i)}, DropTimeline(law, seed, i)});
  }
}

Result<void> ReceiverDrops::check(int listener) const {
  std::vector<ConnectionDraw> draws;
  for (const Law& law : laws_)
    if (law.settings.of == DropLaw::Of::syn) draws.push_back(law.draw);
  const Result<void> attached = attach_syn_filter(listener, draws);
  if (!attached) return attached;
  return attach_syn_filter(listener, {});
}

bool ReceiverDrops::refuses() const {
  return std::any_of(laws_.begin(), laws_.end(), [](const Law& law) { return law.settings.of == DropLaw::Of::refuse; });
}

asio::awaitable<void> ReceiverDrops::run(tcp::acceptor& acceptor) {
  begun_ = true;
  const Clock::time_point beginning = Clock::now();
  asio::steady_timer timer(acceptor.get_executor());
  for (;;) {
    const Duration now = Clock::now() - beginning;
    Duration next = Duration::max();
    for (Law& law : laws_) {
      law.active = law.timeline.active_at(now);
      next = std::min(next, law.timeline.next_change());
    }
    if (!apply(acceptor)) next = std::min(next, now + std::chrono::milliseconds(5));
    if (next == Duration::max()) co_return;
    timer.expires_at(beginning + next);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

// What only the listening socket itself can do: drop SYNs, and not listen at all. False when it has to be tried again.
bool ReceiverDrops::apply(tcp::acceptor& acceptor) {
  std::vector<ConnectionDraw> draws;
  bool refuse = false;
  for (const Law& law : laws_) {
    if (law.active && law.settings.of == DropLaw::Of::syn) draws.push_back(law.draw);
    refuse = refuse || (law.active && law.settings.of == DropLaw::Of::refuse);
  }
  const int listener = acceptor.native_handle();
  HOOKDRILL_CHECK(attach_syn_filter(listener, draws).has_value());  // the kernel took the whole of it in check()
  if (refuse == refusing_) return true;
  // Shut down, the socket keeps its port while the kernel answers SYNs by RST, and may listen again (Linux); not,
  // though, while somebody else listens on that port.
  const bool done = refuse ? ::shutdown(listener, SHUT_RDWR) == 0 : ::listen(listener, SOMAXCONN) == 0;
  if (done) refusing_ = refuse;
  return done;
}

std::optional<DropLaw::Of> ReceiverDrops::fate(const tcp::endpoint& source) {
  if (!begun_) return std::nullopt;
  for (const Law& law : laws_) {
    const bool after_accept = law.settings.of != DropLaw::Of::syn && law.settings.of != DropLaw::Of::refuse;
    if (law.active && after_accept && law.draw.takes(source)) return law.settings.of;
  }
  if (limit_.per_second > 0 && over_limit(source.address(), Clock::now())) return limit_.of;
  return std::nullopt;
}

// A leaky bucket as one time for each source (generic cell rate algorithm): each connection moves it by 1/rate, and it
// may be at most burst/rate ahead of now.
bool ReceiverDrops::over_limit(const asio::ip::address& source, Clock::time_point now) {
  const Duration interval = from_seconds(1 / limit_.per_second);
  if (full_at_.size() >= kMaxSources) {
    std::erase_if(full_at_, [&](const auto& entry) { return entry.second <= now; });
    if (full_at_.size() >= kMaxSources) full_at_.clear();
  }
  Clock::time_point& full_at = full_at_[source.to_string()];
  const Clock::time_point after = std::max(full_at, now) + interval;
  if (after > now + interval * limit_.burst) return true;
  full_at = after;
  return false;
}

}  // namespace hookdrill
