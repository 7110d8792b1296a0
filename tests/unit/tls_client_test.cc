// What a load's TLS client does once instead of each time must not show: neither to the server nor in what is accepted.
#include "live/tls_client.h"

#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

#include "catch.h"
#include "live/pki.h"

using namespace hookdrill;
using namespace std::chrono_literals;

namespace {

constexpr const char* kHost = "hooks.example.test";

X509StorePtr store_of(const std::string& pem) {
  X509StorePtr store(X509_STORE_new());
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const X509Ptr root(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  X509_STORE_add_cert(store.get(), root.get());
  return store;
}

// One verification of a chain as a server sends it.
bool verify(ChainCache& cache, X509_STORE* store, X509* leaf, const std::vector<X509*>& sent,
            ChainCache::Clock::time_point now) {
  STACK_OF(X509)* untrusted = sk_X509_new_null();
  for (X509* certificate : sent) sk_X509_push(untrusted, certificate);
  const X509StoreCtxPtr context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store, leaf, untrusted);
  const bool good = cache.verify(context.get(), now);
  CHECK((X509_STORE_CTX_get_error(context.get()) == X509_V_OK) == good);
  sk_X509_free(untrusted);
  ERR_clear_error();
  return good;
}

X509Ptr self_signed(EVP_PKEY* key, long seconds) {
  X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

// The ClientHello of a client, with what is drawn anew each time as zeros: random, session id, and key share.
std::string hello_of(const TlsProfile& profile) {
  const TrustStore trust{X509StorePtr(X509_STORE_new()), "", "", 0, 0};
  TlsClient client(profile, trust, kHost);
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
  TlsObservation seen;
  {
    const SslPtr ssl = client.open(ends[0], seen);
    CHECK(SSL_connect(ssl.get()) == -1);
    ERR_clear_error();
  }
  std::string hello(4096, '\0');
  const ssize_t size = ::read(ends[1], hello.data(), hello.size());
  REQUIRE(size > 100);
  hello.resize(static_cast<std::size_t>(size));
  for (const int end : ends) ::close(end);
  constexpr std::size_t kRandom = 11, kSessionId = 44;  // behind the headers of record and handshake; both 32 bytes
  const std::string x25519("\x00\x1d\x00\x20", 4);      // a share of 32 bytes
  hello.replace(kRandom, 32, 32, '\0');
  hello.replace(kSessionId, 32, 32, '\0');
  const std::size_t share = hello.find(x25519);
  REQUIRE(share != std::string::npos);
  hello.replace(share + x25519.size(), 32, 32, '\0');
  return hello;
}

}  // namespace

TEST_CASE("tls client: many handshakes offer the same as a single one, byte for byte") {
  TlsProfile single, many;
  many.many = true;
  CHECK(hello_of(single) == hello_of(many));
  single.max_version = many.max_version = TLS1_3_VERSION;
  single.min_version = many.min_version = TLS1_3_VERSION;
  CHECK(hello_of(single) == hello_of(many));
}

TEST_CASE("chain cache: what was verified is believed for ten minutes, and then verified again") {
  const Pki pki = make_pki(ReceiverCertificate::good, kHost, "");
  const X509StorePtr trusts = store_of(pki.root_pem);
  const X509StorePtr trusts_nothing(X509_STORE_new());
  const auto now = ChainCache::Clock::now();
  const std::vector<X509*> sent = {pki.leaf.get(), pki.sent[0].get()};
  ChainCache cache;
  CHECK_FALSE(verify(cache, trusts_nothing.get(), pki.leaf.get(), sent, now));
  CHECK_FALSE(verify(cache, trusts_nothing.get(), pki.leaf.get(), sent, now));
  CHECK(verify(cache, trusts.get(), pki.leaf.get(), sent, now));
  CHECK(verify(cache, trusts_nothing.get(), pki.leaf.get(), sent, now + 9min));
  CHECK_FALSE(verify(cache, trusts_nothing.get(), pki.leaf.get(), sent, now + 11min));
}

TEST_CASE("chain cache: other certificates, fewer, or in another order are another chain") {
  const Pki pki = make_pki(ReceiverCertificate::good, kHost, "");
  const Pki other = make_pki(ReceiverCertificate::good, kHost, "");
  const X509StorePtr trusts = store_of(pki.root_pem);
  const X509StorePtr trusts_nothing(X509_STORE_new());
  const auto now = ChainCache::Clock::now();
  X509* const leaf = pki.leaf.get();
  X509* const intermediate = pki.sent[0].get();
  ChainCache cache;
  REQUIRE(verify(cache, trusts.get(), leaf, {leaf, intermediate}, now));
  CHECK_FALSE(verify(cache, trusts_nothing.get(), leaf, {leaf}, now));
  CHECK_FALSE(verify(cache, trusts_nothing.get(), leaf, {intermediate, leaf}, now));
  CHECK_FALSE(verify(cache, trusts_nothing.get(), other.leaf.get(), {other.leaf.get(), intermediate}, now));
  CHECK(verify(cache, trusts_nothing.get(), leaf, {leaf, intermediate}, now));
}

TEST_CASE("chain cache: a certificate is believed no longer than it lasts") {
  const EvpPkeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr certificate = self_signed(key.get(), 120);
  const X509StorePtr trusts(X509_STORE_new());
  X509_STORE_add_cert(trusts.get(), certificate.get());
  const X509StorePtr trusts_nothing(X509_STORE_new());
  const auto now = ChainCache::Clock::now();
  ChainCache cache;
  REQUIRE(verify(cache, trusts.get(), certificate.get(), {certificate.get()}, now));
  CHECK(verify(cache, trusts_nothing.get(), certificate.get(), {certificate.get()}, now + 90s));
  CHECK_FALSE(verify(cache, trusts_nothing.get(), certificate.get(), {certificate.get()}, now + 121s));
}
