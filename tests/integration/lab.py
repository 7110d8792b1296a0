"""The laboratory of the integration tests: free ports, certificates, servers good and broken, the program, and curl.

Standard library only. Everything listens on loopback, and everything that a test starts ends with the test: processes by
the cleanup of the TestCase that is handed to their constructor, and by the kernel when the test itself is killed.
"""

import contextlib
import ctypes
import dataclasses
import functools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

from certificates import HOST, Certificate, Pki, pki  # noqa: F401, part of what tests take from here

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAM = os.environ.get("HOOKDRILL", str(ROOT / "build" / "dev" / "hookdrill"))

APP_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
VERIFY_TOKEN = "token-of-the-laboratory"
SECRETS = {"APP_SECRET": APP_SECRET, "VERIFY_TOKEN": VERIFY_TOKEN}

START_SECONDS = 20  # how long a server may take to listen


def scratch(test, prefix="hookdrill-"):
    """A directory that goes with the test."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
    test.addCleanup(shutil.rmtree, folder, ignore_errors=True)
    return folder


def wait_for(condition, what, seconds=START_SECONDS):
    """Polls until condition() is true and returns its value; fails with `what` when it stays false."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.01)
    return value


# --- ports and processes


def free_port():
    """A free TCP port of 127.0.0.1, below the range that the kernel gives to outgoing connections."""
    for port in random.sample(range(15000, 32000), 200):
        with socket.socket() as probe:
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise AssertionError("no free port")


def listening(port, address="127.0.0.1"):
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def tool(name):
    """The path of a program; a user's PATH may lack the folders where servers live."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if path is None:
        raise AssertionError(f"{name} is not installed: run scripts/install-packages.sh test")
    return path


class Process:
    """A child process that never outlives the test. Its output goes to a file: `output()`."""

    def __init__(self, test, argv, *, env=None, cwd=None):
        self.argv = [str(word) for word in argv]
        self._log = scratch(test) / "output"
        with open(self._log, "wb") as log:
            self.popen = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=cwd,
                env={**os.environ, **(env or {})}, start_new_session=True, preexec_fn=die_with_parent)
        test.addCleanup(self.stop)

    def output(self):
        return self._log.read_text(errors="replace")

    def signal(self, number):
        os.killpg(self.popen.pid, number)

    def stop(self):
        """Ends the process and its children; does nothing the second time. Returns the exit code."""
        if self.popen.poll() is None:
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGTERM)
            try:
                self.popen.wait(5)
            except subprocess.TimeoutExpired:
                pass
        with contextlib.suppress(ProcessLookupError, PermissionError):
            self.signal(signal.SIGKILL)
        return self.popen.wait(5)

    def wait_until(self, condition, what, seconds=START_SECONDS):
        """wait_for(), but fails at once when the process ends."""

        def ready():
            if self.popen.poll() is not None:
                raise AssertionError(f"{self.argv[0]} ended with {self.popen.returncode}:\n{self.output()}")
            return condition()

        return wait_for(ready, what, seconds)

    def wait_for_port(self, port):
        self.wait_until(lambda: listening(port), f"{self.argv[0]} listens on {port}")


class Namespace:
    """A network namespace with nothing but loopback, where a test may add addresses, routes and mounts without touching the
    machine's. `prefix` goes before a command line to run it in there."""

    def __init__(self, test, *commands):
        holder = Process(test, ["unshare", "--user", "--map-root-user", "--net", "--mount", "sleep", "600"])
        self.prefix = ["nsenter", "--preserve-credentials", "--user", "--net", "--mount", f"--target={holder.popen.pid}"]

        def entered():
            if holder.popen.poll() is not None:
                test.skipTest(f"this machine lets nobody make a network namespace: {holder.output().strip()}")
            # Only when unshare has become sleep is everything in place, the map of users included.
            return pathlib.Path(f"/proc/{holder.popen.pid}/comm").read_text() == "sleep\n"

        wait_for(entered, "a network namespace")
        for command in ("ip link set lo up", *commands):
            subprocess.run([*self.prefix, *command.split()], check=True, capture_output=True, timeout=10)


def with_name_server(test, *answers, timeout=1, attempts=1):
    """The prefix of a namespace in which a name server of the test's own gives these answers (see name_server.py), and
    whose resolver asks it so often, for so many seconds each time."""
    config = scratch(test) / "resolv.conf"
    config.write_text(f"nameserver 127.0.0.1\noptions timeout:{timeout} attempts:{attempts}\n")
    space = Namespace(test, f"mount --bind {config} /etc/resolv.conf")
    server = Process(test, [*space.prefix, sys.executable, "-B", HERE / "name_server.py", *answers])
    server.wait_until(lambda: "ready" in server.output(), "the name server is ready")
    return space.prefix


# --- nginx


def tls_server(port, certificate, name=HOST, *, address="127.0.0.1", leaf_only=False, default=False,
               body='return 200 "ok";', extra=""):
    """A server block over TLS."""
    return f"""
  server {{
    listen {address}:{port} ssl{' default_server' if default else ''};
    server_name {name};
    ssl_certificate {certificate.leaf if leaf_only else certificate.chain};
    ssl_certificate_key {certificate.key};
    {extra}
    location / {{ {body} }}
  }}"""


def forward_to(port):
    """The body of a location that hands everything to a server on loopback, over kept connections of `upstream`."""
    return (f"proxy_pass http://receiver_{port}; proxy_http_version 1.1; proxy_set_header Connection ''; "
            "proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;")


def upstream(port):
    """The upstream block that forward_to(port) needs."""
    return f"\n  upstream receiver_{port} {{ server 127.0.0.1:{port}; keepalive 64; }}"


class Nginx:
    """An nginx of its own for one test: own prefix, in the foreground, ended with the test."""

    def __init__(self, test, *http, workers=1, prefix=()):
        self.folder = scratch(test, "hookdrill-nginx-")
        config = self.folder / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        config.write_text(f"""{user}
daemon off;
worker_processes {workers};
worker_rlimit_nofile 16384;
pid {self.folder}/nginx.pid;
error_log {self.folder}/error.log info;
events {{ worker_connections 16384; }}
http {{
  log_format lab "$request_method $request_uri $status";
  access_log {self.folder}/access.log lab;
  client_body_temp_path {self.folder}/body;
  proxy_temp_path {self.folder}/proxy;
  fastcgi_temp_path {self.folder}/fastcgi;
  uwsgi_temp_path {self.folder}/uwsgi;
  scgi_temp_path {self.folder}/scgi;
  keepalive_requests 1000000;
  ssl_protocols TLSv1.2 TLSv1.3;
{''.join(http)}
}}
""")
        self.process = Process(test, [*prefix, tool("nginx"), "-p", self.folder, "-c", config,
                                      "-e", self.folder / "error.log"])
        # The pid file is written when the ports are open.
        self.process.wait_until((self.folder / "nginx.pid").exists, "nginx has started")

    def requests(self):
        """One line a request that ended: "POST /webhook 200"."""
        return (self.folder / "access.log").read_text(errors="replace").splitlines()


# --- servers that misbehave


class RawServer:
    """A TCP server on a free port of loopback; handle(connection) plays each connection in a thread of its own. With a
    certificate, the connection is handed over after the TLS handshake."""

    def __init__(self, test, handle, certificate=None, address="127.0.0.1"):
        self._handle = handle
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate.chain, certificate.key)
        self._listener = socket.create_server(
            (address, 0), backlog=128, family=socket.AF_INET6 if ":" in address else socket.AF_INET)
        self.port = self._listener.getsockname()[1]
        self._ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()
        test.addCleanup(self.stop)

    def stop(self):
        self._ended.set()
        self._listener.close()

    def _accept(self):
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._play, args=(connection,), daemon=True).start()

    def _play(self, connection):
        connection.settimeout(10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what was said is sent, also before a reset
        with contextlib.suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._handle(connection)


def reset(connection):
    """Closes with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def say_goodbye(connection):
    """Closes a TLS connection with close_notify, as a server should."""
    connection.unwrap().close()


def read_request(connection):
    """Reads one HTTP request, body included; b"" when the peer closed before."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0 and (more := connection.recv(65536)):
        data += more
        missing -= len(more)
    return data


def silent_port(test, address="127.0.0.1"):
    """A port whose accept queue is full: the kernel drops every further SYN."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family)
    test.addCleanup(listener.close)
    listener.bind((address, 0))
    listener.listen(0)
    for _ in range(3):
        filler = socket.socket(family)
        test.addCleanup(filler.close)
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
    return listener.getsockname()[1]


# --- the receivers of the integration guide, as a user would write them


@functools.cache
def python_with(module):
    """A Python that has `module`: the test's own, else the distribution's."""
    for python in dict.fromkeys((sys.executable, "/usr/bin/python3")):
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True, timeout=30).returncode == 0:
            return python
    raise AssertionError(f"no Python with {module}: run scripts/install-packages.sh test")


class Receiver:
    """The Flask or the Express receiver, or one on the library whatsapp-api-js or kapso, on a free port, plain HTTP. `stats()`
    is what it understood."""

    def __init__(self, test, kind, *, env=None, prefix=()):
        self.port = free_port()
        self._prefix = prefix
        folder = HERE / "receivers"
        argv = {"flask": lambda: [python_with("flask"), "-B", folder / "flask_receiver.py"],
                "express": lambda: [tool("node"), folder / "express" / "server.js"],
                }.get(kind, lambda: [tool("node"), folder / "libraries" / "server.mjs"])()
        self.process = Process(test, [*prefix, *argv],
                               env={**SECRETS, **(env or {}), "PORT": str(self.port), "LIBRARY": kind})
        self.process.wait_until(lambda: self._get("/stats").returncode == 0, f"the {kind} receiver answers")

    def _get(self, path):
        return subprocess.run([*self._prefix, "curl", "-sS", "--max-time", "10", f"http://127.0.0.1:{self.port}{path}"],
                              capture_output=True, timeout=20)

    def stats(self):
        return json.loads(self._get("/stats").stdout)


class ReferenceReceiver:
    """`hookdrill receive` on a free port. `end()` stops it and returns its summary; only then there is a ledger."""

    def __init__(self, test, *options, host=HOST, tls=False, listen="127.0.0.1:0", prefix=()):
        self.folder = scratch(test)
        self.root = self.folder / "root.pem"
        ready = self.folder / "port"
        self.process = Process(
            test, [*prefix, PROGRAM, "receive", "--listen", listen, "--host", host, "--root-out", self.root, "--ready-file",
                   ready, "--ledger", self.folder / "ledger", "--json", *(() if tls else ("--plain",)), *options],
            env=SECRETS)
        self.process.wait_until(ready.exists, "the receiver is ready")
        self.port = int(ready.read_text())

    def end(self):
        self.process.signal(signal.SIGTERM)
        self.process.popen.wait(20)
        return json.loads(self.process.output().splitlines()[-1])

    def ledger(self):
        return [json.loads(line) for line in (self.folder / "ledger").read_text().splitlines()]


# --- the program, and the oracle


@dataclasses.dataclass
class Run:
    exit: int
    stdout: str
    stderr: str
    out: pathlib.Path
    results: dict | None  # results.json, when there is one

    def path(self, name="direct"):
        return self.results["paths"][name]

    def outcomes(self, name="direct"):
        """{code: count} of a path."""
        return {code: row if isinstance(row, int) else row["count"]
                for code, row in self.path(name)["attempts"]["outcomes"].items()}

    def said(self):
        """Both streams, to show when an assertion fails."""
        return f"exit {self.exit}\n{self.stdout}\n{self.stderr}"


def hookdrill(test, *arguments, env=None, seconds=120, prefix=(), out=None):
    """Runs the program to its end. `run`, `simulate` and `compare` get an --out folder that goes with the test."""
    out = out or scratch(test) / "out"
    argv = [*prefix, PROGRAM, *map(str, arguments)]
    if arguments and arguments[0] in ("run", "simulate", "compare"):
        argv += ["--out", str(out)]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds,
                          env={**os.environ, **SECRETS, **(env or {})}, preexec_fn=die_with_parent)
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode(), out, results_of(out))


def results_of(out):
    file = pathlib.Path(out) / "results.json"
    return json.loads(file.read_text()) if file.exists() else None


def scenario(test, text):
    """Writes a scenario file and returns its path."""
    file = scratch(test) / "scenario.toml"
    file.write_text(text)
    return file


# The end of a scenario that asks for ten deliveries, and for no retries.
SHORT_LOAD = """
[[stage]]
rate = "20/s"
for = "500ms"
[retry]
schedule = "none"
[limits]
max_lateness = "60s"
"""


def endpoint_toml(port, *, host=HOST, scheme="https", trust=None, connect="127.0.0.1"):
    """The head of a scenario against a server on loopback; more tables may follow it. connect=None asks the DNS."""
    return f"""
schema = 1
name = "lab"
seed = 7
[endpoint]
url = "{scheme}://{host}:{port}/webhook"
app_secret = {{ env = "APP_SECRET" }}
verify_token = {{ env = "VERIFY_TOKEN" }}
[tls]
trust = "{trust or pki().root}"
[paths.direct]
{f'connect = "{connect}:{port}"' if connect else ""}
"""


def curl(url, *, port, trust=None, connect="127.0.0.1", seconds=10, prefix=()):
    """The oracle: the exit code of a POST by curl as strict as Meta's client, and what it said."""
    host, url_port = re.match(r"\w+://([^/:]+):(\d+)", url).groups()
    instead = ["--connect-to", f"{host}:{url_port}:{connect}:{port}"] if connect else []
    done = subprocess.run(
        [*prefix, "curl", "-sS", "-o", os.devnull, "--tlsv1.2", "--http1.1", "--cacert", str(trust or pki().root),
         *instead, "--max-time", str(seconds), "--data", "{}", url],
        capture_output=True, text=True, timeout=seconds + 20)
    return done.returncode, done.stderr.strip()
