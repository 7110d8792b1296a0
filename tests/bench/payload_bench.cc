// What building and signing costs, in microseconds per delivery. Not a test: a machine's speed decides nothing here.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "plan/request.h"

namespace hookdrill {
namespace {

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
  return Payloads::make(settings, 1).value();
}

double thread_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

// The best of many short rounds of this thread's time: what the code costs, not what else the machine did. `work` gets
// the delivery's number.
template <class Work>
double best_microseconds(std::uint64_t deliveries, Work work) {
  double best = 1e9;
  std::uint64_t number = 0;
  for (int round = 0; round < 200; ++round) {
    const double begin = thread_microseconds();
    for (std::uint64_t i = 0; i < deliveries; ++i) work(number++);
    best = std::min(best, (thread_microseconds() - begin) / static_cast<double>(deliveries));
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
  std::printf("%-24s %9zu bytes  build %8.2f  sign %8.2f  whole request %8.2f us\n", of.name, body.size(), build, sign,
              all);
  if (bytes == 0) std::abort();
}

}  // namespace
}  // namespace hookdrill

int main() {
  using hookdrill::Case;
  const Case cases[] = {{"text", {{"text", 1}}, 1, 500},
                        {"image", {{"image", 1}}, 1, 500},
                        {"status_delivered", {{"status_delivered", 1}}, 1, 500},
                        {"batch of 10 texts", {{"text", 1}}, 10, 50},
                        {"batch of 1000 texts", {{"text", 1}}, 1000, 1},
                        {"batch of 1000 statuses", {{"status", 1}}, 1000, 1}};
  for (const Case& of : cases) hookdrill::measure(of);
}
