"""Certificates and servers for the tests of `hookdrill check`: each way in which an endpoint's TLS can be wrong, made at test
time. `Certificates` holds one certificate for each fault; the functions below it start a server on one address of loopback and
return its port."""

import atexit
import functools
import hashlib
import hmac
import http.server
import json
import pathlib
import shutil
import subprocess
import tempfile
import threading
import urllib.parse

import lab

OTHER = ("www.other.test", "other.test")


class Issuers:
    """Where the certificates say that their issuers can be had (authority information access): DER over plain HTTP."""

    def __init__(self, folder):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=folder)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"


class Certificates(lab.Pki):
    """Each method gives a lab.Certificate: key, own certificate, and the chain as a server would send it."""

    def __init__(self, folder):
        super().__init__(folder)
        self.issuers = Issuers(folder)
        for issuer in ("root", "int"):
            self._publish(issuer)

    def _publish(self, issuer):
        self._openssl("x509", "-in", self.folder / f"{issuer}.crt", "-outform", "DER", "-out", self.folder / f"{issuer}.der")

    def _pem(self, *names):
        return "".join((self.folder / f"{name}.crt").read_text() for name in names)

    def _bundle(self, name, *chain):
        file = self.folder / f"{name}-{'-'.join(chain)}.pem"
        file.write_text(self._pem(name, *chain))
        return lab.Certificate(self.folder / f"{name}.key", self.folder / f"{name}.crt", file)

    def _authority(self, name, common_name, issuer, first=-1, last=1095, *, extensions="", key="ec", ca=None):
        if not (self.folder / f"{name}.crt").exists():
            self.issue(name, common_name, (self.CA if ca is None else ca) + extensions, issuer, first, last, key=key)
            self._publish(name)

    def leaf(self, name, *, names=(f"DNS:{lab.HOST}",), issuer="int", chain=None, aia="int", first=-1, last=90, usage=None,
             extensions="", key="ec", digest="sha256", common_name=lab.HOST):
        """A server's certificate, made once by its name; `chain`: what is sent behind it."""
        if not (self.folder / f"{name}.crt").exists():
            text = usage or self.LEAF
            if names:
                text += f"subjectAltName={','.join(names)}\n"
            if aia:
                text += f"authorityInfoAccess=caIssuers;URI:{self.issuers.url}/{aia}.der\n"
            self.issue(name, common_name, text + extensions, issuer, first, last, key=key, digest=digest)
        return self._bundle(name, *((issuer,) if chain is None else chain))

    def good(self, *chain):
        return self.leaf("good", chain=chain or None)

    def alone(self):
        return self._bundle("good") if (self.folder / "good.crt").exists() else (self.good(), self._bundle("good"))[1]

    def private(self, *, root_sent=False, direct=False, aia=None):
        self._authority("privroot", "Acme Corp Private Root", None)
        self._authority("privint", "Acme Corp Private Intermediate", "privroot")
        if direct:
            return self.leaf(f"direct{bool(aia)}", issuer="privroot", chain=(), aia=aia)
        return self.leaf("priv", issuer="privint", chain=("privint", "privroot") if root_sent else ("privint",), aia=aia)

    def expired_intermediate(self):
        self._authority("intexp", "Laboratory Expired Intermediate", "root", -100, -10)
        return self.leaf("under-intexp", issuer="intexp", aia=None)

    def _old_root(self):
        self._authority("oldroot", "Laboratory Old Root", None, -4000, -1)

    def dead_cross_sign(self):
        """The intermediate as an old root, long expired, once signed it."""
        self._old_root()
        self._authority("intx", "Laboratory Intermediate", "oldroot", key=self.folder / "int.key")
        return self.good("intx")

    def cross_signed_root(self):
        self._old_root()
        self._authority("rootx", "Laboratory Root", "oldroot", key=self.folder / "root.key")
        return self.good("int", "rootx")

    def name_constraints(self):
        self._authority("intnc", "Laboratory Constrained Intermediate", "root",
                        extensions="nameConstraints=critical,permitted;DNS:.other.test\n")
        return self.leaf("under-intnc", issuer="intnc", aia=None)

    def not_an_authority(self):
        self._authority("notca", "Laboratory No Authority", "root", ca="basicConstraints=critical,CA:FALSE\n")
        return self.leaf("under-notca", issuer="notca", aia=None)

    def wrong_signature(self):
        """The last byte of the signature is another one."""
        good = self.good()
        der = subprocess.run(["openssl", "x509", "-in", good.leaf, "-outform", "DER"], capture_output=True, check=True).stdout
        damaged = self.folder / "damaged.crt"
        pem = subprocess.run(["openssl", "x509", "-inform", "DER"], input=der[:-1] + bytes([der[-1] ^ 1]),
                             capture_output=True, check=True).stdout
        damaged.write_bytes(pem)
        shutil.copy(good.key, self.folder / "damaged.key")
        return self._bundle("damaged", "int")

    def ocsp(self, name, status="good", *, signer="int", first=-1, last=7):
        """An OCSP answer about the certificate NAME, DER, signed by one of the authorities, valid from and to so many days
        from now."""
        answer = self.folder / f"{name}-{status}-{signer}-{last}.der"
        file = lambda each, suffix: str(self.folder / f"{each}.{suffix}")
        subprocess.run([lab.python_with("cryptography"), "-B", lab.HERE / "ocsp_answer.py", file(name, "crt"), file("int", "crt"),
                        file(signer, "crt"), file(signer, "key"), status, str(first), str(last), str(answer)], check=True,
                       timeout=60)
        return answer


@functools.cache
def certificates():
    """One set for all tests of this process."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hookdrill-check-pki-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Certificates(folder)


# --- servers: each takes the test and the address, and returns the port


def bracketed(address):
    return f"[{address}]" if ":" in address else address


def free_port(address):
    with lab.socket.socket(lab.socket.AF_INET6 if ":" in address else lab.socket.AF_INET) as probe:
        for _ in range(200):
            port = lab.free_port()
            try:
                probe.bind((address, port))
                return port
            except OSError:
                continue
    raise AssertionError("no free port")


def nginx(certificate, name=lab.HOST, **settings):
    def start(test, address):
        port = free_port(address)
        lab.Nginx(test, lab.tls_server(port, certificate, name, address=bracketed(address), **settings))
        return port

    return start


def nginx_plain(test, address):
    """An nginx that nobody told to speak TLS."""
    port = free_port(address)
    lab.Nginx(test, f"server {{ listen {bracketed(address)}:{port}; return 200; }}")
    return port


def two_hosts(certificate, default):
    """The host, and another one that answers when no name is asked for."""

    def start(test, address):
        port = free_port(address)
        where = bracketed(address)
        lab.Nginx(test, lab.tls_server(port, default, OTHER[0], address=where, default=True),
                  lab.tls_server(port, certificate, lab.HOST, address=where))
        return port

    return start


def s_server(certificate, *options):
    """`openssl s_server`; certificate None = none."""

    def start(test, address):
        port = free_port(address)
        files = ["-nocert"] if certificate is None else ["-cert", certificate.leaf, "-key", certificate.key]
        if certificate is not None and certificate.chain.read_text() != certificate.leaf.read_text():
            chain = lab.scratch(test) / "above.pem"
            chain.write_text(certificate.chain.read_text().replace(certificate.leaf.read_text(), "", 1))
            files += ["-cert_chain", chain]
        process = lab.Process(test, ["openssl", "s_server", "-accept", f"{bracketed(address)}:{port}", "-www", "-quiet", *files,
                                     *options])
        process.wait_until(lambda: _listens(address, port), "s_server listens")
        return port

    return start


def _listens(address, port):
    with lab.socket.socket(lab.socket.AF_INET6 if ":" in address else lab.socket.AF_INET) as probe:
        return probe.connect_ex((address, port)) == 0


def raw(handle, certificate=None):
    return lambda test, address: lab.RawServer(test, handle, certificate, address).port


def node(script, certificate, **values):
    """A few lines of Node: `options` holds key and cert, `port` and `host` are where to listen."""

    def start(test, address):
        port = free_port(address)
        file = lab.scratch(test) / "server.js"
        file.write_text(f"""
const fs = require('fs');
const options = {{ key: fs.readFileSync('{certificate.key}'), cert: fs.readFileSync('{certificate.chain}') }};
const port = {port}, host = '{address}';
{script}
""")
        process = lab.Process(test, [lab.tool("node"), file])
        process.wait_until(lambda: _listens(address, port), "the Node server listens")
        return port

    return start


def pipe_to(address, port, *, delay=0.0, piece=1 << 16, pause=0.0):
    """Plays a connection by handing on what the server there says: after `delay`, in pieces with pauses."""

    def handle(connection):
        with lab.socket.socket(lab.socket.AF_INET6 if ":" in address else lab.socket.AF_INET) as server:
            server.connect((address, port))
            threading.Thread(target=_pump, args=(connection, server), daemon=True).start()
            lab.time.sleep(delay)
            while data := server.recv(65536):
                for begin in range(0, len(data), piece):
                    connection.sendall(data[begin:begin + piece])
                    lab.time.sleep(pause)

    return handle


def slow_proxy(behind, **slowness):
    return lambda test, address: lab.RawServer(test, pipe_to(address, behind(test, address), **slowness), None, address).port


def _pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass


# --- endpoints whose TLS is good and whose answers are not


class Endpoint:
    """A webhook over TLS (nginx in front, unless `nginx` is None) with one thing wrong. `challenge(text)` gives (status, headers,
    body) for a verification with the right token, `post(handler, body, right)` the same for a delivery."""

    def __init__(self, test, *, challenge=None, post=None, wrong_token=403, nginx=""):
        endpoint = self
        self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, headers=None, body=b""):
                body = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query))
                right = query.get("hub.mode") == "subscribe" and query.get("hub.verify_token") == lab.VERIFY_TOKEN
                text = query.get("hub.challenge", "")
                if right:
                    self.answer(*(challenge(text) if challenge else (200, {}, text)))
                else:
                    self.answer(wrong_token, {}, text if wrong_token == 200 else b"no")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                made = "sha256=" + hmac.new(lab.APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
                right = hmac.compare_digest(made, self.headers.get("X-Hub-Signature-256", ""))
                endpoint.seen.append((right, body))
                self.answer(*(post(self, body, right) if post else (200 if right else 401,)))

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.request_queue_size = 128
        server.socket.listen(128)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        test.addCleanup(server.server_close)
        test.addCleanup(server.shutdown)
        self.port = lab.free_port()
        lab.Nginx(test, lab.upstream(server.server_port), nginx if "limit_req_zone" in nginx else "",
                  lab.tls_server(self.port, certificates().good(), body=lab.forward_to(server.server_port) + (
                      "" if "limit_req_zone" not in nginx else "limit_req zone=one burst=3 nodelay;"),
                      extra="client_max_body_size 4m;" if not nginx or "limit_req_zone" in nginx else nginx))


def types_in(body):
    """The types of messages in a delivery."""
    return [message.get("type") for entry in json.loads(body).get("entry", []) for change in entry.get("changes", [])
            for message in change.get("value", {}).get("messages", [])]
