// Lost connections on real loopback sockets: the kernel's decisions against ours, connection by connection.
#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <thread>

#include "catch.h"
#include "live/receiver.h"
#include "live/syn_filter.h"
#include "raw_client.h"

using namespace hookdrill;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

constexpr std::uint32_t kSalt = 0x5eed;

tcp::endpoint any_port(const std::string& address) {
  return {boost::asio::ip::make_address(address), 0};
}

// A connection that is being tried, from an address of our choice, without waiting for it.
class Knock {
 public:
  Knock(const tcp::endpoint& target, const std::string& source)
      : fd_(socket(target.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const tcp::endpoint from = any_port(source);
    bound_ = bind(fd_, from.data(), static_cast<socklen_t>(from.size())) == 0;
    ::connect(fd_, target.data(), static_cast<socklen_t>(target.size()));
  }
  ~Knock() { close(fd_); }
  Knock(const Knock&) = delete;
  Knock& operator=(const Knock&) = delete;

  bool bound() const { return bound_; }
  bool established() const { return state() == TCP_ESTABLISHED; }
  bool unanswered() const { return state() == TCP_SYN_SENT; }

  tcp::endpoint source() const {
    tcp::endpoint endpoint;
    socklen_t size = static_cast<socklen_t>(endpoint.capacity());
    getsockname(fd_, endpoint.data(), &size);
    endpoint.resize(size);
    return endpoint;
  }

 private:
  int state() const {
    tcp_info info{};
    socklen_t size = sizeof info;
    return getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_state : -1;
  }

  int fd_;
  bool bound_ = false;
};

template <class Condition>
bool soon(Condition condition) {
  for (const auto end = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

// A listening socket with a filter; nobody accepts, so a full queue must not be reached: one for each batch.
class Listener {
 public:
  Listener(const std::string& address, std::span<const ConnectionDraw> draws) {
    acceptor_.open(any_port(address).protocol());
    acceptor_.bind(any_port(address));
    acceptor_.listen(512);
    const Result<void> attached = attach_syn_filter(acceptor_.native_handle(), draws);
    if (!attached) FAIL(attached.error().text());
  }
  tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
  int handle() { return acceptor_.native_handle(); }

 private:
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_};
};

struct Fates {
  std::uint64_t tried = 0;
  std::uint64_t lost = 0;
  std::uint64_t surprises = 0;  // connections whose fate was another than ConnectionDraw says
};

// `batch` connections at a time, from sources that `source_of(n)` names; each is compared with what is foretold.
template <class SourceOf>
Fates knock(const std::string& address, const ConnectionDraw& draw, int connections, SourceOf source_of) {
  constexpr int kBatch = 200;
  Fates fates;
  for (int first = 0; first < connections; first += kBatch) {
    Listener listener(address, {&draw, 1});
    std::list<Knock> knocks;
    for (int n = first; n < std::min(first + kBatch, connections); ++n)
      knocks.emplace_back(listener.endpoint(), source_of(n));
    for (const Knock& each : knocks) {
      REQUIRE(each.bound());
      const bool lost = draw.takes(each.source());
      ++fates.tried;
      fates.lost += lost;
      if (lost ? !each.unanswered() : !soon([&] { return each.established(); })) ++fates.surprises;
    }
    for (const Knock& each : knocks)  // and none of the lost got through while we waited for the others
      if (draw.takes(each.source()) && !each.unanswered()) ++fates.surprises;
    CHECK(dropped_syns(listener.handle()) >=
          static_cast<std::uint64_t>(
              std::count_if(knocks.begin(), knocks.end(), [](const Knock& k) { return k.unanswered(); })));
  }
  return fates;
}

std::string source_address(int n) {
  return "127.0.1." + std::to_string(1 + n % 200);
}

ReceiverSettings settings_with(DropLaw law) {
  ReceiverSettings settings;
  settings.tls = false;
  settings.drops = {law};
  return settings;
}

std::unique_ptr<Receiver> start(const ReceiverSettings& settings) {
  Result<std::unique_ptr<Receiver>> started = Receiver::start(settings, Secret("s"), Secret("t"), "localhost", 1);
  if (!started) FAIL(started.error().text());
  return std::move(*started);
}

DropLaw all(DropLaw::Of of) {
  DropLaw law;
  law.of = of;
  law.share = 1;
  return law;
}

const std::string kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

tcp::endpoint endpoint_of(const Receiver& receiver) {
  return {boost::asio::ip::address_v4::loopback(), receiver.port()};
}

}  // namespace

TEST_CASE("syn filter: by flow, the kernel drops exactly the connections that we foretell, at the planted share") {
  const Fates fates = knock("127.0.0.1", {DropBy::flow, 0.18, kSalt}, 2000, source_address);
  CHECK(fates.tried == 2000);
  CHECK(fates.surprises == 0);
  CHECK(static_cast<double>(fates.lost) / 2000 == Approx(0.18).margin(0.038));  // one honest run in 100,000 is outside
}

TEST_CASE("syn filter: by source, every connection of a sender shares its fate") {
  const ConnectionDraw draw{DropBy::source, 0.3, kSalt};
  const Fates fates = knock("127.0.0.1", draw, 1000, source_address);
  CHECK(fates.surprises == 0);
  int senders_lost = 0;
  for (int n = 0; n < 200; ++n)
    senders_lost += draw.takes({boost::asio::ip::make_address(source_address(n)), static_cast<std::uint16_t>(n)});
  CHECK(fates.lost == static_cast<std::uint64_t>(senders_lost) * 5);
  CHECK(senders_lost > 20);
  CHECK(senders_lost < 100);
}

TEST_CASE("syn filter: IPv6 connections are drawn by their whole address") {
  const Fates fates = knock("::1", {DropBy::flow, 0.5, kSalt}, 400, [](int) { return "::1"; });
  CHECK(fates.surprises == 0);
  CHECK(fates.lost > 100);
  CHECK(fates.lost < 300);
}

TEST_CASE("syn filter: a socket for both protocols draws IPv4 as IPv4") {
  const ConnectionDraw draw{DropBy::flow, 0.5, kSalt};
  Listener listener("::", {&draw, 1});
  const tcp::endpoint target(boost::asio::ip::address_v4::loopback(), listener.endpoint().port());
  for (int n = 0; n < 100; ++n) {
    const Knock each(target, "127.0.0.1");
    CHECK((draw.takes(each.source()) ? each.unanswered() : soon([&] { return each.established(); })));
  }
}

TEST_CASE("syn filter: by packet, each SYN has its own chance") {
  const ConnectionDraw draw{DropBy::packet, 0.5, kSalt};
  Listener listener("127.0.0.1", {&draw, 1});
  std::list<Knock> knocks;
  for (int n = 0; n < 300; ++n) knocks.emplace_back(listener.endpoint(), "127.0.0.1");
  const auto lost = std::count_if(knocks.begin(), knocks.end(), [](const Knock& each) { return each.unanswered(); });
  CHECK(lost > 100);
  CHECK(lost < 200);
}

TEST_CASE("syn filter: a share of 0 drops none, of 1 all, and without draws the filter is gone") {
  Listener listener("127.0.0.1", {});
  const auto answered = [&] {
    const Knock each(listener.endpoint(), "127.0.0.1");
    return !each.unanswered();
  };
  for (const DropBy by : {DropBy::flow, DropBy::source, DropBy::packet}) {
    const ConnectionDraw none{by, 0, kSalt};
    REQUIRE(attach_syn_filter(listener.handle(), {&none, 1}).has_value());
    CHECK(answered());
    const ConnectionDraw every{by, 1, kSalt};
    REQUIRE(attach_syn_filter(listener.handle(), {&every, 1}).has_value());
    CHECK_FALSE(answered());
  }
  REQUIRE(attach_syn_filter(listener.handle(), {}).has_value());
  CHECK(answered());
}

TEST_CASE("syn filter: laws on one socket act independently") {
  const std::array<ConnectionDraw, 3> draws = {ConnectionDraw{DropBy::source, 0.2, 1},
                                               ConnectionDraw{DropBy::flow, 0.2, 2},
                                               ConnectionDraw{DropBy::flow, 0.2, 3}};
  Listener listener("127.0.0.1", draws);
  for (int n = 0; n < 300; ++n) {
    const Knock each(listener.endpoint(), source_address(n));
    const bool lost =
        std::any_of(draws.begin(), draws.end(), [&](const auto& draw) { return draw.takes(each.source()); });
    CHECK((lost ? each.unanswered() : soon([&] { return each.established(); })));
  }
}

TEST_CASE("syn filter: what the kernel refuses is told with its reason and a way out") {
  Listener listener("127.0.0.1", {});
  const int locked = 1;
  REQUIRE(setsockopt(listener.handle(), SOL_SOCKET, SO_LOCK_FILTER, &locked, sizeof locked) == 0);
  const ConnectionDraw draw{DropBy::flow, 0.5, kSalt};
  const Result<void> attached = attach_syn_filter(listener.handle(), {&draw, 1});
  REQUIRE(attached.has_error());
  CHECK(attached.error().text().find("SO_ATTACH_FILTER") != std::string::npos);
  CHECK(attached.error().text().find("Operation not permitted") != std::string::npos);
  CHECK(attached.error().text().find("\"reset\"") != std::string::npos);
}

TEST_CASE("connection draw: shares hold over ports and addresses, and another salt chooses others") {
  const ConnectionDraw draw{DropBy::flow, 0.18, 1};
  const ConnectionDraw other{DropBy::flow, 0.18, 2};
  int taken = 0;
  int both = 0;
  constexpr int kEndpoints = 60'000;
  for (int n = 0; n < kEndpoints; ++n) {
    const tcp::endpoint source(boost::asio::ip::address_v4(0x0a000000U + static_cast<std::uint32_t>(n / 300)),
                               static_cast<std::uint16_t>(1024 + n % 300));
    taken += draw.takes(source);
    both += draw.takes(source) && other.takes(source);
  }
  CHECK(taken / double(kEndpoints) == Approx(0.18).margin(0.008));         // 5 standard errors
  CHECK(both / double(kEndpoints) == Approx(0.18 * 0.18).margin(0.0037));  // independent
}

TEST_CASE("receiver drop: SYNs vanish once the drops begin, and open connections live on") {
  const auto receiver = start(settings_with(all(DropLaw::Of::syn)));
  RawClient before(receiver->port());
  before.write(kGet);
  CHECK_FALSE(before.answer().empty());
  receiver->begin_drops();
  CHECK(soon([&] { return Knock(endpoint_of(*receiver), "127.0.0.1").unanswered(); }));
  before.write(kGet);
  CHECK_FALSE(before.answer().empty());
  receiver->stop();
  CHECK(receiver->counts().dropped_syns >= 1);
}

TEST_CASE("receiver drop: nothing is lost before the drops begin") {
  const auto receiver = start(settings_with(all(DropLaw::Of::reset)));
  for (int n = 0; n < 20; ++n) {
    RawClient client(receiver->port());
    client.write(kGet);
    CHECK_FALSE(client.answer().empty());
  }
}

TEST_CASE("receiver drop: reset ends a connection before it can ask") {
  const auto receiver = start(settings_with(all(DropLaw::Of::reset)));
  receiver->begin_drops();
  REQUIRE(soon([&] {
    RawClient client(receiver->port());
    return client.rest().empty() && client.error() == ECONNRESET;
  }));
  CHECK(receiver->counts().dropped_reset >= 1);
}

TEST_CASE("receiver drop: silence takes a request and never answers") {
  const auto receiver = start(settings_with(all(DropLaw::Of::silence)));
  receiver->begin_drops();
  RawClient client(receiver->port());
  client.write(kGet);
  REQUIRE(soon([&] { return receiver->counts().dropped_silence == 1; }));
  CHECK_FALSE(client.ended());
  CHECK(receiver->counts().requests == 0);
  receiver->stop();
  CHECK(client.rest().empty());
}

TEST_CASE("receiver drop: hello closes when the first bytes have come, and not before") {
  const auto receiver = start(settings_with(all(DropLaw::Of::hello)));
  receiver->begin_drops();
  RawClient client(receiver->port());
  REQUIRE(soon([&] { return receiver->counts().dropped_hello == 1; }));
  CHECK_FALSE(client.ended());
  client.write("\x16\x03\x01");
  CHECK(client.rest().empty());
  CHECK(client.ended());
  CHECK(client.error() == 0);
}

TEST_CASE("receiver drop: a share by source is foretold by the same hash as in the kernel") {
  DropLaw law;
  law.of = DropLaw::Of::reset;
  law.by = DropBy::source;
  law.share = 0.5;
  const auto receiver = start(settings_with(law));
  receiver->begin_drops();
  int lost = 0;
  for (int n = 0; n < 40; ++n) {
    std::array<bool, 2> answered{};
    for (bool& each : answered) {
      RawClient client(receiver->port(), source_address(n));
      client.write(kGet);
      each = !client.answer().empty();
    }
    CHECK(answered[0] == answered[1]);
    lost += !answered[0];
  }
  CHECK(lost > 5);
  CHECK(lost < 35);
}

TEST_CASE("receiver drop: an outage refuses connections and then takes them again on the same port") {
  DropLaw law = all(DropLaw::Of::refuse);
  law.length = 100ms;
  const auto receiver = start(settings_with(law));
  CHECK(RawClient(receiver->port()).connected());
  receiver->begin_drops();
  CHECK(soon([&] { return !RawClient(receiver->port()).connected(); }));
  CHECK(soon([&] {
    RawClient client(receiver->port());
    client.write(kGet);
    return client.connected() && !client.answer().empty();
  }));
}

TEST_CASE("receiver drop: beyond its limit a source loses connections, and only that source") {
  ReceiverSettings settings;
  settings.tls = false;
  settings.limit = {1e-3, 5, DropLaw::Of::reset};
  const auto receiver = start(settings);
  receiver->begin_drops();
  const auto served = [&](const std::string& source) {
    RawClient client(receiver->port(), source);
    client.write(kGet);
    return !client.answer().empty();
  };
  REQUIRE(served("127.0.0.9"));
  int first = 0;
  int second = 0;
  for (int n = 0; n < 20; ++n) {
    first += served("127.0.1.1");
    second += served("127.0.1.2");
  }
  CHECK(first == 5);
  CHECK(second == 5);
  CHECK(receiver->counts().dropped_reset == 30);
}
