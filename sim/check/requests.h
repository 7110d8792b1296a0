// The requests of a check beyond the first: the challenge in all its forms, then deliveries. Sends; judges nothing.
#pragma once

#include <functional>

#include "check/batch.h"
#include "check/facts.h"

namespace hookdrill {

/// Requests to one address, each over a fresh strict connection.
class RequestBatch {
 public:
  /// All arguments must outlive it.
  RequestBatch(Facts& facts, const AddressFacts& at, TlsClient& strict, const Budget& budget,
               int at_once = Batch::kAtOnce);

  void add(Exchange exchange, std::string request, Duration limit);

  /// Sends them; those for which no time was left are missing from the answer.
  std::vector<Exchange> run();

 private:
  Facts& facts_;
  const AddressFacts& at_;
  TlsClient& strict_;
  const Budget& budget_;
  int at_once_;
  std::vector<Exchange> exchanges_;
  std::vector<Probe> probes_;
};

/// Fills facts.exchanges and the bursts. Deliveries only to an endpoint that has proven to be ours.
void make_requests(Facts& facts, TlsClient& strict, const Budget& budget,
                   const std::function<void(std::string_view)>& progress);

}  // namespace hookdrill
