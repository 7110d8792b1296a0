"""`hookdrill receive` with curl as the client: what each fault looks like from outside, and what the ledger says after it."""
# ctest: sanitize

import hashlib
import hmac
import json
import os
import signal
import socket
import ssl
import subprocess
import unittest

import lab


def message(number):
    return json.dumps({"entry": [{"changes": [{"value": {"messages": [{"id": f"wamid.{number}"}]}}]}]})


def status(number, state, timestamp="1700000000"):
    update = {"id": f"wamid.{number}", "status": state, "timestamp": timestamp}
    return json.dumps({"entry": [{"changes": [{"value": {"statuses": [update]}}]}]})


def signature(body):
    return "sha256=" + hmac.new(lab.APP_SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()


class Receive(lab.ReferenceReceiver):
    """The receiver, and curl as its client."""

    def __init__(self, test, *options, host=lab.HOST, tls=True):
        super().__init__(test, *options, host=host, tls=tls)
        self.host, self.tls = host, tls

    def curl(self, *arguments, target="/webhook", trust=None):
        """(exit code, HTTP status, body) of one request by curl."""
        scheme = "https" if self.tls else "http"
        done = subprocess.run(
            ["curl", "-sS", "--max-time", "10", "--http1.1", "--cacert", str(trust or self.root),
             "--connect-to", f"::127.0.0.1:{self.port}", "-w", "\n%{http_code}", *arguments,
             f"{scheme}://{self.host}:{self.port}{target}"], capture_output=True, text=True, timeout=30)
        body, _, code = done.stdout.rpartition("\n")
        return done.returncode, int(code), body

    def post(self, body, *arguments):
        return self.curl("-H", f"X-Hub-Signature-256: {signature(body)}", "--data-binary", body, *arguments)

    def challenge(self, token):
        return self.curl("-G", "-d", "hub.mode=subscribe", "-d", "hub.challenge=1158201444", "--data-urlencode",
                         f"hub.verify_token={token}")


class Requests(unittest.TestCase):
    def test_the_challenge_is_echoed_for_the_right_token_only(self):
        receiver = Receive(self)
        self.assertEqual(receiver.challenge(lab.VERIFY_TOKEN), (0, 200, "1158201444"))
        self.assertEqual(receiver.challenge("wrong")[:2], (0, 403))
        summary = receiver.end()
        self.assertEqual((summary["challenges"], summary["refused_challenges"]), (1, 1))

    def test_only_a_good_signature_is_accepted(self):
        receiver = Receive(self)
        body = message(1)
        self.assertEqual(receiver.post(body), (0, 200, "EVENT_RECEIVED"))
        self.assertEqual(receiver.curl("--data-binary", body)[:2], (0, 401))
        self.assertEqual(receiver.curl("-H", f"X-Hub-Signature-256: {signature(body + ' ')}", "--data-binary", body)[:2],
                         (0, 401))
        summary = receiver.end()
        self.assertEqual((summary["received"], summary["accepted"], summary["refused"]), (1, 1, 2))

    def test_duplicates_are_counted_by_message_and_by_status(self):
        receiver = Receive(self)
        for body in (message(1), message(1), message(2), status(2, "sent"), status(2, "read"), status(2, "read")):
            self.assertEqual(receiver.post(body)[1], 200)
        summary = receiver.end()
        self.assertEqual((summary["received"], summary["accepted"], summary["duplicates"]), (6, 4, 2))
        self.assertEqual(
            [(row["id"], row.get("status"), row["arrivals"], row["accepted"]) for row in receiver.ledger()],
            [("wamid.1", None, 2, True), ("wamid.2", None, 1, True), ("wamid.2", "read", 2, True),
             ("wamid.2", "sent", 1, True)])

    def test_what_was_answered_503_is_no_duplicate_when_it_comes_again(self):
        receiver = Receive(self, "--status", "503=100")
        for _ in range(3):
            self.assertEqual(receiver.post(message(1))[:2], (0, 503))
        summary = receiver.end()
        self.assertEqual((summary["arrivals"], summary["accepted"], summary["duplicates"]), (3, 0, 0))
        self.assertEqual(summary["answers"], {"503": 3})

    def test_statuses_come_by_their_shares_and_the_ledger_knows_which(self):
        receiver = Receive(self, "--status", "503=30%", "--seed", "5", tls=False)
        seen = [receiver.post(message(number))[1] for number in range(40)]
        self.assertEqual(set(seen), {200, 503})
        receiver.end()
        accepted = {row["id"]: row["accepted"] for row in receiver.ledger()}
        self.assertEqual([accepted[f"wamid.{number}"] for number in range(40)], [code == 200 for code in seen])

    def test_how_long_answers_took_is_measured_by_the_receiver_too(self):
        receiver = Receive(self, "--delay", "40ms")
        receiver.challenge(lab.VERIFY_TOKEN)  # is answered at once, and is no delivery
        waits = [float(receiver.post(message(n), "-o", os.devnull, "-w", "%{time_total}\n%{http_code}")[2])
                 for n in range(3)]
        took = receiver.end()["time_to_answer"]
        self.assertEqual(took["count"], 3)
        self.assertGreaterEqual(took["min_ns"], 40e6)
        self.assertLessEqual(took["max_ns"], max(waits) * 1e9, "the client has waited for all of it")

    def test_a_connection_is_kept(self):
        receiver = Receive(self)
        body = message(1)
        url = f"https://{receiver.host}:{receiver.port}/"
        receiver.post(body, url, url, url)
        summary = receiver.end()
        self.assertEqual((summary["received"], summary["connections"]), (4, 1))

    def test_a_stopped_receiver_goes_on_where_it_was(self):
        receiver = Receive(self)
        receiver.process.signal(signal.SIGSTOP)
        body = message(1)
        client = subprocess.Popen(
            ["curl", "-sS", "--max-time", "20", "--cacert", receiver.root, "--connect-to", f"::127.0.0.1:{receiver.port}",
             "-H", f"X-Hub-Signature-256: {signature(body)}", "--data-binary", body,
             f"https://{receiver.host}:{receiver.port}/"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(client.kill)
        with self.assertRaises(subprocess.TimeoutExpired):
            client.wait(0.3)
        receiver.process.signal(signal.SIGCONT)
        self.assertEqual(client.communicate(timeout=20)[0], "EVENT_RECEIVED")


class BrokenAnswers(unittest.TestCase):
    """curl's exit code names the fault; the same in clear and over TLS, but for RST."""

    def test_close_is_an_empty_reply(self):
        for tls in (True, False):
            receiver = Receive(self, "--close", "100%", tls=tls)
            self.assertEqual(receiver.post(message(1))[:2], (52, 0))
            self.assertEqual(receiver.challenge(lab.VERIFY_TOKEN)[:2], (0, 200))
            self.assertEqual(receiver.end()["closed"], 1)

    def test_half_is_a_partial_transfer(self):
        for tls in (True, False):
            receiver = Receive(self, "--half", "100%", tls=tls)
            self.assertEqual(receiver.post(message(1)), (18, 200, "EVENT_R"))
            self.assertEqual(receiver.end()["half"], 1)

    def test_reset_is_a_receive_error(self):
        for tls in (True, False):
            receiver = Receive(self, "--reset", "100%", tls=tls)
            self.assertEqual(receiver.post(message(1))[:2], (56, 0))
            self.assertEqual(receiver.end()["reset"], 1)

    def test_garbage_on_the_tls_port_ends_that_connection_only(self):
        receiver = Receive(self)
        for garbage in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x02\x00" + bytes(512), os.urandom(2000)):
            with socket.create_connection(("127.0.0.1", receiver.port), timeout=10) as connection:
                connection.sendall(garbage)
                while True:
                    try:
                        if not connection.recv(4096):
                            break
                    except ConnectionResetError:
                        break
        self.assertEqual(receiver.post(message(1))[:2], (0, 200))
        self.assertEqual(receiver.end()["handshakes_failed"], 3)


class LostConnections(unittest.TestCase):
    """What each law looks like to curl, in clear and over TLS."""

    def curl_exit(self, drop, tls=True, seconds=10):
        receiver = Receive(self, "--drop", drop, tls=tls)
        return receiver.curl("--max-time", str(seconds))[0]

    def test_silent_syns_time_out(self):
        receiver = Receive(self, "--drop", "100%", tls=False)
        self.assertEqual(receiver.curl("--connect-timeout", "0.3")[0], 28)
        self.assertGreaterEqual(receiver.end()["dropped"]["syn"], 1)

    def test_refused(self):
        self.assertEqual(self.curl_exit("{ of = \"refuse\" }"), 7)

    def test_reset_after_accept(self):
        # The RST may come while curl connects, while it writes, or while it reads.
        self.assertIn(self.curl_exit("{ of = \"reset\", share = 1 }"), (7, 35, 56))
        self.assertIn(self.curl_exit("{ of = \"reset\", share = 1 }", tls=False), (7, 55, 56))

    def test_silence_after_accept(self):
        for tls in (True, False):
            self.assertEqual(self.curl_exit("{ of = \"silence\", share = 1 }", tls=tls, seconds=0.5), 28)

    def test_closed_at_hello(self):
        self.assertEqual(self.curl_exit("{ of = \"hello\", share = 1 }"), 35)
        self.assertEqual(self.curl_exit("{ of = \"hello\", share = 1 }", tls=False), 52)

    def test_a_limit_per_source_loses_what_is_beyond_it(self):
        receiver = Receive(self, "--limit", "{ rate = \"1/h\", burst = 3 }", tls=False)
        ends = [receiver.curl()[0] for _ in range(8)]
        self.assertEqual(ends[:3], [0, 0, 0])
        self.assertTrue(set(ends[3:]) <= {7, 55, 56}, ends)
        self.assertEqual(receiver.end()["dropped"]["reset"], 5)


class Certificates(unittest.TestCase):
    def verdict(self, certificate, **more):
        return Receive(self, "--certificate", certificate).curl(**more)[0]

    def test_good_is_trusted_by_its_root_alone(self):
        receiver = Receive(self)
        self.assertEqual(receiver.curl()[0], 0)
        self.assertEqual(receiver.curl(trust=lab.pki().root)[0], 60)

    def test_wrong_certificates_are_refused_by_curl(self):
        for certificate in ("leaf_only", "leaf_only_no_aia", "self_signed", "private_ca", "expired", "not_yet_valid",
                            "wrong_host"):
            with self.subTest(certificate=certificate):
                self.assertEqual(self.verdict(certificate), 60)

    def test_a_common_name_without_san_is_no_name_for_a_strict_client(self):
        receiver = Receive(self, "--certificate", "no_san")
        self.assertIn(receiver.curl()[0], (0, 60))  # curl 7.88 falls back to the common name, as OpenSSL does by itself
        context = ssl.create_default_context(cafile=str(receiver.root))
        context.hostname_checks_common_name = False
        with socket.create_connection(("127.0.0.1", receiver.port), timeout=10) as connection:
            with self.assertRaisesRegex(ssl.SSLCertVerificationError, "[Hh]ostname mismatch"):
                context.wrap_socket(connection, server_hostname=lab.HOST)

    def test_the_aia_address_of_a_lone_leaf_gives_what_completes_it(self):
        receiver = Receive(self, "--certificate", "leaf_only")
        fetched = subprocess.run(["curl", "-sS", "--max-time", "10", f"http://127.0.0.1:{receiver.port}/intermediate.der"],
                                 capture_output=True, check=True, timeout=20).stdout
        both = receiver.folder / "both.pem"
        both.write_text(receiver.root.read_text() + ssl.DER_cert_to_PEM_cert(fetched))
        self.assertEqual(receiver.curl(trust=both)[0], 0)

    def test_http_1_1_and_tls_1_3_are_negotiated_and_a_session_can_be_resumed(self):
        receiver = Receive(self)
        context = ssl.create_default_context(cafile=str(receiver.root))
        context.set_alpn_protocols(["h2", "http/1.1"])
        session = None
        for reused in (False, True):
            with socket.create_connection(("127.0.0.1", receiver.port), timeout=10) as connection:
                with context.wrap_socket(connection, server_hostname=lab.HOST, session=session) as tls:
                    tls.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    self.assertTrue(tls.recv(4096).startswith(b"HTTP/1.1 403"))
                    self.assertEqual((tls.selected_alpn_protocol(), tls.version(), tls.session_reused),
                                     ("http/1.1", "TLSv1.3", reused))
                    session = tls.session


class Mistakes(unittest.TestCase):
    def told(self, *arguments, env=None):
        run = lab.hookdrill(self, "receive", *arguments, env=env, seconds=20)
        self.assertEqual((run.exit, run.stdout), (2, ""), run.said())
        return run.stderr

    def test_a_missing_secret_is_named(self):
        self.assertIn("VERIFY_TOKEN is not set", self.told(env={"VERIFY_TOKEN": ""}))
        self.assertIn("SECRET_7 is not set", self.told("--app-secret-env", "SECRET_7"))

    def test_wrong_values_are_told_in_the_words_of_the_option(self):
        self.assertIn('--certificate: "leafonly"', self.told("--certificate", "leafonly"))
        self.assertIn('did you mean "leaf_only"', self.told("--certificate", "leafonly"))
        self.assertIn("--delay: ", self.told("--delay", "5"))
        self.assertIn("--status: ", self.told("--status", "503"))
        self.assertIn("more than 100 %", self.told("--status", "503=60", "--status", "500=60"))
        self.assertIn("exceed 1", self.told("--close", "60%", "--half", "60%"))

    def test_a_taken_port_is_told(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.assertIn(f"cannot listen on {address}: Address already in use", self.told("--listen", address))

    def test_no_output_shows_a_secret(self):
        receiver = Receive(self, tls=False)
        receiver.post(message(1))
        receiver.challenge(lab.VERIFY_TOKEN)
        receiver.end()
        for secret in lab.SECRETS.values():
            self.assertNotIn(secret, receiver.process.output())


if __name__ == "__main__":
    unittest.main()
