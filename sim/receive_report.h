// What `hookdrill receive` says: how to reach it, what it sees, what it saw. Text and files only; starts nothing.
#pragma once

#include <string>

#include "live/receiver.h"
#include "plan/scenario.h"

namespace hookdrill {

/// For command lines that a person can copy.
struct ReceiveHints {
  std::string scenario;          // file, or ""
  std::string root_file;         // or ""
  std::string host;              // in the certificate
  std::string verify_token_env;  // name of the variable
};

/// The first line says address and port. `quiet`: that line only.
std::string receive_opening(const Receiver& receiver, const ReceiverSettings& settings, const ReceiveHints& hints,
                            bool quiet);

/// One line, without a newline.
std::string receive_progress(const Receiver& receiver);

/// "p50 5.10 ms, p95 5.20 ms, p99 7.01 ms".
std::string percentiles_text(const Histogram& times);

std::string receive_summary(const Receiver& receiver);

/// One JSON object and a newline: received, accepted, duplicates, refused first; then everything else that was counted.
std::string receive_json(const Receiver& receiver);

/// Whole or not at all, by way of FILE.part; false when it cannot be written.
bool write_file(const std::string& file, const std::string& text);

/// One JSON object a line and update: id, status and timestamp of a status, arrivals, accepted, duplicates.
bool write_ledger(const std::string& file, const Ledger& ledger);

}  // namespace hookdrill
