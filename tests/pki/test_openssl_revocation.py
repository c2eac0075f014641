"""OpenSSL as OCSP responder, as maker of CRLs, and as judge of what our laboratory makes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hellodone.pki import pem
from hellodone.pki.answers import Question, RevocationAnswer
from hellodone.pki.certificates import Certificate
from hellodone.pki.crl import parse_crls
from hellodone.pki.crl_judge import judge_crl
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority, private_key_pem
from hellodone.pki.lookups import ocsp_query
from hellodone.pki.ocsp import OcspResponse
from hellodone.pki.ocsp_judge import judge_ocsp

DAY = timedelta(days=1)
NONCE = bytes(range(32))
CONFIG = """[ca]
default_ca = lab
[lab]
database = {folder}/index.txt
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
default_crl_days = 7
crl_extensions = extensions
crlnumber = {folder}/crlnumber
[extensions]
authorityKeyIdentifier = keyid
[point]
authorityKeyIdentifier = keyid
issuingDistributionPoint = critical, @idp
[idp]
fullname = URI:http://ca.example/ca.crl
"""


@dataclass
class Openssl:
    """OpenSSL in a folder where a laboratory's CA, two of its servers and its index of certificates lie."""

    program: str
    folder: Path
    ca: LabAuthority
    good: Identity
    revoked: Identity
    delegate: Identity
    now: datetime

    def run(self, *arguments: str) -> str:
        """What it printed; the test fails when it failed."""
        command = [self.program, *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def respond(self, about: Certificate, *options: str, delegated: bool = False, **query: Any) -> RevocationAnswer:
        """OpenSSL answers our request, and we judge the answer."""
        made = ocsp_query(about, self.ca.certificate, "http://ca.example/", **query)
        (self.folder / "request.der").write_bytes(made.body)
        who = "delegate" if delegated else "ca"
        signer = ("-rsigner", f"{who}.pem", "-rkey", f"{who}.key", "-CA", "ca.pem", "-index", "index.txt")
        span = () if "-nmin" in options else ("-ndays", "1")
        self.run("ocsp", *signer, "-reqin", "request.der", "-respout", "response.der", *span, *options)
        return self.judge((self.folder / "response.der").read_bytes(), about, made.nonce)

    def judge(self, response: bytes, about: Certificate, nonce: bytes | None = None) -> RevocationAnswer:
        question = Question(about, self.ca.certificate, datetime.now(UTC))
        return judge_ocsp(OcspResponse(response), question, nonce=nonce)


def row(certificate: Certificate, revoked: str = "") -> str:
    """A line of the index of ``openssl ca``."""
    end = f"{certificate.x509.not_valid_after_utc:%y%m%d%H%M%SZ}"
    serial = f"{certificate.x509.serial_number:X}"
    serial = serial if len(serial) % 2 == 0 else f"0{serial}"
    return f"{'R' if revoked else 'V'}\t{end}\t{revoked}\t{serial}\tunknown\t/CN={certificate.name}\n"


@pytest.fixture(scope="module", params=["ec", "rsa"])
def openssl(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, peer: Callable[[str], str]
) -> Openssl:
    folder, now = tmp_path_factory.mktemp("openssl"), datetime.now(UTC).replace(microsecond=0)
    ca = LabAuthority.create(request.param, at=now)
    good, revoked = ca.issue_server(("good.example",), "ec"), ca.issue_server(("revoked.example",), "ec")
    delegate = ca.ocsp_delegate()
    for name, identity in (("good", good), ("revoked", revoked), ("delegate", delegate)):
        (folder / f"{name}.pem").write_bytes(identity.chain_pem())
        (folder / f"{name}.key").write_bytes(private_key_pem(identity))
    key = ca.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ca.key").write_bytes(key)
    (folder / "ca.pem").write_bytes(ca.pem)
    (folder / "ca.cnf").write_text(CONFIG.format(folder=folder))
    (folder / "crlnumber").write_text("01\n")
    since = f"{now - DAY:%y%m%d%H%M%SZ},keyCompromise"
    (folder / "index.txt").write_text(row(good.leaf) + row(revoked.leaf, since))
    return Openssl(peer("openssl"), folder, ca, good, revoked, delegate, now)


# --- its responder


@pytest.mark.parametrize("delegated", [False, True])
@pytest.mark.parametrize("options", [(), ("-resp_key_id",)])
def test_its_responder_says_good(openssl: Openssl, delegated: bool, options: tuple[str, ...]) -> None:
    answer = openssl.respond(openssl.good.leaf, *options, delegated=delegated)
    assert (answer.status, answer.reason) == ("good", "")
    assert ("delegated" in answer.responder) is delegated


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
def test_its_responder_says_revoked(openssl: Openssl, hash_name: str) -> None:
    answer = openssl.respond(openssl.revoked.leaf, hash_name=hash_name)
    assert (answer.status, answer.reason, answer.revoked_at) == ("revoked", "keyCompromise", openssl.now - DAY)


def test_its_responder_says_unknown(openssl: Openssl) -> None:
    other = openssl.ca.issue_server(key="ec").leaf
    assert openssl.respond(other).status == "unknown"


def test_its_responder_repeats_our_nonce(openssl: Openssl) -> None:
    answer = openssl.respond(openssl.good.leaf, nonce=NONCE)
    assert "its nonce is ours" in answer.checks[-1].claim
    response = (openssl.folder / "response.der").read_bytes()
    assert "another nonce" in openssl.judge(response, openssl.good.leaf, bytes(32)).reason


def test_its_responder_without_certificates_and_without_an_end(openssl: Openssl) -> None:
    answer = openssl.respond(openssl.good.leaf, "-resp_no_certs", delegated=True)
    assert "brings no certificate" in answer.reason
    assert openssl.respond(openssl.good.leaf, "-resp_no_certs").status == "good"


def test_its_responder_with_sha1(openssl: Openssl) -> None:
    assert "too weak" in openssl.respond(openssl.good.leaf, "-rmd", "sha1").reason


def test_its_responder_that_may_not(openssl: Openssl) -> None:
    made = ocsp_query(openssl.good.leaf, openssl.ca.certificate, "http://ca.example/")
    (openssl.folder / "request.der").write_bytes(made.body)
    signer = ("-rsigner", "good.pem", "-rkey", "good.key", "-CA", "ca.pem", "-index", "index.txt", "-ndays", "1")
    openssl.run("ocsp", *signer, "-reqin", "request.der", "-respout", "response.der")
    answer = openssl.judge((openssl.folder / "response.der").read_bytes(), openssl.good.leaf)
    assert "OCSPSigning expected" in answer.reason


def test_its_answer_about_several_certificates(openssl: Openssl) -> None:
    pair = ("-issuer", "ca.pem", "-cert", "good.pem", "-cert", "revoked.pem", "-no_nonce")
    openssl.run("ocsp", *pair, "-reqout", "two.der")
    signer = ("-rsigner", "ca.pem", "-rkey", "ca.key", "-CA", "ca.pem", "-index", "index.txt", "-nmin", "5")
    openssl.run("ocsp", *signer, "-reqin", "two.der", "-respout", "two-response.der")
    response = (openssl.folder / "two-response.der").read_bytes()
    assert openssl.judge(response, openssl.good.leaf).status == "good"
    assert openssl.judge(response, openssl.revoked.leaf).status == "revoked"


# --- its CRLs


@pytest.mark.parametrize("outform", ["PEM", "DER"])
def test_its_crl(openssl: Openssl, outform: str) -> None:
    openssl.run("ca", "-config", "ca.cnf", "-gencrl", "-out", "made.pem")
    openssl.run("crl", "-in", "made.pem", "-outform", outform, "-out", "made.crl")
    (crl,) = parse_crls((openssl.folder / "made.crl").read_bytes())
    found = {}
    for name, identity in (("good", openssl.good), ("revoked", openssl.revoked)):
        found[name] = judge_crl(crl, Question(identity.leaf, openssl.ca.certificate, datetime.now(UTC)))
    assert found["good"].status == "good"
    assert (found["revoked"].status, found["revoked"].reason) == ("revoked", "keyCompromise")
    assert found["revoked"].revoked_at == openssl.now - DAY


def test_its_crl_of_another_distribution_point(openssl: Openssl) -> None:
    openssl.run("ca", "-config", "ca.cnf", "-gencrl", "-crlexts", "point", "-out", "point.pem")
    (crl,) = parse_crls((openssl.folder / "point.pem").read_bytes())
    answer = judge_crl(crl, Question(openssl.good.leaf, openssl.ca.certificate, datetime.now(UTC)))
    assert "http://ca.example/ca.crl" in answer.reason


def test_its_crl_that_ran_out(openssl: Openssl) -> None:
    past = ("-crl_lastupdate", "20260101000000Z", "-crl_nextupdate", "20260102000000Z")
    openssl.run("ca", "-config", "ca.cnf", "-gencrl", *past, "-out", "old.pem")
    (crl,) = parse_crls((openssl.folder / "old.pem").read_bytes())
    answer = judge_crl(crl, Question(openssl.good.leaf, openssl.ca.certificate, datetime.now(UTC)))
    assert "next update 2026-01-02 00:00:00Z" in answer.reason


# --- what we make


@pytest.mark.parametrize("options", [{}, {"by_name": True}, {"hash_name": "sha256"}, {"delegated": True}])
@pytest.mark.parametrize("status", ["good", "unknown"])
def test_it_believes_our_responses(openssl: Openssl, status: str, options: dict[str, Any]) -> None:
    changes = {**options, "delegated": openssl.delegate} if "delegated" in options else options
    response = openssl.ca.ocsp_response(openssl.good.leaf, status=status, **changes)  # type: ignore[arg-type]
    (openssl.folder / "ours.der").write_bytes(response)
    digest = ("-sha256",) if "hash_name" in options else ()
    asked = (*digest, "-issuer", "ca.pem", "-cert", "good.pem", "-CAfile", "ca.pem")
    said = openssl.run("ocsp", "-respin", "ours.der", *asked)
    assert "Response verify OK" in said
    assert f"good.pem: {status}" in said


def test_it_believes_that_we_revoked(openssl: Openssl) -> None:
    openssl.ca.revoke(openssl.revoked.leaf, "superseded")
    (openssl.folder / "ours.der").write_bytes(openssl.ca.ocsp_response(openssl.revoked.leaf))
    asked = ("-issuer", "ca.pem", "-cert", "revoked.pem", "-CAfile", "ca.pem")
    said = openssl.run("ocsp", "-respin", "ours.der", *asked)
    assert "revoked.pem: revoked" in said
    assert "Reason: superseded" in said
    (openssl.folder / "ours.crl").write_bytes(pem.armored("X509 CRL", openssl.ca.crl().der))
    said = openssl.run("crl", "-in", "ours.crl", "-CAfile", "ca.pem", "-noout", "-text")
    assert "verify OK" in said
    assert "Superseded" in said


def test_it_reads_our_requests(openssl: Openssl) -> None:
    made = ocsp_query(openssl.good.leaf, openssl.ca.certificate, "http://ca.example/", nonce=NONCE)
    (openssl.folder / "ours.req").write_bytes(made.body)
    said = openssl.run("ocsp", "-reqin", "ours.req", "-req_text")
    assert openssl.good.leaf.serial_number.upper() in said
    assert "OCSP Nonce" in said
