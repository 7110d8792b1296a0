// What to do about a fault, for each kind of server. Text only.
#pragma once

#include <string>
#include <string_view>

namespace hookdrill {

enum class Remedy {
  none,
  dns,
  addresses,
  network,
  enable_tls,
  tls_settings,
  tls_speed,
  client_certificate,
  virtual_host,
  full_chain,
  public_certificate,
  renew,
  stapling,
  echo,
  signature,
  redirect,
  cdn,
  answer_first,
  body_size,
};

/// One remedy a line: "nginx: ...". Only that of `server` (a Server header) where it names one that we know, else all.
std::string remedy_text(Remedy remedy, std::string_view server, std::string_view host);

}  // namespace hookdrill
