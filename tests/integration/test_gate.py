"""A target that is not on loopback is loaded only when it has proved to be ours: the right token's challenge comes back, a
wrong token's does not. The addresses are those of a network namespace of the test's own."""

import re
import unittest

import lab

ADDRESS = "198.51.100.7"  # a documentation address: nobody's


class Gate(unittest.TestCase):
    def setUp(self):
        self.space = lab.Namespace(self, f"ip addr add {ADDRESS}/32 dev lo")

    def drill(self, *http, body, load=lab.SHORT_LOAD):
        port = lab.free_port()
        self.nginx = lab.Nginx(self, *http, lab.tls_server(port, lab.pki().certificate(), address=ADDRESS, body=body),
                               prefix=self.space.prefix)
        return lab.hookdrill(self, "run", lab.scenario(self, lab.endpoint_toml(port, connect=ADDRESS) + load),
                             prefix=self.space.prefix)

    def refused(self, run):
        self.assertEqual(run.exit, 4, run.said())
        self.assertIn("REFUSED", run.stdout + run.stderr)
        self.assertNotIn("POST", " ".join(self.nginx.requests()), "no delivery was sent")

    def test_a_server_that_does_not_echo_is_refused(self):
        self.refused(self.drill(body="return 404;"))
        self.assertEqual(len(self.nginx.requests()), 1, "nothing but one request was sent")

    def test_a_server_that_echoes_for_any_token_is_refused(self):
        challenge = r"map $args $challenge { ~hub\.challenge=(?<text>[^&]+) $text; }"
        self.refused(self.drill(challenge, body="return 200 $challenge;"))

    def test_a_server_that_answers_with_another_text_is_refused(self):
        self.refused(self.drill(body='return 200 "ok";'))

    def test_a_redirect_is_not_followed(self):
        self.refused(self.drill(body="return 301 https://$host:$server_port/elsewhere;"))
        self.assertEqual(len(self.nginx.requests()), 1)

    def served_by_flask(self, load):
        receiver = lab.Receiver(self, "flask", prefix=self.space.prefix)
        return self.drill(lab.upstream(receiver.port), body=lab.forward_to(receiver.port), load=load)

    def test_a_server_that_proves_it_is_ours_is_loaded(self):
        run = self.served_by_flask(lab.SHORT_LOAD)
        self.assertEqual(run.exit, 0, run.said())
        self.assertEqual(run.outcomes(), {"ok": 10})

    def test_the_rate_against_others_has_a_limit_that_the_scenario_must_raise(self):
        fast = lab.SHORT_LOAD.replace("20/s", "200/s")
        run = self.served_by_flask(fast)
        self.assertEqual(run.exit, 2, run.said())
        self.assertIn("max_rate", run.stderr)
        self.assertNotIn("POST", " ".join(self.nginx.requests()))

        run = self.served_by_flask(fast + "max_rate = \"200/s\"\n")
        self.assertEqual(run.exit, 0, run.said())
        self.assertEqual(run.outcomes(), {"ok": 100})


class LostVerification(unittest.TestCase):
    def test_a_verification_whose_connection_is_lost_is_tried_again(self):
        connections = []

        def handle(connection):
            connections.append(connection)
            if len(connections) <= 2:
                return lab.reset(connection)
            request = lab.read_request(connection).decode()
            challenge = re.search(r"hub\.challenge=(\d+)", request)
            right = f"hub.verify_token={lab.VERIFY_TOKEN}" in request
            body = challenge[1] if challenge and right else "ok" if not challenge else "no"
            status = "200 OK" if right or not challenge else "403 Forbidden"
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            connection.sendall((head + body).encode())

        server = lab.RawServer(self, handle)
        run = lab.hookdrill(self, "run", lab.scenario(self, lab.endpoint_toml(server.port, scheme="http") + lab.SHORT_LOAD))
        self.assertEqual(run.exit, 0, run.said())
        self.assertEqual([(finding["id"], finding["severity"]) for finding in run.results["findings"]],
                         [("challenge", "pass")])


if __name__ == "__main__":
    unittest.main()
