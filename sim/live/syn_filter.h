// Drops SYNs in the kernel: a classic BPF program on a listening socket (SO_ATTACH_FILTER), so that connections are
// lost as a firewall loses them. Needs no privilege. Knows nothing of scenarios beyond DropBy.
#pragma once

#include <linux/filter.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "plan/scenario.h"

namespace hookdrill {

/// A share of connections, chosen by a hash of where they come from.
struct ConnectionDraw {
  DropBy by = DropBy::flow;
  double share = 0;
  std::uint32_t salt = 0;  // another salt chooses others

  /// By flow or source: what the kernel decides for connections from `source`, computed here. By packet: false.
  bool takes(const boost::asio::ip::tcp::endpoint& source) const;
};

/// The program that drops a SYN when any of the draws takes it, and passes everything else: established connections
/// inherit the filter of the socket that accepted them. IPv4 and IPv6.
std::vector<sock_filter> syn_filter(std::span<const ConnectionDraw> draws);

/// Replaces the filter of a socket; without draws, removes it. The diagnostic says what the kernel refused and what can
/// be done. SYNs that arrive meanwhile see the old filter or the new one.
Result<void> attach_syn_filter(int listener, std::span<const ConnectionDraw> draws);

/// SYNs that this listening socket's filter has dropped so far (SO_MEMINFO; connections that found its queue full count
/// too). 0 when the kernel does not tell.
std::uint64_t dropped_syns(int listener);

}  // namespace hookdrill
