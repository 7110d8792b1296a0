#include "live/trust.h"

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <filesystem>

namespace hookdrill {
namespace {

// Debian and Ubuntu keep Mozilla's set apart from what an administrator added; the bundle mixes both.
constexpr const char* kMozillaFolder = "/usr/share/ca-certificates/mozilla";

bool is_root(X509* certificate) {
  return X509_self_signed(certificate, 0) == 1 && X509_check_ca(certificate) != 0;
}

void add(TrustStore& trust, X509* certificate) {
  if (is_root(certificate)) {
    X509_STORE_add_cert(trust.store.get(), certificate);
    ++trust.roots;
  } else {
    ++trust.ignored;
  }
}

void add_all(TrustStore& trust, BIO* bio) {
  while (X509Ptr certificate{PEM_read_bio_X509(bio, nullptr, nullptr, nullptr)}) add(trust, certificate.get());
  ERR_clear_error();  // the end of the file is an error to PEM_read_bio_X509
}

bool add_file(TrustStore& trust, const std::string& file, std::time_t& newest) {
  const BioPtr bio(BIO_new_file(file.c_str(), "r"));
  ERR_clear_error();
  if (!bio) return false;
  add_all(trust, bio.get());
  struct stat status {};
  if (stat(file.c_str(), &status) == 0) newest = std::max(newest, status.st_mtime);
  return true;
}

void add_folder(TrustStore& trust, const std::string& folder, std::time_t& newest) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".crt") add_file(trust, entry.path(), newest);
  }
}

}  // namespace

std::string TrustStore::text() const {
  std::string text = fmt::format("{}, {} roots, {}", name, roots, date);
  if (ignored > 0) text += fmt::format(" ({} certificates that are not self-signed roots ignored)", ignored);
  return text;
}

Result<TrustStore> load_trust(const std::string& trust, const std::string& extra_root_pem) {
  TrustStore result;
  result.store.reset(X509_STORE_new());
  std::time_t newest = 0;
  if (trust != "system") {
    result.name = trust;
    if (!add_file(result, trust, newest))
      return Diagnostic{"", 0, 0, fmt::format("tls.trust: cannot read \"{}\"", trust)};
    if (result.roots == 0) {
      return Diagnostic{"", 0, 0,
                        fmt::format("tls.trust: \"{}\" holds no self-signed root certificate ({} others are ignored)",
                                    trust, result.ignored)};
    }
  } else if (std::filesystem::is_directory(kMozillaFolder)) {
    result.name = fmt::format("Mozilla's roots as the distribution ships them ({})", kMozillaFolder);
    add_folder(result, kMozillaFolder, newest);
  } else {
    result.name = X509_get_default_cert_file();
    add_file(result, result.name, newest);
  }
  result.date = newest == 0 ? "no date" : fmt::format("{:%Y-%m-%d}", fmt::gmtime(newest));
  if (!extra_root_pem.empty()) {
    const BioPtr bio(BIO_new_mem_buf(extra_root_pem.data(), static_cast<int>(extra_root_pem.size())));
    add_all(result, bio.get());
    result.name += ", and the embedded receiver's root";
  }
  return result;
}

}  // namespace hookdrill
