#include "live/lean_library.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace hookdrill {
namespace {

constexpr char kName[] = "lean";
constexpr unsigned long kQuickByItself = 0x30200000L;

// What TLS 1.2 and 1.3 use, of what a key can be: in certificates, in key exchanges, and (HMAC) in records of CBC
// suites. DSA, which no server has, is offered with the signature algorithms, and would be missing from the
// ClientHello.
constexpr std::string_view kKeyTypes[] = {"EC",    "RSA",    "RSA-PSS", "DSA", "ED25519",
                                          "ED448", "X25519", "X448",    "DH",  "HMAC"};

bool is_of_tls(const OSSL_ALGORITHM& algorithm) {
  const std::string_view names = algorithm.algorithm_names;  // "EC:id-ecPublicKey:1.2.840.10045.2.1"
  const std::string_view first = names.substr(0, names.find(':'));
  return std::find(std::begin(kKeyTypes), std::end(kKeyTypes), first) != std::end(kKeyTypes);
}

bool decodes_certificates(const OSSL_ALGORITHM& algorithm) {
  const std::string_view properties = algorithm.property_definition;
  return properties.find("input=der,structure=SubjectPublicKeyInfo") != std::string_view::npos;
}

// The real provider, in a library context of its own, and its tables made short. Never freed, as contexts made of it
// may outlive any owner.
struct DefaultProvider {
  OSSL_LIB_CTX* library = OSSL_LIB_CTX_new();
  OSSL_PROVIDER* provider = OSSL_PROVIDER_load(library, "default");
  std::vector<OSSL_ALGORITHM> key_types = some_of(OSSL_OP_KEYMGMT, is_of_tls);
  std::vector<OSSL_ALGORITHM> decoders = some_of(OSSL_OP_DECODER, [](const OSSL_ALGORITHM& algorithm) {
    return is_of_tls(algorithm) && decodes_certificates(algorithm);
  });

  template <class Wanted>
  std::vector<OSSL_ALGORITHM> some_of(int operation, const Wanted& wanted) const {
    std::vector<OSSL_ALGORITHM> some;
    int no_cache = 0;
    const OSSL_ALGORITHM* each =
        provider == nullptr ? nullptr : OSSL_PROVIDER_query_operation(provider, operation, &no_cache);
    for (; each != nullptr && each->algorithm_names != nullptr; ++each) {
      if (wanted(*each)) some.push_back(*each);
    }
    some.push_back({});  // the end
    return some;
  }
};

const DefaultProvider& real() {
  static const DefaultProvider* const provider = new DefaultProvider;
  return *provider;
}

const OSSL_ALGORITHM* query(void*, int operation, int* no_cache) {
  *no_cache = 0;
  if (operation == OSSL_OP_DECODER) return real().decoders.data();
  if (operation == OSSL_OP_KEYMGMT) return real().key_types.data();
  return OSSL_PROVIDER_query_operation(real().provider, operation, no_cache);
}

int capabilities(void*, const char* capability, OSSL_CALLBACK* callback, void* argument) {
  return OSSL_PROVIDER_get_capabilities(real().provider, capability, callback, argument);
}

template <class Function>
constexpr OSSL_DISPATCH entry(int id, Function* function) {
  return {id, reinterpret_cast<void (*)()>(function)};
}

int start(const OSSL_CORE_HANDLE*, const OSSL_DISPATCH*, const OSSL_DISPATCH** functions, void** context) {
  static const OSSL_DISPATCH kFunctions[] = {entry(OSSL_FUNC_PROVIDER_QUERY_OPERATION, query),
                                             entry(OSSL_FUNC_PROVIDER_GET_CAPABILITIES, capabilities),
                                             {0, nullptr}};
  *functions = kFunctions;
  *context = OSSL_PROVIDER_get0_provider_ctx(real().provider);  // the algorithms are its, and ask for it
  return 1;
}

}  // namespace

LeanLibrary LeanLibrary::make() {
  LeanLibrary lean;
  if (OpenSSL_version_num() >= kQuickByItself || real().provider == nullptr) return lean;
  lean.library_.reset(OSSL_LIB_CTX_new());
  if (lean.library_ && OSSL_PROVIDER_add_builtin(lean.get(), kName, start) == 1)
    lean.provider_.reset(OSSL_PROVIDER_load(lean.get(), kName));
  if (!lean.provider_) lean.library_.reset();
  ERR_clear_error();
  return lean;
}

}  // namespace hookdrill
