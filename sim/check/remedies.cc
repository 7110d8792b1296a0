#include "check/remedies.h"

#include <algorithm>
#include <string>

#include "base/encoding.h"

namespace hookdrill {
namespace {

struct Line {
  Remedy remedy;
  std::string_view server;  // nginx | Node | Caddy | Cloudflare; "" = any
  std::string_view text;    // {host} is the endpoint's
};

constexpr Line kLines[] = {
    {Remedy::dns, "",
     "Publish an A record, and an AAAA record only if IPv6 is served; a missing AAAA must be an empty "
     "answer, not silence. Remove name servers that do not answer: dig +trace {host}"},
    {Remedy::dns, "Cloudflare", "a proxied record answers both families"},
    {Remedy::addresses, "nginx",
     "listen 443 ssl; listen [::]:443 ssl;   on every node behind the name, else remove the AAAA"},
    {Remedy::addresses, "Node", "server.listen(443, '::')"},
    {Remedy::addresses, "Caddy", "it listens on both families; look at the firewall"},
    {Remedy::network, "",
     "Allow TCP 443 from AS32934 (whois -h whois.radb.net -- '-i origin AS32934'). No rate limit, country "
     "block or fail2ban on this path; ask the provider to exempt it from DDoS filters, or put a clean proxy in front."},
    {Remedy::network, "nginx", "listen 443 ssl backlog=4096;   and sysctl net.core.somaxconn=4096"},
    {Remedy::network, "Cloudflare", "a WAF skip rule for the webhook's path"},
    {Remedy::enable_tls, "nginx", "listen 443 ssl;   (not: listen 443;)"},
    {Remedy::enable_tls, "Node", "https.createServer({key, cert}, app), not http.createServer"},
    {Remedy::enable_tls, "Caddy", "site address {host}, not http://{host}"},
    {Remedy::enable_tls, "Cloudflare", "SSL mode Full (strict), not Off"},
    {Remedy::tls_settings, "nginx",
     "ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers HIGH:!aNULL:!MD5; ssl_ecdh_curve X25519:prime256v1;"},
    {Remedy::tls_settings, "Node", "minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'], and no ciphers option"},
    {Remedy::tls_settings, "Caddy", "tls { protocols tls1.2 tls1.3 }"},
    {Remedy::tls_settings, "Cloudflare", "Edge Certificates > Minimum TLS Version 1.2"},
    {Remedy::tls_speed, "",
     "An ECDSA P-256 key instead of RSA, TLS 1.3, a server nearer to the sender, TLS not on a busy event loop."},
    {Remedy::tls_speed, "nginx", "ssl_session_cache shared:SSL:10m; ssl_session_tickets on; keepalive_timeout 65;"},
    {Remedy::client_certificate, "nginx", "ssl_verify_client off;   (or optional, and a check on the other paths)"},
    {Remedy::client_certificate, "",
     "Or switch on mTLS in the app's settings and trust the CA that Meta names there. hookdrill shows a "
     "certificate of its own with [tls] client_certificate; see: hookdrill client-certificate --help"},
    {Remedy::virtual_host, "nginx",
     "server { server_name {host}; ssl_certificate ...; }   to find it: nginx -T | grep -n server_name"},
    {Remedy::virtual_host, "Node", "SNICallback, or one certificate that covers {host}"},
    {Remedy::virtual_host, "Caddy", "add {host} to the site's addresses"},
    {Remedy::virtual_host, "Cloudflare",
     "the record must be proxied and covered by the edge certificate (one level of subdomain)"},
    {Remedy::full_chain, "nginx",
     "ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;   then: nginx -t && nginx -s reload"},
    {Remedy::full_chain, "Node", "cert: fs.readFileSync('fullchain.pem'), not cert.pem"},
    {Remedy::full_chain, "Caddy", "tls fullchain.pem key.pem, or no tls directive at all"},
    {Remedy::full_chain, "Cloudflare", "custom certificates: bundle method \"compatible\""},
    {Remedy::full_chain, "",
     "To see what is sent: openssl s_client -connect {host}:443 -servername {host} -showcerts </dev/null"},
    {Remedy::public_certificate, "",
     "A certificate of a public authority for {host} (certbot, lego, Caddy): ECDSA P-256 or RSA 2048 and "
     "more, SHA-256, the name as subject alternative name, for server authentication."},
    {Remedy::public_certificate, "Cloudflare", "an Origin CA certificate is good only behind a proxied record"},
    {Remedy::renew, "",
     "certbot renew --dry-run; systemctl status certbot.timer; and a deploy hook that reloads the server: a renewed "
     "file that nobody reloads is still the old certificate."},
    {Remedy::renew, "nginx", "nginx -t && nginx -s reload"},
    {Remedy::renew, "Node", "server.setSecureContext({key, cert})"},
    {Remedy::stapling, "nginx",
     "ssl_stapling on; ssl_stapling_verify on; resolver ...;   only if the certificate has an OCSP address, else "
     "remove it"},
    {Remedy::stapling, "", "Request the next certificate without must-staple."},
    {Remedy::echo, "",
     "Answer 200 with the value of hub.challenge and not a byte more when hub.mode is subscribe and hub.verify_token "
     "is "
     "the right one (compare in constant time); else 403."},
    {Remedy::echo, "Node",
     "res.status(200).type('text').send(String(req.query['hub.challenge']))   (PHP calls it hub_challenge)"},
    {Remedy::signature, "",
     "HMAC-SHA256 with the app secret over the raw body as it came, before any parser; compare with "
     "X-Hub-Signature-256 "
     "in constant time; refuse with 401 or 403. Proxies must not rewrite the body or drop the header."},
    {Remedy::signature, "Node",
     "express.json({verify: (req, res, buffer) => { req.raw = buffer }}) and crypto.timingSafeEqual on equal lengths"},
    {Remedy::redirect, "",
     "Register the URL that the redirect leads to, or exempt the webhook's path from redirects (http to https, www, "
     "slash, login)."},
    {Remedy::cdn, "Cloudflare",
     "525, 526: mend the origin's certificate, mode Full (strict). 521, 522: the origin's firewall must let Cloudflare "
     "in. "
     "524: answer first, work later. 403, 503 with a challenge page: a WAF skip rule for this path"},
    {Remedy::cdn, "nginx", "502, 504: the upstream is down or too slow; look at error.log"},
    {Remedy::answer_first, "",
     "Answer 200 at once and work from a queue; remember message ids for a day or more to drop repeats; answer 200 to "
     "types and fields that you do not know."},
    {Remedy::body_size, "nginx", "client_max_body_size 4m;"},
    {Remedy::body_size, "Node", "express.json({limit: '4mb'})   (its default is 100 kB)"},
};

// "nginx/1.22.1" is nginx. Express says nothing of itself in Server; its X-Powered-By is not looked at.
std::string_view known_server(std::string_view header) {
  for (const std::string_view name : {"nginx", "Caddy", "Cloudflare", "Node"}) {
    if (lower_case(header).find(lower_case(name)) != std::string::npos) return name;
  }
  return "";
}

std::string filled_in(std::string_view text, std::string_view host) {
  std::string result(text);
  for (std::size_t at = result.find("{host}"); at != std::string::npos; at = result.find("{host}", at + host.size()))
    result.replace(at, 6, host);
  return result;
}

}  // namespace

std::string remedy_text(Remedy remedy, std::string_view server, std::string_view host) {
  const std::string_view known = known_server(server);
  const bool has_its_own = std::any_of(std::begin(kLines), std::end(kLines), [&](const Line& line) {
    return line.remedy == remedy && !known.empty() && line.server == known;
  });
  std::string text;
  for (const Line& line : kLines) {
    if (line.remedy != remedy) continue;
    if (has_its_own && !line.server.empty() && line.server != known) continue;
    if (!text.empty()) text += '\n';
    if (!line.server.empty()) text += std::string(line.server) + ": ";
    text += filled_in(line.text, host);
  }
  return text;
}

}  // namespace hookdrill
