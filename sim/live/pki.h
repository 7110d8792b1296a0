// The receiver's own PKI, made in memory at start: root → intermediate → leaf, EC P-256 throughout, and each of the
// wrong variants of ReceiverCertificate. Nothing is written to disk; knows no sockets.
#pragma once

#include <string>
#include <vector>

#include "live/openssl_ptr.h"
#include "plan/scenario.h"

namespace hookdrill {

struct Pki {
  std::string
      root_pem;  // the root that a client must trust to accept `good`; of private_ca and self_signed: another one
  EvpPkeyPtr leaf_key;
  X509Ptr leaf;
  std::vector<X509Ptr> sent;     // certificates that follow the leaf in the handshake
  std::string intermediate_der;  // what the leaf's AIA address has to return
};

/// Makes fresh keys and certificates for `host` (a DNS name or an address literal; localhost is always a second name of
/// it). `aia_url` goes into the leaf as the address of its issuer's certificate, except in leaf_only_no_aia and
/// self_signed. What a strict client says (OpenSSL's verify error at depth):
///   good           OK
///   leaf_only      20@0, and with the intermediate from the AIA address OK
///   leaf_only_no_aia  20@0
///   self_signed    18@0
///   private_ca     20@1: leaf and intermediate of a root that nobody is given
///   expired        10@0: ended 2 days ago
///   not_yet_valid  9@0: begins in 2 days
///   wrong_host     62@0: covers www.other.test and other.test only
///   no_san         62@0 when the subject's common name does not count as a host name
/// Never fails: an OpenSSL without P-256 cannot run this program at all.
Pki make_pki(ReceiverCertificate certificate, const std::string& host, const std::string& aia_url);

/// A stand-in for one of the authorities that issue Meta's client certificate, and a certificate of it.
struct ClientPki {
  std::string root_pem;    // what the server under test is to trust
  std::string client_pem;  // key, certificate and intermediate: what we show
};

/// Fresh keys and certificates, root → intermediate → client, valid for a year. The subject's common name is the one
/// that Meta uses, client.webhooks.fbclientcerts.com (source: Graph webhooks guide); `authority` names the root.
ClientPki make_client_pki(const std::string& authority);

/// Puts key, leaf and chain into a server's context: TLS 1.2 or later, http/1.1 by ALPN where the client offers it,
/// stateless session tickets.
void use_pki(const Pki& pki, SSL_CTX* context);

}  // namespace hookdrill
