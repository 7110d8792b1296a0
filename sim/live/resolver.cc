#include "live/resolver.h"

#include <fmt/core.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hookdrill {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

namespace {
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
}

Resolver::Resolver(asio::io_context& io, std::string host, std::uint16_t port)
    : resolver_(io), done_(io, std::chrono::steady_clock::time_point::max()), host_(std::move(host)), port_(port) {
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(host_, error);
  if (error) return;
  literal_ = true;
  answer_.addresses = {{address, port_}};
}

asio::awaitable<Resolver::Answer> Resolver::resolve() {
  if (literal_ || (known_ && std::chrono::steady_clock::now() < fresh_until_)) co_return answer_;
  if (under_way_) {
    co_await done_.async_wait(kAwait);
  } else {
    under_way_ = true;
    // Without AI_ADDRCONFIG: an address of a family that this machine lacks is still the endpoint's.
    const auto [error, found] =
        co_await resolver_.async_resolve(host_, std::to_string(port_), Tcp::resolver::numeric_service, kAwait);
    answer_ = {};
    if (error == asio::error::host_not_found || error == asio::error::no_data) {
      answer_.kind = OutcomeKind::dns_not_found;
      answer_.text = fmt::format("The name {} does not exist, or has no address.", host_);
    } else if (error) {
      answer_.kind = OutcomeKind::dns_timeout;
      answer_.text = fmt::format("The name servers gave no answer for {}.", host_);
    } else {
      for (const auto& entry : found) answer_.addresses.push_back(entry.endpoint());
    }
    under_way_ = false;
    known_ = true;
    fresh_until_ = std::chrono::steady_clock::now() + kKeep;
    done_.cancel();
  }
  Answer answer = answer_;
  answer.asked = true;
  co_return answer;
}

}  // namespace hookdrill
