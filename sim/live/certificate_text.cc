#include "live/certificate_text.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "base/encoding.h"
#include "live/openssl_ptr.h"

namespace hookdrill {
namespace {

std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  char text[INET6_ADDRSTRLEN] = "";
  const int family = ASN1_STRING_length(address) == 4 ? AF_INET : AF_INET6;
  if (ASN1_STRING_length(address) != 4 && ASN1_STRING_length(address) != 16) return "?";
  inet_ntop(family, ASN1_STRING_get0_data(address), text, sizeof text);
  return text;
}

std::string join(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

// Error 20 or 21: the issuer of the last certificate that links up is neither in the chain nor in the store.
std::string missing_issuer(X509_STORE_CTX* context, X509* last, int depth, int sent) {
  const std::string subject = common_name(X509_get_subject_name(last));
  const std::string issuer = common_name(X509_get_issuer_name(last));
  if (depth > 0) {
    return fmt::format("The chain ends in \"{}\", issued by \"{}\", which is no known root and was not sent.", subject,
                       issuer);
  }
  const std::string shown =
      sent <= 1
          ? fmt::format("The server sends only its own certificate (CN={}, issued by \"{}\").", subject, issuer)
          : fmt::format("The server sends {} certificates, but none of them is \"{}\", which issued its own (CN={}).",
                        sent, issuer, subject);
  const std::string url = issuer_url(X509_STORE_CTX_get0_cert(context));
  if (url.empty()) {
    return fmt::format(
        "{} \"{}\" is no known root: either an intermediate certificate is missing, or the CA is a private one.", shown,
        issuer);
  }
  return fmt::format(
      "{} The intermediate \"{}\" is missing. A browser fetches it from {} or remembers it; Meta does not: send the "
      "full chain.",
      shown, issuer, url);
}

std::string dates(X509* certificate, int depth, bool expired) {
  const std::string whose =
      depth == 0 ? "The server's certificate"
                 : fmt::format("The intermediate \"{}\"", common_name(X509_get_subject_name(certificate)));
  return expired ? fmt::format("{} expired on {}.{}", whose, date_text(X509_get0_notAfter(certificate)),
                               depth == 0 ? "" : " The server's own certificate is not the cause.")
                 : fmt::format("{} is valid only from {} on.", whose, date_text(X509_get0_notBefore(certificate)));
}

}  // namespace

std::string common_name(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at >= 0) {
    unsigned char* text = nullptr;
    const int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (length > 0) {
      std::string result = printable({reinterpret_cast<char*>(text), static_cast<std::size_t>(length)});
      OPENSSL_free(text);
      return result;
    }
  }
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return length > 0 ? printable({text, static_cast<std::size_t>(length)}) : "(no name)";
}

std::vector<std::string> covered_names(X509* certificate) {
  std::vector<std::string> names;
  auto* all = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all, i);
    if (name->type == GEN_DNS) names.push_back(printable(bytes_of(name->d.dNSName)));
    if (name->type == GEN_IPADD) names.push_back(address_text(name->d.iPAddress));
  }
  GENERAL_NAMES_free(all);
  return names;
}

std::string date_text(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable date";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} UTC", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min);
}

std::string issuer_url(X509* certificate) {
  std::string url;
  auto* access = static_cast<AUTHORITY_INFO_ACCESS*>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr));
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access); ++i) {
    const ACCESS_DESCRIPTION* entry = sk_ACCESS_DESCRIPTION_value(access, i);
    if (OBJ_obj2nid(entry->method) == NID_ad_ca_issuers && entry->location->type == GEN_URI && url.empty()) {
      url = printable(bytes_of(entry->location->d.uniformResourceIdentifier));
    }
  }
  AUTHORITY_INFO_ACCESS_free(access);
  return url;
}

std::string certificate_failure_text(X509_STORE_CTX* context, std::string_view host) {
  const int error = X509_STORE_CTX_get_error(context);
  const int depth = X509_STORE_CTX_get_error_depth(context);
  X509* at = X509_STORE_CTX_get_current_cert(context);
  if (at == nullptr) at = X509_STORE_CTX_get0_cert(context);
  const int sent = sk_X509_num(X509_STORE_CTX_get0_untrusted(context));
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return missing_issuer(context, at, depth, sent);
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return fmt::format("The certificate (CN={}) is signed by itself, not by a certificate authority.",
                         common_name(X509_get_subject_name(at)));
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return fmt::format("The chain ends in the root \"{}\", which is not in the trust store: a private CA.",
                         common_name(X509_get_subject_name(at)));
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return dates(at, depth, error == X509_V_ERR_CERT_HAS_EXPIRED);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: {
      const std::vector<std::string> names = covered_names(at);
      if (names.empty()) {
        return fmt::format(
            "The certificate names no host at all (no subject alternative name; CN={}), so it does not cover {}.",
            common_name(X509_get_subject_name(at)), host);
      }
      return fmt::format(
          "The certificate covers {}, not {}: there is no virtual host for this name, or it has another host's "
          "certificate.",
          join(names, 5), host);
    }
    default:
      return fmt::format("The certificate \"{}\" at depth {} is refused: {} (OpenSSL error {}).",
                         common_name(X509_get_subject_name(at)), depth, X509_verify_cert_error_string(error), error);
  }
}

}  // namespace hookdrill
