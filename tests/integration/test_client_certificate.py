"""Servers that ask for a client certificate: whom they ask for stands in the report, and the certificate that we show is the
one that Meta's subject and issuer call for."""

import re
import subprocess
import unittest

import lab

STAND_IN = "hookdrill stand-in for Meta outbound API CA 2025-12"


class ClientCertificate(unittest.TestCase):
    def setUp(self):
        self.folder = lab.scratch(self)
        self.said = subprocess.run([lab.PROGRAM, "client-certificate", "--out", str(self.folder)], check=True, timeout=60,
                                   capture_output=True, text=True).stdout

    def run_against_nginx(self, certificate=None):
        receiver = lab.Receiver(self, "flask")
        port = lab.free_port()
        ask = f"ssl_client_certificate {self.folder}/meta-ca.pem; ssl_verify_client on; ssl_verify_depth 3;\n"
        lab.Nginx(self, lab.upstream(receiver.port),
                  lab.tls_server(port, lab.pki().certificate(), body=lab.forward_to(receiver.port), extra=ask))
        scenario = lab.endpoint_toml(port) + lab.SHORT_LOAD
        if certificate:
            scenario = re.sub(r"(?m)^\[tls\]\n", f'[tls]\nclient_certificate = "{self.folder}/{certificate}"\n', scenario)
        return lab.hookdrill(self, "run", lab.scenario(self, scenario))

    def test_the_certificate_of_todays_issuer_is_taken(self):
        run = self.run_against_nginx("meta-client.pem")
        self.assertEqual(run.exit, 0, run.said())
        self.assertEqual(run.outcomes(), {"ok": 10})
        self.assertIn(f"the server asks for a client certificate of O = hookdrill receiver, CN = {STAND_IN} "
                      "and was shown ours", run.path()["tls"])

    def test_the_certificate_of_the_old_issuer_is_refused(self):
        run = self.run_against_nginx("digicert-client.pem")
        self.assertEqual(run.outcomes(), {"http.400": 10}, run.said())

    def test_without_a_certificate_the_report_says_that_one_is_asked_for(self):
        run = self.run_against_nginx()
        self.assertEqual(run.outcomes(), {"http.400": 10}, run.said())
        self.assertIn(f"CN = {STAND_IN} and was shown none", run.path()["tls"])

    def test_a_server_that_ends_the_handshake_is_told_apart(self):
        port = lab.free_port()
        pki = lab.pki().certificate()
        server = lab.Process(self, ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-www", "-Verify", "3",
                                    "-verify_return_error", "-CAfile", f"{self.folder}/meta-ca.pem", "-key", pki.key,
                                    "-cert", pki.leaf, "-cert_chain", pki.chain])
        server.wait_for_port(port)
        run = lab.hookdrill(self, "run", lab.scenario(self, lab.endpoint_toml(port) + lab.SHORT_LOAD))
        self.assertEqual(run.outcomes(), {"tls.alert": 10}, run.said())
        self.assertIn("and was shown none", " ".join(run.stdout.split()))

    def test_the_subject_is_metas_and_the_chain_holds(self):
        for issuer in ("meta", "digicert"):
            file = str(self.folder / f"{issuer}-client.pem")
            subject = subprocess.run(["openssl", "x509", "-in", file, "-noout", "-subject"], check=True, capture_output=True,
                                     text=True, timeout=20).stdout
            self.assertRegex(subject, "CN ?= ?client.webhooks.fbclientcerts.com")
            subprocess.run(["openssl", "verify", "-purpose", "sslclient", "-CAfile", f"{self.folder}/{issuer}-ca.pem",
                            "-untrusted", file, file], check=True, capture_output=True, timeout=20)
            self.assertEqual((self.folder / f"{issuer}-client.pem").stat().st_mode & 0o077, 0)

    def test_a_file_without_key_is_the_users_mistake(self):
        receiver = lab.free_port()
        scenario = lab.endpoint_toml(receiver) + lab.SHORT_LOAD
        scenario = re.sub(r"(?m)^\[tls\]\n", f'[tls]\nclient_certificate = "{self.folder}/meta-ca.pem"\n', scenario)
        run = lab.hookdrill(self, "run", lab.scenario(self, scenario))
        self.assertEqual(run.exit, 2, run.said())
        self.assertIn("meta-ca.pem: cannot be used as a client certificate", run.stderr)


if __name__ == "__main__":
    unittest.main()
