// Host names to addresses for one worker: one lookup at a time, shared by all attempts that need it, kept for a while.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "engine/outcome.h"

namespace hookdrill {

class Resolver {
 public:
  /// How long an answer is used. The system resolver hides the record's own TTL.
  static constexpr std::chrono::seconds kKeep{30};

  Resolver(boost::asio::io_context& io, std::string host, std::uint16_t port);

  struct Answer {
    OutcomeKind kind = OutcomeKind::ok;  // or dns_not_found, dns_timeout
    std::string text;
    bool asked = false;  // a lookup was waited for, not a kept answer used
    std::vector<boost::asio::ip::tcp::endpoint> addresses;
  };

  /// An address literal is answered without a lookup. The lookup itself cannot be cancelled (getaddrinfo); attempts
  /// that run out of time leave it behind.
  boost::asio::awaitable<Answer> resolve();

 private:
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer done_;  // cancelled when the lookup under way has ended
  std::string host_;
  std::uint16_t port_;
  Answer answer_;
  bool under_way_ = false;
  bool known_ = false;
  bool literal_ = false;
  std::chrono::steady_clock::time_point fresh_until_{};
};

}  // namespace hookdrill
