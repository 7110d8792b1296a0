#include "check/catalogue.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "check/families.h"

namespace hookdrill {
namespace {

constexpr std::string_view kSeverityNames[] = {"fatal", "error", "warn", "info", "pass", "skip", "not_tested"};

// Why nothing was asked of an address: there is none, or the time was up.
constexpr std::string_view kNothingAsked = "machine.route";

class Judge {
 public:
  explicit Judge(const Facts& facts) : facts_(facts) {}

  void apply(const Check& check) {
    if (check.scope == Check::Scope::endpoint) {
      const auto best = std::max_element(facts_.addresses.begin(), facts_.addresses.end(),
                                         [](const auto& a, const auto& b) { return a.level() < b.level(); });
      static const AddressFacts kNone;
      apply_to(check, best == facts_.addresses.end() ? kNone : *best, facts_.level(), "");
      return;
    }
    if (facts_.addresses.empty()) {
      judged_.push_back({&check, skip(first_fault("", "no address is known")), ""});
    }
    for (const AddressFacts& at : facts_.addresses) apply_to(check, at, at.level(), at.name);
  }

  std::vector<Judged> take() {
    for (Judged& judged : judged_) {
      if (judged.judgement.severity == Severity::skip && judged.judgement.observed.empty())
        judged.judgement.observed = first_fault(judged.address, "not reached");
    }
    return std::move(judged_);
  }

 private:
  void apply_to(const Check& check, const AddressFacts& at, Level reached, const std::string& address) {
    Judgement judgement = judgement_of(check, at, reached, address);
    if (judgement.severity == Severity::fatal || judgement.severity == Severity::error) {
      faults_.try_emplace(address, check.id);
      anywhere_ = anywhere_.empty() ? check.id : anywhere_;
    }
    if (judgement.severity == Severity::not_tested && check.id == kNothingAsked) faults_.try_emplace(address, check.id);
    if (judgement.title.empty()) judgement.title = check.holds;
    judged_.push_back({&check, std::move(judgement), address});
  }

  Judgement judgement_of(const Check& check, const AddressFacts& at, Level reached, const std::string& address) {
    const bool about_tls =
        check.id.starts_with("tls.") || check.id.starts_with("cert.") || check.id.starts_with("ocsp.");
    if (about_tls && !at.uses_tls) return skip("url.https");
    if (reached < check.needs) return skip(first_fault(address, "not reached"));
    if (check.explains) {
      if (reached > check.needs) return pass();
      if (faults_.count(address) != 0 || !at.strict) return skip(first_fault(address, "not reached"));
      // That this is not the cause does not mean that it holds: nobody came so far.
      Judgement cause = check.judge({facts_, at});
      return cause.severity == Severity::pass ? skip("") : cause;
    }
    return check.judge({facts_, at});
  }

  std::string first_fault(const std::string& address, std::string_view otherwise) const {
    const auto found = faults_.find(address);
    if (found != faults_.end()) return std::string(found->second);
    return std::string(anywhere_.empty() ? otherwise : anywhere_);
  }

  const Facts& facts_;
  std::map<std::string, std::string_view> faults_;  // the first fatal one by address
  std::string_view anywhere_;
  std::vector<Judged> judged_;
};

}  // namespace

std::string_view severity_name(Severity severity) {
  return kSeverityNames[static_cast<int>(severity)];
}

std::vector<const Check*> catalogue() {
  std::vector<const Check*> all;
  for (const auto family :
       {url_checks(), connection_checks(), handshake_checks(), certificate_checks(), tls_quality_checks(),
        chain_quality_checks(), challenge_checks(), delivery_checks(), limit_checks()}) {
    for (const Check& check : family) all.push_back(&check);
  }
  return all;
}

std::vector<Judged> judge_all(const Facts& facts) {
  Judge judge(facts);
  for (const Check* check : catalogue()) judge.apply(*check);
  return judge.take();
}

}  // namespace hookdrill
