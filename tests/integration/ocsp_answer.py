"""Writes a signed OCSP answer: CERTIFICATE ISSUER SIGNER SIGNER_KEY good|revoked FIRST_DAY LAST_DAY OUTPUT. `openssl ocsp` cannot
date one back."""

import datetime
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

certificate, issuer, signer, key, status, first, last, output = sys.argv[1:]
load = lambda file: x509.load_pem_x509_certificate(pathlib.Path(file).read_bytes())
now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
day = lambda number: now + datetime.timedelta(days=int(number))
revoked = status == "revoked"
answer = (
    ocsp.OCSPResponseBuilder()
    .add_response(
        cert=load(certificate), issuer=load(issuer), algorithm=hashes.SHA1(),
        cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
        this_update=day(first), next_update=day(last), revocation_time=day(-2) if revoked else None,
        revocation_reason=x509.ReasonFlags.key_compromise if revoked else None)
    .responder_id(ocsp.OCSPResponderEncoding.NAME, load(signer))
    .sign(serialization.load_pem_private_key(pathlib.Path(key).read_bytes(), None), hashes.SHA256()))
pathlib.Path(output).write_bytes(answer.public_bytes(serialization.Encoding.DER))
