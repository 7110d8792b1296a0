// `hookdrill client-certificate`: makes certificates with the subject that Meta shows to servers that ask for one,
// under authorities of our own, since Meta's keys are Meta's.
#include <fmt/core.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "cli.h"
#include "live/pki.h"

namespace hookdrill {
namespace {

struct ClientCertificateOptions {
  std::string out = "client-certificate";
};

struct StandIn {
  const char* file;
  const char* authority;
  const char* about;
};

constexpr StandIn kStandIns[] = {
    {"meta", "hookdrill stand-in for Meta outbound API CA 2025-12",
     "issues Meta's client certificate since 31 March 2026"},
    {"digicert", "hookdrill stand-in for DigiCert High Assurance EV Root CA",
     "issued it before; expired on 15 April 2026"},
};

bool write_private(const std::filesystem::path& path, const std::string& text) {
  const mode_t before = umask(077);
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  umask(before);
  return file.good();
}

int client_certificate(const ClientCertificateOptions& options) {
  const std::filesystem::path folder = options.out;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return usage_error(fmt::format("{}: {}", options.out, error.message()));
  for (const StandIn& stand_in : kStandIns) {
    const ClientPki pki = make_client_pki(stand_in.authority);
    const std::filesystem::path ca = folder / fmt::format("{}-ca.pem", stand_in.file);
    const std::filesystem::path client = folder / fmt::format("{}-client.pem", stand_in.file);
    if (!write_private(ca, pki.root_pem) || !write_private(client, pki.client_pem))
      return usage_error(options.out + ": cannot be written");
    fmt::print("{}, {}\n    stand in for the authority that {}.\n", ca.string(), client.string(), stand_in.about);
  }
  fmt::print(
      "\nLet a copy of the server trust the stand-in beside the real authority:\n"
      "    nginx   ssl_client_certificate {0}; ssl_verify_client on; ssl_verify_depth 3;\n"
      "and show the certificate:\n"
      "    scenario   [tls]\n"
      "               client_certificate = \"{1}\"\n"
      "A server that takes {1} and refuses {2} is ready for Meta of today.\n",
      (folder / "meta-ca.pem").string(), (folder / "meta-client.pem").string(),
      (folder / "digicert-client.pem").string());
  return kExitOk;
}

}  // namespace

void declare_client_certificate(CommandLine& line) {
  auto options = std::make_shared<ClientCertificateOptions>();
  line.option("--out", options->out, "The folder to write to");
  line.example("hookdrill client-certificate --out lab");
  line.action([options] { return client_certificate(*options); });
}

}  // namespace hookdrill
