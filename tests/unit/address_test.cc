#include "plan/address.h"

#include "catch.h"
#include "plan/scenario_toml.h"

namespace hookdrill {

TEST_CASE("url: the request target keeps every byte") {
  const auto target = [](std::string_view url) { return parse_endpoint_url(url)->target; };
  CHECK(target("https://h.example/webhooks/whatsapp/%2B5511999999999") == "/webhooks/whatsapp/%2B5511999999999");
  CHECK(target("https://h.example/a+b%20c/%25?q=%2b+x&y=a/../b") == "/a+b%20c/%25?q=%2b+x&y=a/../b");
  CHECK(target("https://h.example/a/../b//c/./") == "/a/../b//c/./");
  CHECK(target("https://h.example") == "/");
  CHECK(target("https://h.example?x=1") == "/?x=1");
  CHECK(target("https://h.example/?") == "/?");
}

TEST_CASE("address: host and port are read as they are written") {
  for (const auto& [host, text] :
       {std::pair("hooks.example.com", "hooks.example.com:443"), std::pair("198.51.100.7", "198.51.100.7:443"),
        std::pair("2001:db8::1", "[2001:db8::1]:443")}) {
    CHECK(host_port_text(host, 443) == text);
    const std::optional<HostPort> read = parse_host_port(text);
    REQUIRE(read);
    CHECK(read->host == host);
    CHECK(read->port == 443);
  }
}

TEST_CASE("url: host and port") {
  const Endpoint a = *parse_endpoint_url("HTTPS://Hooks.Example.COM/x");
  CHECK(a.tls);
  CHECK(a.host == "hooks.example.com");
  CHECK(a.port == 443);
  CHECK(a.url == "HTTPS://Hooks.Example.COM/x");
  const Endpoint b = *parse_endpoint_url("http://[2001:DB8::1]:8080/");
  CHECK_FALSE(b.tls);
  CHECK(b.host == "2001:db8::1");
  CHECK(b.port == 8080);
  CHECK(parse_endpoint_url("http://127.0.0.1")->port == 80);
  CHECK(parse_endpoint_url("https://h.example:/")->port == 443);
}

TEST_CASE("url: what is wrong with it is told") {
  const auto why = [](std::string_view url) {
    const Result<Endpoint> endpoint = parse_endpoint_url(url);
    INFO(url);
    REQUIRE_FALSE(endpoint.has_value());
    return endpoint.error().message;
  };
  CHECK(why("hooks.example.com/webhook").find("begin with https://") != std::string::npos);
  CHECK(why("ftp://h/").find("begin with https://") != std::string::npos);
  CHECK(why("").find("begin with https://") != std::string::npos);
  CHECK(why("https://user:pass@h/").find("user name or a password") != std::string::npos);
  CHECK(why("https://h/#frag").find("fragment") != std::string::npos);
  CHECK(why("https:///webhook").find("names no host") != std::string::npos);
  CHECK(why("https://h/a b").find("percent-encoded") != std::string::npos);
  CHECK(why("https://h/caf\xc3\xa9").find("percent-encoded") != std::string::npos);
  CHECK(why("https://h:99999/").find("port") != std::string::npos);
  CHECK(why("https://h:0/").find("port") != std::string::npos);
  CHECK(why("https://b%C3%BCcher.example/").find("xn--") != std::string::npos);
  CHECK(why("https://[::1/").size() > 0);
}

TEST_CASE("address: what is certain to be this machine") {
  for (const char* host : {"localhost", "LocalHost", "localhost.", "a.localhost", "127.0.0.1", "127.9.9.9", "::1",
                           "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"}) {
    INFO(host);
    CHECK(is_loopback_host(host));
  }
  for (const char* host : {"", "localhost.example.com", "notlocalhost", "128.0.0.1", "127.0.0.1.example.com", "::2",
                           "0.0.0.0", "::ffff:10.0.0.1", "127.1"}) {
    INFO(host);
    CHECK_FALSE(is_loopback_host(host));
  }
}

TEST_CASE("address: host and port") {
  CHECK(parse_host_port("198.51.100.7:443")->port == 443);
  CHECK(parse_host_port("[2001:db8::7]:443")->host == "2001:db8::7");
  CHECK(parse_host_port("a-b.example:1")->host == "a-b.example");
  for (const char* text :
       {"", "a", "a:", ":1", "a:65536", "a:-1", "a:+1", "2001:db8::7:443", "[]:1", "[a]:1", "a b:1", "a:1 "}) {
    INFO(text);
    CHECK_FALSE(parse_host_port(text).has_value());
  }
}

TEST_CASE("address: ranges expand up to a limit") {
  std::vector<std::string> out;
  CHECK(expand_addresses("10.0.0.254-10.0.1.1", out).has_value());
  CHECK(out == std::vector<std::string>{"10.0.0.254", "10.0.0.255", "10.0.1.0", "10.0.1.1"});
  out.clear();
  CHECK(expand_addresses("10.0.0.0-10.0.255.255", out).has_value());
  CHECK(out.size() == kSourcesMax);
  CHECK_FALSE(expand_addresses("10.0.0.0", out).has_value());
  CHECK_FALSE(expand_addresses("10.1.0.0-10.1.0.0", out).has_value());
  out.clear();
  CHECK(expand_addresses("255.255.255.255-255.255.255.255", out).has_value());
  for (const char* text : {"", "x", "10.0.0.2-10.0.0.1", "10.0.0.1-", "0.0.0.0-255.255.255.255", "::1-::2"}) {
    INFO(text);
    CHECK_FALSE(expand_addresses(text, out).has_value());
  }
}

}  // namespace hookdrill
