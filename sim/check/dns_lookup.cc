#include "check/dns_lookup.h"

#include <netdb.h>

#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>

namespace hookdrill {
namespace {

namespace ip = boost::asio::ip;
using Clock = std::chrono::steady_clock;
using Kind = DnsAnswer::Kind;

// Shared with the threads, which may outlive the wait.
struct Board {
  std::mutex mutex;
  std::condition_variable changed;
  DnsAnswers answers;
  int missing = 2;
};

// getaddrinfo's codes tell these apart; SERVFAIL, REFUSED and silence are one code to it.
Kind kind_of(int error) {
  switch (error) {
    case 0:
      return Kind::found;
    case EAI_NONAME:
      return Kind::no_such_name;
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
#ifdef EAI_ADDRFAMILY
    case EAI_ADDRFAMILY:
#endif
      return Kind::no_address;
    default:
      return Kind::failed;
  }
}

void ask(const std::string& host, int family, DnsAnswer DnsAnswers::*place, const std::shared_ptr<Board>& board) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;  // no AI_ADDRCONFIG: a family that this machine lacks is still the endpoint's
  addrinfo* found = nullptr;
  const Clock::time_point began = Clock::now();
  DnsAnswer answer;
  answer.kind = kind_of(getaddrinfo(host.c_str(), nullptr, &hints, &found));
  answer.took = Clock::now() - began;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    boost::asio::ip::tcp::endpoint endpoint;
    std::memcpy(endpoint.data(), each->ai_addr, each->ai_addrlen);
    answer.addresses.push_back(endpoint.address());
  }
  if (found != nullptr) freeaddrinfo(found);
  const std::lock_guard lock(board->mutex);
  board->answers.*place = std::move(answer);
  --board->missing;
  board->changed.notify_one();
}

}  // namespace

DnsAnswers look_up(const std::string& host, Duration limit) {
  const auto board = std::make_shared<Board>();
  board->answers.a = {Kind::no_answer, limit, {}};
  board->answers.aaaa = {Kind::no_answer, limit, {}};
  std::thread(ask, host, AF_INET, &DnsAnswers::a, board).detach();
  std::thread(ask, host, AF_INET6, &DnsAnswers::aaaa, board).detach();
  std::unique_lock lock(board->mutex);
  board->changed.wait_for(lock, limit, [&] { return board->missing == 0; });
  return board->answers;
}

}  // namespace hookdrill
