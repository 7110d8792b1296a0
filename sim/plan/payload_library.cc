#include "plan/payload_library.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/check.h"

namespace hookdrill {
namespace {

namespace json = boost::json;

constexpr std::size_t kFileBytesMax = 4 << 20;  // a whole body of 3 MB, as large as Meta's can be, and its white space
constexpr std::size_t kFilesMax = 1000;
constexpr std::size_t kPhoneDigitsMax = 15;  // E.164

Diagnostic file_error(const std::string& file, const std::string& message) {
  Diagnostic diagnostic;
  diagnostic.file = file;
  diagnostic.message = message;
  return diagnostic;
}

// The text of the comment lines that a file begins with: what it is, and "client: …".
void read_header(PayloadFile& file) {
  std::string_view rest = file.content;
  file.client = "messaging";
  while (rest.starts_with("//")) {
    std::string_view line = rest.substr(2, rest.find('\n') - 2);
    rest.remove_prefix(std::min(rest.size(), line.size() + 3));
    while (line.starts_with(' ')) line.remove_prefix(1);
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    if (line.starts_with("client: ")) {
      file.client = line.substr(8);
    } else if (file.about.empty()) {
      file.about = line;
    }
  }
}

Result<json::object> parse_object(const PayloadFile& file) {
  json::parse_options options;
  options.allow_comments = true;
  boost::system::error_code error;
  const json::value value = json::parse(file.content, error, {}, options);
  if (error) {
    Result<std::string> again = to_meta_json(file.content, Escaping::today);  // it knows the line
    Diagnostic diagnostic = again ? file_error("", error.message()) : again.error();
    diagnostic.file = file.file;
    return diagnostic;
  }
  if (!value.is_object()) return file_error(file.file, "must be a JSON object");
  return value.get_object();
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return file_error(path.string(), "cannot be read");
  std::string content;
  content.reserve(4096);
  for (std::istreambuf_iterator<char> at(stream), end; at != end && content.size() <= kFileBytesMax; ++at)
    content += *at;
  if (content.size() > kFileBytesMax)
    return file_error(path.string(), fmt::format("larger than {} bytes", kFileBytesMax));
  return {boost::system::in_place_value, std::move(content)};
}

using Lists = std::map<std::string, std::vector<std::string>, std::less<>>;
using Mixtures = std::map<std::string, std::map<std::string, double>, std::less<>>;

Result<void> read_lists(const PayloadFile& file, Lists& lists) {
  const Result<json::object> object = parse_object(file);
  if (!object) return object.error();
  for (const auto& [key, value] : *object) {
    const std::string name(key);
    std::vector<std::string> entries;
    if (value.is_array())
      for (const json::value& entry : value.get_array())
        if (entry.is_string()) entries.emplace_back(entry.get_string());
    if (entries.empty() || entries.size() != value.get_array().size())
      return file_error(file.file, fmt::format("\"{}\" must be a list of one text or more", name));
    lists[name] = std::move(entries);
  }
  return {};
}

Result<void> read_mixtures(const PayloadFile& file, Mixtures& mixtures) {
  const Result<json::object> object = parse_object(file);
  if (!object) return object.error();
  for (const auto& [key, value] : *object) {
    std::map<std::string, double> shares;
    bool valid = value.is_object();
    if (valid) {
      for (const auto& [type, share] : value.get_object()) {
        valid = valid && share.is_number() && share.to_number<double>() > 0;
        if (valid) shares[std::string(type)] = share.to_number<double>();
      }
    }
    if (!valid || shares.empty())
      return file_error(file.file, fmt::format("\"{}\" must name types with shares above 0", std::string(key)));
    mixtures[std::string(key)] = std::move(shares);
  }
  return {};
}

bool is_phone_list(std::string_view name) {
  return name == "phone" || name.ends_with("_phone");
}

}  // namespace

Result<void> PayloadLibrary::add_file(const std::string& name, PayloadFile file) {
  if (name == "corpus") return read_lists(file, lists_);
  if (name == "mixtures") return read_mixtures(file, mixtures_);
  read_header(file);
  if (name.starts_with("envelope_")) {
    envelopes_[name.substr(9)] = std::move(file);
    return {};
  }
  if (file.client != "messaging" && file.client != "changes")
    return file_error(file.file, fmt::format("unknown client \"{}\"; messaging or changes", file.client));
  types_[name] = std::move(file);
  return {};
}

Result<PayloadLibrary> PayloadLibrary::load(const std::string& folder) {
  PayloadLibrary library;
  for (const BuiltInFile& file : built_in_payload_files()) {
    const std::string name(file.name);
    const Result<void> added =
        library.add_file(name, {"payloads/" + name + ".json (built in)", "", "", std::string(file.content)});
    if (!added) return added.error();
  }
  if (folder.empty()) return library;

  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (auto entry = std::filesystem::directory_iterator(folder, error);
       !error && entry != std::filesystem::directory_iterator() && paths.size() <= kFilesMax; entry.increment(error))
    if (entry->path().extension() == ".json") paths.push_back(entry->path());
  if (error) return file_error(folder, fmt::format("cannot be read as a folder: {}", error.message()));
  if (paths.size() > kFilesMax) return file_error(folder, fmt::format("more than {} files", kFilesMax));
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) {
    Result<std::string> content = read_file(path);
    if (!content) return content.error();
    const Result<void> added = library.add_file(path.stem().string(), {path.string(), "", "", std::move(*content)});
    if (!added) return added.error();
  }
  return library;
}

const PayloadFile& PayloadLibrary::envelope(std::string_view client) const {
  const auto found = envelopes_.find(client);
  HOOKDRILL_CHECK(found != envelopes_.end());
  return found->second;
}

Result<Corpus> PayloadLibrary::corpus(Escaping escaping, const std::map<std::string, std::string>& values) const {
  Lists lists = lists_;
  std::vector<std::string_view> known;
  for (const auto& [name, entries] : lists_) known.push_back(name);
  for (const auto& [name, value] : values) {
    if (!lists.contains(name))
      return file_error("", fmt::format("unknown value \"{}\"{}", name, did_you_mean(name, known)));
    lists[name] = {value};
  }
  Corpus corpus;
  for (const auto& [name, entries] : lists) {
    for (const std::string& entry : entries) {
      if (is_phone_list(name) &&
          (entry.size() > kPhoneDigitsMax || entry.find_first_not_of("0123456789#") != entry.npos))
        return file_error("", fmt::format("\"{}\" in the list \"{}\" must be at most {} digits, # for any digit", entry,
                                          name, kPhoneDigitsMax));
      append_escaped(corpus[name].emplace_back(), entry, escaping);
    }
  }
  return corpus;
}

}  // namespace hookdrill
