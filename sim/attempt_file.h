// attempts.csv: a row for each attempt, streamed to the file as attempts end, so that memory does not grow with them.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "base/result.h"
#include "engine/attempt_log.h"
#include "plan/scenario.h"

namespace hookdrill {

class AttemptFile final : public AttemptLog {
 public:
  /// Creates `folder` if need be, and attempts.csv in it, whose name ends in .part until close(). `scenario` must
  /// outlive it.
  static Result<std::unique_ptr<AttemptFile>> open(const std::string& folder, const Scenario& scenario);
  ~AttemptFile() override;

  void record(const Finished& finished) override;

  /// Where the file is; a Diagnostic when it could not be written to its end.
  Result<std::string> close();

 private:
  AttemptFile(std::string place, std::FILE* file, const Scenario& scenario);

  std::string place_;
  std::FILE* file_;  // its own lock keeps the rows of several threads apart
  const Scenario& scenario_;
};

}  // namespace hookdrill
