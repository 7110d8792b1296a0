"""Certificates of the integration tests: chains of a laboratory root, good ones and bad ones. Names end in .test."""

import atexit
import dataclasses
import datetime
import functools
import pathlib
import shutil
import subprocess
import tempfile

HOST = "hooks.example.test"


@dataclasses.dataclass(frozen=True)
class Certificate:
    key: pathlib.Path
    leaf: pathlib.Path  # only itself
    chain: pathlib.Path  # itself and its intermediate: what a server should send


class Pki:
    """Root → intermediate → leaf on P-256, made with the openssl command line; names end in .test."""

    CONFIG = """
[ca]
default_ca = ca
[ca]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = dn
[dn]
"""
    CA = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
    LEAF = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "index.txt").touch()
        (self.folder / "serial").write_text("1000\n")
        (self.folder / "ca.cnf").write_text(self.CONFIG.format(folder=self.folder))
        self.root = self.issue("root", "Laboratory Root", self.CA, None, -1, 3650)
        self.intermediate = self.issue("int", "Laboratory Intermediate", self.CA, "root", -1, 1095)

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise AssertionError(f"openssl {' '.join(map(str, arguments))}:\n{done.stderr}")

    def issue(self, name, common_name, extensions, issuer, first_day, last_day, *, key="ec", digest="sha256"):
        """Makes NAME.key and NAME.crt, valid from and to so many days from now; issuer None = itself. `key`: "ec" (P-256),
        "ec:P-384", "rsa:2048", "ed25519", or the path of one that is there already."""
        path = lambda suffix: self.folder / f"{name}.{suffix}"
        path("ext").write_text(extensions)
        if isinstance(key, pathlib.Path):
            shutil.copy(key, path("key"))
            kind = ["-key", path("key")]
        else:
            curve = key.removeprefix("ec").removeprefix(":") or "P-256"
            new = ["ec", "-pkeyopt", f"ec_paramgen_curve:{curve}"] if key.startswith("ec") else [key]
            kind = ["-newkey", *new, "-nodes", "-keyout", path("key")]
        self._openssl("req", "-new", *kind, "-config", self.folder / "ca.cnf", "-subj", f"/CN={common_name}", "-out",
                      path("csr"))
        now = datetime.datetime.now(datetime.timezone.utc)
        date = lambda days: (now + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")
        signer = (["-selfsign", "-keyfile", path("key")] if issuer is None else
                  ["-keyfile", self.folder / f"{issuer}.key", "-cert", self.folder / f"{issuer}.crt"])
        self._openssl("ca", "-batch", "-notext", "-md", digest, "-config", self.folder / "ca.cnf", *signer, "-in", path("csr"), "-out",
                      path("crt"), "-extfile", path("ext"), "-startdate", date(first_day), "-enddate", date(last_day))
        return path("crt")

    @functools.cache
    def certificate(self, host=HOST, *, names=None, first_day=-1, last_day=90, issuer="int", self_signed=False,
                    key="ec"):
        """A leaf for `names` (default: the host), by the intermediate, by another issuer, or by itself. `key`: see issue()."""
        name = f"leaf-{len(list(self.folder.glob('leaf-*.crt')))}"
        sans = ",".join(f"DNS:{each}" for each in (names or (host,)))
        extensions = f"{self.LEAF}subjectAltName={sans}\n"
        leaf = self.issue(name, host, extensions, None if self_signed else issuer, first_day, last_day,
                           key=key)
        chain = self.folder / f"{name}.chain.crt"
        above = "" if self_signed else (self.folder / f"{issuer}.crt").read_text()
        chain.write_text(leaf.read_text() + above)
        return Certificate(self.folder / f"{name}.key", leaf, chain)

    @functools.cache
    def private(self):
        """A leaf of a private authority that nobody trusts, with its intermediate."""
        self.issue("privroot", "Acme Corp Private Root", self.CA, None, -1, 3650)
        self.issue("privint", "Acme Corp Private Intermediate", self.CA, "privroot", -1, 1095)
        return self.certificate(issuer="privint")


@functools.cache
def pki():
    """One set of certificates for all tests of this process."""
    folder = tempfile.mkdtemp(prefix="hookdrill-pki-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Pki(folder)
