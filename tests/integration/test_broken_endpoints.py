"""Each way in which an endpoint can be broken has its own outcome, and curl, asked the same, ends with the same number.

curl is the oracle because Meta shows users curl's numbers: what hookdrill reports as curl_errno must be what they will see.
"""
# ctest: sanitize

import sys
import unittest

import lab

DELIVERIES = """
[deliveries]
connections = "fresh"
[[stage]]
rate = "20/s"
for = "250ms"
[retry]
schedule = "none"
attempt_timeout = "{timeout}"
[limits]
max_lateness = "60s"  # a busy machine must not change what an outcome is called
"""


class BrokenEndpoint(unittest.TestCase):
    def drill(self, port, *, scheme="https", timeout="2s", prefix=(), host=lab.HOST, connect="127.0.0.1"):
        file = lab.scenario(self, lab.endpoint_toml(port, scheme=scheme, host=host, connect=connect)
                            + DELIVERIES.format(timeout=timeout))
        return lab.hookdrill(self, "run", file, prefix=prefix)

    def expect(self, port, code, curl_errno, *, side="server", scheme="https", timeout="2s", says=(), **where):
        """Every attempt ends as `code`; curl's exit code against the same server is `curl_errno`, and so is ours."""
        host, connect = where.get("host", lab.HOST), where.get("connect", "127.0.0.1")
        seconds = float(timeout.removesuffix("ms")) / 1000 if timeout.endswith("ms") else float(timeout[:-1])
        oracle, message = lab.curl(f"{scheme}://{host}:{port}/webhook", port=port, connect=connect, seconds=seconds,
                                   prefix=where.get("prefix", ()))
        self.assertEqual(oracle, curl_errno, f"the server is not broken as planned: {message}")

        run = self.drill(port, scheme=scheme, timeout=timeout, **where)
        self.assertEqual(run.exit, 1, run.said())
        self.assertEqual(set(run.outcomes()), {code}, run.said())
        [cause] = run.path()["attempts"]["causes"]
        self.assertEqual((cause["code"], cause["side"], cause["curl_errno"]), (code, side, curl_errno))
        deliveries = run.path()["deliveries"]
        self.assertEqual(deliveries["planned"], 5)
        self.assertEqual((deliveries["delivered"], deliveries["expired"], deliveries["abandoned"]), (0, 5, 0))
        for words in says:
            self.assertIn(words, run.stdout + cause["detail"])
        return run


class BrokenCertificate(BrokenEndpoint):
    def serve(self, certificate, **settings):
        port = lab.free_port()
        lab.Nginx(self, lab.tls_server(port, certificate, **settings))
        return port

    def test_leaf_only_names_the_missing_intermediate(self):
        port = self.serve(lab.pki().certificate(), leaf_only=True)
        self.expect(port, "tls.certificate", 60, says=["Laboratory Intermediate", "missing"])

    def test_wrong_virtual_host_names_what_the_certificate_covers(self):
        port = lab.free_port()
        other = lab.pki().certificate("www.other.test", names=("www.other.test", "other.test"))
        lab.Nginx(self, lab.tls_server(port, other, "www.other.test", default=True),
                   lab.tls_server(port, lab.pki().certificate("shop.example.test"), "shop.example.test"))
        self.expect(port, "tls.certificate", 60, says=["www.other.test", "other.test"])

    def test_expired_says_when(self):
        self.expect(self.serve(lab.pki().certificate(first_day=-90, last_day=-2)), "tls.certificate", 60,
                    says=["expired"])

    def test_not_yet_valid(self):
        self.expect(self.serve(lab.pki().certificate(first_day=2, last_day=90)), "tls.certificate", 60)

    def test_self_signed(self):
        self.expect(self.serve(lab.pki().certificate(self_signed=True)), "tls.certificate", 60, says=["signed by itself"])

    def test_private_authority(self):
        self.expect(self.serve(lab.pki().private()), "tls.certificate", 60, says=["Acme Corp Private"])

    def test_another_name_on_the_right_virtual_host(self):
        self.expect(self.serve(lab.pki().certificate("api.example.test")), "tls.certificate", 60,
                    says=["api.example.test"])


class BrokenTls(BrokenEndpoint):
    def test_only_tls_1_1(self):
        port = lab.free_port()
        lab.Nginx(self, lab.tls_server(port, lab.pki().certificate(),
                                  extra="ssl_protocols TLSv1.1; ssl_ciphers DEFAULT@SECLEVEL=0;"))
        self.expect(port, "tls.alert", 35)

    def test_server_that_refuses_unknown_names(self):
        port = lab.free_port()
        lab.Nginx(self, lab.tls_server(port, lab.pki().certificate(), extra="ssl_reject_handshake on;"))
        self.expect(port, "tls.alert", 35)

    def test_plain_http_on_the_port(self):
        port = lab.free_port()
        lab.Nginx(self, f"server {{ listen 127.0.0.1:{port}; return 200; }}")
        self.expect(port, "tls.protocol", 35)

    def test_reset_after_hello(self):
        def handle(connection):
            connection.recv(1)
            lab.reset(connection)

        self.expect(lab.RawServer(self, handle).port, "tls.reset", 35, side="unknown")

    def test_closed_after_hello(self):
        self.expect(lab.RawServer(self, lambda connection: connection.recv(65536)).port, "tls.closed", 35,
                    side="unknown")

    def test_cut_inside_the_server_hello(self):
        def handle(connection):
            connection.recv(65536)
            connection.sendall(bytes.fromhex("160303007a02000076"))

        self.expect(lab.RawServer(self, handle).port, "tls.closed", 35, side="unknown")

    def test_accepts_and_stays_silent(self):
        self.expect(lab.RawServer(self, lambda connection: connection.recv(65536) and connection.recv(1)).port,
                    "tls.timeout", 28, side="unknown", timeout="400ms")


class BrokenName(BrokenEndpoint):
    def ask(self, *answers):
        return {"connect": None, "prefix": lab.with_name_server(self, *answers)}

    def test_a_name_that_goes_away(self):
        # The first look-up shows that the target is on loopback, so it needs no proof of ownership. curl comes after.
        run = self.drill(443, **self.ask("127.0.0.1", "nxdomain"))
        self.assertEqual(run.exit, 1, run.said())
        self.assertEqual(set(run.outcomes()), {"dns.not_found"})
        [cause] = run.path()["attempts"]["causes"]
        self.assertEqual((cause["side"], cause["curl_errno"]), ("server", 6))
        oracle, message = lab.curl(f"https://{lab.HOST}:443/webhook", port=443, **self.ask("nxdomain"))
        self.assertEqual(oracle, 6, message)

    def test_a_name_server_that_fails(self):
        run = self.drill(443, **self.ask("127.0.0.1", "servfail"))
        self.assertEqual(set(run.outcomes()), {"dns.timeout"}, run.said())
        [cause] = run.path()["attempts"]["causes"]
        self.assertEqual((cause["side"], cause["curl_errno"]), ("unknown", 6))
        oracle, message = lab.curl(f"https://{lab.HOST}:443/webhook", port=443, **self.ask("servfail"))
        self.assertEqual(oracle, 6, message)

    def test_a_name_that_never_existed_proves_nothing_and_is_refused(self):
        run = self.drill(443, **self.ask("nxdomain"))
        self.assertEqual(run.exit, 4, run.said())
        self.assertIn("dns.not_found", run.stderr)


class BrokenConnection(BrokenEndpoint):
    def test_nothing_listens(self):
        self.expect(lab.free_port(), "connect.refused", 7)

    def test_no_answer_to_syn(self):
        self.expect(lab.silent_port(self), "connect.timeout", 28, side="path", timeout="400ms")

    def test_unreachable(self):
        space = lab.Namespace(self, "ip route add unreachable 127.7.7.7/32 table local")
        self.expect(443, "connect.unreachable", 7, side="path", connect="127.7.7.7", prefix=space.prefix)


class BrokenAnswer(BrokenEndpoint):
    def answer(self, handle):
        """A server that plays `handle` after a good handshake and a whole request."""

        def play(connection):
            if lab.read_request(connection):
                handle(connection)

        return lab.RawServer(self, play, lab.pki().certificate()).port

    def test_closed_without_an_answer(self):
        self.expect(self.answer(lab.say_goodbye), "wait.closed", 52)

    def test_reset_without_an_answer(self):
        self.expect(self.answer(lab.reset), "wait.reset", 56, side="unknown")

    def test_no_answer_in_time(self):
        self.expect(self.answer(lambda connection: connection.recv(1)), "wait.timeout", 28, timeout="600ms")

    def test_half_an_answer(self):
        def handle(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            lab.say_goodbye(connection)

        self.expect(self.answer(handle), "read.closed", 18)

    def test_reset_in_the_middle_of_the_answer(self):
        def handle(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            lab.reset(connection)

        self.expect(self.answer(handle), "read.reset", 56, side="unknown")

    def test_an_answer_that_never_ends(self):
        def handle(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            connection.recv(1)

        self.expect(self.answer(handle), "read.timeout", 28, timeout="600ms")

    def test_an_answer_that_is_not_http(self):
        def handle(connection):
            connection.sendall(b"\x1b[31mSSH-2.0-OpenSSH_9.2\r\n\r\n")
            lab.say_goodbye(connection)

        run = self.expect(self.answer(handle), "read.malformed", 1)
        self.assertNotIn("\x1b[31m", run.stdout)

    def test_an_http_error_is_an_answer_and_no_drop(self):
        port = lab.free_port()
        lab.Nginx(self, lab.tls_server(port, lab.pki().certificate(), body="return 404;"))
        run = self.expect(port, "http.404", 0)
        self.assertEqual(run.path()["drop"]["dropped"], 0)


if __name__ == "__main__":
    unittest.main()
