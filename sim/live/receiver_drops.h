// Which connections the receiver loses before it reads a request: the laws of ReceiverSettings::drops and its limit per
// source. Lives on the accepting thread alone.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "live/syn_filter.h"
#include "plan/drop_timeline.h"
#include "plan/scenario.h"

namespace hookdrill {

class ReceiverDrops {
 public:
  /// Sources that are counted at once; when more come, those that have been quiet are forgotten.
  static constexpr std::size_t kMaxSources = 65'536;

  ReceiverDrops(const ReceiverSettings& settings, std::uint64_t seed);

  /// Tries every law on the listening socket once, so that a refusal of the kernel is told at the start.
  Result<void> check(int listener) const;

  /// Lets the laws begin: their time counts from now. Runs until the last of them has changed for the last time.
  boost::asio::awaitable<void> run(boost::asio::ip::tcp::acceptor& acceptor);

  /// What becomes of an accepted connection: lost in one of the ways that follow an accept, or served.
  std::optional<DropLaw::Of> fate(const boost::asio::ip::tcp::endpoint& source);

  /// True when some law closes the listening socket for a while: its port must then be bound by number.
  bool refuses() const;

 private:
  struct Law {
    DropLaw settings;
    ConnectionDraw draw;
    DropTimeline timeline;
    bool active = false;
  };
  // A bucket that fills with `per_second` up to `burst`; in time units: when it would be full again.
  using Clock = std::chrono::steady_clock;

  bool apply(boost::asio::ip::tcp::acceptor& acceptor);
  bool over_limit(const boost::asio::ip::address& source, Clock::time_point now);

  std::vector<Law> laws_;
  SourceLimit limit_;
  std::unordered_map<std::string, Clock::time_point> full_at_;
  bool begun_ = false;
  bool refusing_ = false;
};

}  // namespace hookdrill
