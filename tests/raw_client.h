// A plain-HTTP client for tests of servers: writes any bytes, reads until the server closes or an answer is whole.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace hookdrill {

/// One connection to 127.0.0.1. Every read is bounded to 10 s, so that a silent server fails a test instead of hanging
/// it.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port, const std::string& source = "")
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (!source.empty() && inet_pton(AF_INET, source.c_str(), &address.sin_addr) == 1)
      bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  /// errno of the failed read that ended the connection: ECONNRESET for RST; 0 when the server closed in order.
  int error() const { return error_; }
  /// The server has ended the connection.
  bool ended() const { return ended_; }

  /// False when the server no longer takes bytes.
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// The next whole answer (by its Content-Length; without one, its head), or what came until the end.
  std::string answer() {
    for (;;) {
      if (const std::size_t size = whole_answer(); size > 0) {
        std::string first = received_.substr(0, size);
        received_.erase(0, size);
        return first;
      }
      if (!read_more()) return std::exchange(received_, "");
    }
  }

  /// Everything until the server ends the connection.
  std::string rest() {
    while (read_more()) continue;
    return std::exchange(received_, "");
  }

 private:
  std::size_t whole_answer() const {
    const std::size_t head = received_.find("\r\n\r\n");
    if (head == std::string::npos) return 0;
    const std::size_t length = received_.find("Content-Length: ");
    const std::size_t body = length < head ? std::strtoul(received_.c_str() + length + 16, nullptr, 10) : 0;
    return received_.size() >= head + 4 + body ? head + 4 + body : 0;
  }

  bool read_more() {
    if (ended_) return false;
    pollfd wait{fd_, POLLIN, 0};
    if (poll(&wait, 1, 10'000) != 1) return false;
    std::array<char, 4096> bytes;
    const ssize_t size = recv(fd_, bytes.data(), bytes.size(), 0);
    error_ = size < 0 ? errno : 0;
    ended_ = size <= 0;
    if (!ended_) received_.append(bytes.data(), static_cast<std::size_t>(size));
    return !ended_;
  }

  int fd_;
  bool connected_ = false;
  bool ended_ = false;
  int error_ = 0;
  std::string received_;
};

}  // namespace hookdrill
