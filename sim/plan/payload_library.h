// The payload files: those built into the program, and a user's own folder over them. Reads files; knows nothing of
// what stands in a template beyond its first lines.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/payload_json.h"
#include "plan/payload_slots.h"

namespace hookdrill {

/// One file of payloads/.
struct PayloadFile {
  std::string file;     // for messages: "image.json (built in)", or a path
  std::string about;    // the first comment line
  std::string client;   // "// client: changes", else "messaging": which of Meta's clients sends it
  std::string content;  // all of it
};

class PayloadLibrary {
 public:
  /// `folder`: "" = only what is built in. A file of the folder replaces the built-in one of its name; lists of its
  /// corpus.json replace the lists of the same name.
  static Result<PayloadLibrary> load(const std::string& folder);

  /// The types, by name.
  const std::map<std::string, PayloadFile, std::less<>>& types() const { return types_; }
  /// Names that stand for several types, with shares: "status" is sent, delivered and read.
  const std::map<std::string, std::map<std::string, double>, std::less<>>& mixtures() const { return mixtures_; }
  const PayloadFile& envelope(std::string_view client) const;
  /// `values`: lists to replace by one text each (not escaped), as in deliveries.values.
  Result<Corpus> corpus(Escaping escaping, const std::map<std::string, std::string>& values) const;

 private:
  Result<void> add_file(const std::string& name, PayloadFile file);

  std::map<std::string, PayloadFile, std::less<>> types_;
  std::map<std::string, PayloadFile, std::less<>> envelopes_;
  std::map<std::string, std::map<std::string, double>, std::less<>> mixtures_;
  std::map<std::string, std::vector<std::string>, std::less<>> lists_;  // not escaped
};

/// A file of the folder payloads/ at build time.
struct BuiltInFile {
  std::string_view name;  // without ".json"
  std::string_view content;
};
const std::vector<BuiltInFile>& built_in_payload_files();

}  // namespace hookdrill
