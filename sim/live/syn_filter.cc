#include "live/syn_filter.h"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "plan/connection_hash.h"

namespace hookdrill {
namespace {

using boost::asio::ip::tcp;

// The filter of a TCP socket sees the packet from its TCP header on; the IP header is at SKF_NET_OFF.
constexpr std::uint32_t kSourcePort = 0;
constexpr std::uint32_t kTcpFlags = 13;
constexpr std::uint32_t kSyn = 0x02;
constexpr std::uint32_t kSynAndAck = 0x12;
constexpr auto kNetwork = static_cast<std::uint32_t>(SKF_NET_OFF);
constexpr auto kAncillary = static_cast<std::uint32_t>(SKF_AD_OFF);
constexpr std::uint32_t kIpv4Source = 12;
constexpr std::uint32_t kIpv6Source = 8;
constexpr std::uint32_t kDrop = 0;
constexpr std::uint32_t kPass = 0xffffffff;

// Writes a program; jumps over a known number of instructions only.
class Program {
 public:
  std::size_t size() const { return code_.size(); }
  std::vector<sock_filter> take() { return std::move(code_); }

  void statement(int code, std::uint32_t k) { code_.push_back({static_cast<std::uint16_t>(code), 0, 0, k}); }
  void jump(int code, std::uint32_t k, std::size_t if_true, std::size_t if_false) {
    code_.push_back({static_cast<std::uint16_t>(BPF_JMP | BPF_K | code), static_cast<std::uint8_t>(if_true),
                     static_cast<std::uint8_t>(if_false), k});
  }
  void append(const Program& other) { code_.insert(code_.end(), other.code_.begin(), other.code_.end()); }

  // A = mix(A ^ loaded value); `load` and `offset` say where that is.
  void hash_in(int load, std::uint32_t offset) {
    statement(BPF_ST, 0);
    statement(BPF_LD | load | BPF_ABS, offset);
    statement(BPF_LDX | BPF_MEM, 0);
    statement(BPF_ALU | BPF_XOR | BPF_X, 0);
    for (int round = 0; round < 3; ++round) {
      statement(BPF_MISC | BPF_TAX, 0);
      statement(BPF_ALU | BPF_RSH | BPF_K, kHashShifts[round]);
      statement(BPF_ALU | BPF_XOR | BPF_X, 0);
      if (round < 2) statement(BPF_ALU | BPF_MUL | BPF_K, kHashFactors[round]);
    }
  }

  // Ends the program when A is below the threshold; else goes on.
  void drop_below(std::uint64_t threshold) {
    jump(BPF_JGE, static_cast<std::uint32_t>(threshold), 1, 0);
    statement(BPF_RET | BPF_K, kDrop);
  }

 private:
  std::vector<sock_filter> code_;
};

// Decides by the source address, of `words` 32-bit words at `offset` of the IP header, and the port when by flow.
Program decide_by_address(const ConnectionDraw& draw, std::uint32_t offset, int words) {
  Program program;
  program.statement(BPF_LD | BPF_IMM, draw.salt);
  for (int word = 0; word < words; ++word)
    program.hash_in(BPF_W, kNetwork + offset + 4 * static_cast<std::uint32_t>(word));
  if (draw.by == DropBy::flow) program.hash_in(BPF_H, kSourcePort);
  program.drop_below(hash_threshold(draw.share));
  return program;
}

Program decide(const ConnectionDraw& draw) {
  Program program;
  const std::uint64_t threshold = hash_threshold(draw.share);
  if (threshold > kPass) {
    program.statement(BPF_RET | BPF_K, kDrop);
  } else if (draw.by == DropBy::packet) {
    program.statement(BPF_LD | BPF_W | BPF_ABS, kAncillary + SKF_AD_RANDOM);
    program.drop_below(threshold);
  } else {
    const Program v4 = decide_by_address(draw, kIpv4Source, 1);
    const Program v6 = decide_by_address(draw, kIpv6Source, 4);
    program.statement(BPF_LD | BPF_W | BPF_ABS, kAncillary + SKF_AD_PROTOCOL);
    program.jump(BPF_JEQ, ETH_P_IPV6, 0, v6.size() + 1);
    program.append(v6);
    program.statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(v4.size()));
    program.append(v4);
  }
  return program;
}

}  // namespace

bool ConnectionDraw::takes(const tcp::endpoint& source) const {
  if (by == DropBy::packet) return false;
  boost::asio::ip::address address = source.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  std::uint32_t hash =
      address.is_v4() ? source_hash(salt, address.to_v4().to_bytes()) : source_hash(salt, address.to_v6().to_bytes());
  if (by == DropBy::flow) hash = mix_hash(hash ^ source.port());
  return hash < hash_threshold(share);
}

std::vector<sock_filter> syn_filter(std::span<const ConnectionDraw> draws) {
  Program program;
  program.statement(BPF_LD | BPF_B | BPF_ABS, kTcpFlags);
  program.statement(BPF_ALU | BPF_AND | BPF_K, kSynAndAck);
  program.jump(BPF_JEQ, kSyn, 1, 0);
  program.statement(BPF_RET | BPF_K, kPass);
  for (const ConnectionDraw& draw : draws) program.append(decide(draw));
  program.statement(BPF_RET | BPF_K, kPass);
  return program.take();
}

Result<void> attach_syn_filter(int listener, std::span<const ConnectionDraw> draws) {
  if (draws.empty()) {
    const int ignored = 0;
    setsockopt(listener, SOL_SOCKET, SO_DETACH_FILTER, &ignored, sizeof ignored);  // fails when there is none
    return {};
  }
  std::vector<sock_filter> code = syn_filter(draws);
  const sock_fprog program = {static_cast<unsigned short>(code.size()), code.data()};
  bool attached = setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
  int error = errno;
  if (attached) {  // some sandboxes accept the option and do nothing: ask for the program's length
    socklen_t length = 0;
    attached = getsockopt(listener, SOL_SOCKET, SO_GET_FILTER, nullptr, &length) == 0 && length == code.size();
    error = ENOPROTOOPT;
  }
  if (attached) return {};
  return Diagnostic{
      "", 0, 0,
      fmt::format("the kernel refuses the filter that drops SYNs (SO_ATTACH_FILTER, {} instructions: {}). "
                  "It needs no capability on Linux, but a sandbox or a seccomp profile may forbid it; drops "
                  "of = \"reset\", \"silence\" or \"hello\" work without",
                  code.size(), std::strerror(error))};
}

std::uint64_t dropped_syns(int listener) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t size = sizeof info;
  if (getsockopt(listener, SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0) return 0;
  return info[SK_MEMINFO_DROPS];
}

}  // namespace hookdrill
