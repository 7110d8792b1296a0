#include "live/client_certificate.h"

#include <fmt/core.h>

#include "base/check.h"
#include "base/encoding.h"

namespace hookdrill {
namespace {

constexpr int kNamesShown = 4;
constexpr std::size_t kNameBytes = 100;

bool load(const std::string& file, SSL_CTX* context) {
  return SSL_CTX_use_certificate_chain_file(context, file.c_str()) == 1 &&
         SSL_CTX_use_PrivateKey_file(context, file.c_str(), SSL_FILETYPE_PEM) == 1 &&
         SSL_CTX_check_private_key(context) == 1;
}

std::string name_text(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return printable({text, static_cast<std::size_t>(size)}, kNameBytes);
}

}  // namespace

Result<void> check_client_certificate(const std::string& file) {
  const SslCtxPtr context(SSL_CTX_new(TLS_client_method()));
  HOOKDRILL_CHECK(context != nullptr);
  ERR_clear_error();
  if (load(file, context.get())) return {};
  Diagnostic diagnostic;
  diagnostic.file = file;
  diagnostic.message = fmt::format(
      "cannot be used as a client certificate (a PEM file with the private key, its certificate, and the intermediates "
      "after it): {}",
      take_openssl_error());
  return diagnostic;
}

void use_client_certificate(const std::string& file, SSL_CTX* context) {
  HOOKDRILL_CHECK(load(file, context));
}

std::string asked_certificate_text(SSL* ssl) {
  const STACK_OF(X509_NAME)* names = SSL_get0_peer_CA_list(ssl);
  const int count = names == nullptr ? 0 : sk_X509_NAME_num(names);
  if (count == 0) return "a client certificate of any authority";
  std::string text = "a client certificate of ";
  for (int i = 0; i < count && i < kNamesShown; ++i) {
    if (i > 0) text += ", ";
    text += name_text(sk_X509_NAME_value(names, i));
  }
  return count > kNamesShown ? fmt::format("{} and {} more", text, count - kNamesShown) : text;
}

}  // namespace hookdrill
