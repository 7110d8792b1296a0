"""Under load, too, a delivery is made over every kind of key, key exchange and cipher that a strict client offers, and the
chain that was right for one host is wrong for another."""
# ctest: sanitize

import subprocess
import unittest

import lab

OTHER_HOST = "other.example.test"
# name: (key of the server, what its nginx is told, what is negotiated)
TLS12, TLS13 = "ssl_protocols TLSv1.2;", "ssl_protocols TLSv1.3;"
KINDS = {
    "p256": ("ec", TLS13, "TLSv1.3 "),
    "p384": ("ec:P-384", TLS13, "TLSv1.3 "),
    "rsa": ("rsa:2048", TLS13, "TLSv1.3 "),
    "rsa-pss": ("rsa-pss", TLS13, "TLSv1.3 "),
    "ed25519": ("ed25519", TLS13, "TLSv1.3 "),
    "x448": ("ec", TLS13 + "ssl_ecdh_curve X448;", "TLSv1.3 "),
    "p521": ("ec", TLS13 + "ssl_ecdh_curve P-521;", "TLSv1.3 "),
    "ecdsa12": ("ec", TLS12 + "ssl_ciphers ECDHE-ECDSA-AES256-GCM-SHA384;", "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384"),
    "cbc": ("rsa:2048", TLS12 + "ssl_ciphers ECDHE-RSA-AES128-SHA;", "TLSv1.2 ECDHE-RSA-AES128-SHA"),
    "cbc256": ("rsa:2048", TLS12 + "ssl_ciphers ECDHE-RSA-AES128-SHA256;", "TLSv1.2 ECDHE-RSA-AES128-SHA256"),
    "chacha": ("rsa:2048", TLS12 + "ssl_ciphers ECDHE-RSA-CHACHA20-POLY1305;", "TLSv1.2 ECDHE-RSA-CHACHA20-POLY1305"),
    "dhe": ("rsa:2048", TLS12 + "ssl_ciphers DHE-RSA-AES128-GCM-SHA256; ssl_dhparam {dh};", "TLSv1.2 DHE-RSA-AES128-GCM-SHA256"),
    "static-rsa": ("rsa:2048", TLS12 + "ssl_ciphers AES128-SHA;", "TLSv1.2 AES128-SHA"),
}


class TlsKinds(unittest.TestCase):
    def test_every_kind_of_key_exchange_and_cipher(self):
        dh = lab.scratch(self) / "dh.pem"
        subprocess.run(["openssl", "dhparam", "-dsaparam", "-out", dh, "2048"], check=True, capture_output=True, timeout=60)
        ports = {kind: lab.free_port() for kind in KINDS}
        lab.Nginx(self, *(lab.tls_server(ports[kind], lab.pki().certificate(key=key), extra=told.format(dh=dh))
                          for kind, (key, told, _) in KINDS.items()))
        run = lab.hookdrill(self, "run", lab.scenario(self, self.toml(ports)))
        self.assertIn(run.exit, (0, 3), run.said())
        for kind, (_, _, negotiated) in KINDS.items():
            with self.subTest(kind):
                self.assertEqual(run.outcomes(kind), {"ok": 10}, run.said())
                self.assertTrue(run.path(kind)["tls"].startswith(negotiated), run.path(kind)["tls"])

    def test_a_chain_that_is_right_for_one_host_is_wrong_for_another(self):
        port = lab.free_port()
        lab.Nginx(self, lab.tls_server(port, lab.pki().certificate(), default=True))
        run = lab.hookdrill(self, "run", lab.scenario(self, self.toml(
            {"right": port, "wrong": port, "again": port}, {"wrong": f'url = "https://{OTHER_HOST}:{port}/webhook"'})))
        self.assertEqual(run.exit, 1, run.said())
        self.assertEqual(run.outcomes("right"), {"ok": 10})
        self.assertEqual(set(run.outcomes("wrong")), {"tls.certificate"})
        self.assertEqual(run.outcomes("again"), {"ok": 10})

    def toml(self, ports, more={}):
        head = lab.endpoint_toml(443, connect=None).replace("[paths.direct]\n", "")
        paths = "".join(f'[paths.{name}]\nconnect = "127.0.0.1:{port}"\n{more.get(name, "")}\n'
                        for name, port in ports.items())
        return head + paths + lab.SHORT_LOAD


if __name__ == "__main__":
    unittest.main()
