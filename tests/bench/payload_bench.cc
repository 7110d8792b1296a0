// What building and signing costs, in microseconds per delivery. Not a test: a machine's speed decides nothing here.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "plan/request.h"

namespace hookdrill {
namespace {

using Clock = std::chrono::steady_clock;

struct Case {
  const char* name;
  std::map<std::string, double> mix;
  int batch;
  std::uint64_t deliveries;
};

Payloads make_payloads(const Case& of) {
  DeliverySettings settings;
  settings.mix = of.mix;
  settings.batch = of.batch;
  return std::move(Payloads::make(settings, 1).value());
}

// Best of several rounds: what the code costs, not what else the machine did. `work` gets the delivery's number.
template <class Work>
double best_microseconds(std::uint64_t deliveries, Work work) {
  double best = 1e9;
  std::uint64_t number = 0;
  for (int round = 0; round < 7; ++round) {
    const Clock::time_point begin = Clock::now();
    for (std::uint64_t i = 0; i < deliveries; ++i) work(number++);
    const std::chrono::duration<double, std::micro> took = Clock::now() - begin;
    best = std::min(best, took.count() / static_cast<double>(deliveries));
  }
  return best;
}

void measure(const Case& of) {
  const Payloads payloads = make_payloads(of);
  Endpoint endpoint;
  endpoint.host = "hooks.example.com";
  endpoint.app_secret = Secret("0123456789abcdef0123456789abcdef");
  RequestWriter writer(endpoint, "messaging", payloads);
  Signer signer(endpoint.app_secret);
  std::string body, request;
  std::size_t bytes = 0;
  const double build = best_microseconds(of.deliveries, [&](std::uint64_t number) {
    payloads.body(number, body);
    bytes += body.size();
  });
  const double sign = best_microseconds(of.deliveries, [&](std::uint64_t) { bytes += signer.sign(body).sha1[0] & 1; });
  const double all = best_microseconds(of.deliveries, [&](std::uint64_t number) { writer.post(number, request); });
  std::printf("%-22s %9zu bytes  build %8.2f  sign %8.2f  whole request %8.2f us\n", of.name, body.size(), build, sign,
              all);
  if (bytes == 0) std::abort();
}

}  // namespace
}  // namespace hookdrill

int main() {
  using hookdrill::Case;
  for (const Case& of :
       {Case{"text", {{"text", 1}}, 1, 50'000}, Case{"status_delivered", {{"status_delivered", 1}}, 1, 50'000},
        Case{"batch of 10", {{"text", 1}}, 10, 5'000}, Case{"batch of 1000", {{"text", 1}}, 1000, 50},
        Case{"batch of 1000 status", {{"status", 1}}, 1000, 50}})
    hookdrill::measure(of);
}
