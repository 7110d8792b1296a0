#include "check/aia.h"

#include <fmt/core.h>
#include <openssl/http.h>

#include <algorithm>

#include "live/certificate_text.h"

namespace hookdrill {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = AiaFacts::Kind;

struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Stack = std::unique_ptr<STACK_OF(X509), FreeStack>;

constexpr int kFetchesMax = 4;
constexpr int kFetchSeconds = 3;

// OpenSSL takes the first certificate that fits, so the fetched ones stand before those that were sent.
Stack candidates(const std::vector<X509Ptr>& fetched, const std::vector<X509Ptr>& chain) {
  Stack stack(sk_X509_new_null());
  for (const X509Ptr& certificate : fetched) sk_X509_push(stack.get(), certificate.get());
  for (const X509Ptr& certificate : chain) sk_X509_push(stack.get(), certificate.get());
  return stack;
}

// The name of the trusted root that the chain ends in; "" when it does not verify.
std::string verified_end(const std::vector<X509Ptr>& fetched, const std::vector<X509Ptr>& chain, X509_STORE* roots) {
  const Stack untrusted = candidates(fetched, chain);
  const X509StoreCtxPtr context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), roots, chain.front().get(), untrusted.get());
  X509_STORE_CTX_set_default(context.get(), "ssl_server");
  const bool good = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  if (!good) return "";
  const STACK_OF(X509)* all = X509_STORE_CTX_get0_chain(context.get());
  return common_name(X509_get_subject_name(sk_X509_value(all, sk_X509_num(all) - 1)));
}

bool replaces_one(X509* fetched, const std::vector<X509Ptr>& chain) {
  return std::any_of(chain.begin(), chain.end(), [&](const X509Ptr& sent) {
    return X509_NAME_cmp(X509_get_subject_name(sent.get()), X509_get_subject_name(fetched)) == 0;
  });
}

}  // namespace

AiaFacts fetch_issuers(const std::vector<X509Ptr>& chain, X509_STORE* roots, Duration limit) {
  const Clock::time_point end = Clock::now() + limit;
  AiaFacts facts;
  facts.kind = Kind::no_address;
  std::vector<X509Ptr> fetched;
  std::vector<std::string> asked;
  // From the server's own certificate up, and on from what was fetched.
  for (std::size_t i = 0; i < chain.size() + fetched.size() && asked.size() < kFetchesMax; ++i) {
    X509* from = i < chain.size() ? chain[i].get() : fetched[i - chain.size()].get();
    const std::string url = issuer_url(from);
    if (url.empty() || std::find(asked.begin(), asked.end(), url) != asked.end()) continue;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(end - Clock::now()).count();
    if (left < 1) {
      facts.why = "the time of --budget was used up";
      break;
    }
    asked.push_back(url);
    if (facts.url.empty()) facts.url = url;
    X509Ptr got(X509_load_http(url.c_str(), nullptr, nullptr, static_cast<int>(std::min<long>(left, kFetchSeconds))));
    if (!got) {
      facts.why = fmt::format("{} could not be fetched: {}", url, take_openssl_error());
      if (fetched.empty()) facts.kind = Kind::not_fetched;
      continue;
    }
    facts.fetched.push_back(common_name(X509_get_subject_name(got.get())));
    facts.replaces = facts.replaces || replaces_one(got.get(), chain);
    facts.kind = Kind::unknown_root;
    facts.end = common_name(X509_get_issuer_name(got.get()));
    const bool top = X509_self_signed(got.get(), 0) == 1;
    fetched.push_back(std::move(got));
    if (const std::string root = verified_end(fetched, chain, roots); !root.empty()) {
      facts.kind = Kind::completes;
      facts.end = root;
      break;
    }
    if (top) break;
  }
  return facts;
}

}  // namespace hookdrill
