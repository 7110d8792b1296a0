#include "attempt_file.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "plan/plan.h"
#include "reports/csv.h"

namespace hookdrill {
namespace {

constexpr std::size_t kBufferBytes = 1 << 20;
constexpr const char* kHeader =
    "path,stage,delivery,attempt,due_ns,sent_ns,done_ns,dns_ns,connect_ns,tls_ns,write_ns,wait_ns,read_ns,outcome,"
    "http_status,connection,source,address\n";

std::int64_t ns(Time time) {
  return time.time_since_epoch().count();
}

std::string_view connection_of(const Finished& finished) {
  return !finished.fresh ? "kept" : finished.resumed ? "resumed" : "new";
}

}  // namespace

AttemptFile::AttemptFile(std::string place, std::FILE* file, const Scenario& scenario)
    : place_(std::move(place)), file_(file), scenario_(scenario) {}

AttemptFile::~AttemptFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);  // the run was refused: no file is better than one without its end
  std::remove((place_ + ".part").c_str());
}

Result<std::unique_ptr<AttemptFile>> AttemptFile::open(const std::string& folder, const Scenario& scenario) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string place = (std::filesystem::path(folder) / "attempts.csv").string();
  std::FILE* const file = std::fopen((place + ".part").c_str(), "we");
  if (file == nullptr) return Diagnostic{place, 0, 0, fmt::format("cannot be written: {}", std::strerror(errno))};
  std::setvbuf(file, nullptr, _IOFBF, kBufferBytes);
  std::fputs(kHeader, file);
  return std::unique_ptr<AttemptFile>(new AttemptFile(place, file, scenario));
}

void AttemptFile::record(const Finished& finished) {
  const Attempt& attempt = finished.attempt;
  const std::size_t index = path_of_delivery(attempt.delivery);
  const PathSettings& path = scenario_.paths[index];
  std::string row = fmt::format("{},{},{},{},{},{},{}", path.name, scenario_.stages[attempt.stage].name,
                                attempt.delivery - first_number_of_path(index), attempt.number, ns(attempt.due),
                                ns(finished.sent), ns(finished.done));
  for (const Duration phase : finished.phases) row += phase == kNotReached ? "," : fmt::format(",{}", phase.count());
  const bool known = finished.source != kNotKnown;
  row += fmt::format(",{},{},{},{},{}\n", outcome_code(finished.outcome), finished.outcome.http_status,
                     connection_of(finished), known ? path.sources[static_cast<std::size_t>(finished.source)] : "",
                     finished.address ? csv_text(*finished.address) : "");
  std::fwrite(row.data(), 1, row.size(), file_);
}

Result<std::string> AttemptFile::close() {
  const bool failed = std::ferror(file_) != 0;
  const bool closed = std::fclose(file_) == 0;
  file_ = nullptr;
  std::error_code error;
  if (!failed && closed) std::filesystem::rename(place_ + ".part", place_, error);
  if (failed || !closed || error) return Diagnostic{place_, 0, 0, "cannot be written to its end: is the disk full?"};
  return place_;
}

}  // namespace hookdrill
