"""A CA in a folder: what is kept, who may read it, what OpenSSL makes of it, and what is refused."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hellodone.errors import ConfigurationError
from hellodone.pki.chains import parse_chain
from hellodone.pki.identity import Identity
from hellodone.pki.lab_faults import issue_faulty, order_for
from hellodone.pki.lab_folder import LabFolder, crl_pem, file_name, week_after
from hellodone.pki.lab_index import Entry, read_index, write_index
from hellodone.pki.lab_responder import LabResponder
from hellodone.pki.lab_revocation import Revoked
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.lookups import ocsp_query
from hellodone.pki.ocsp import OcspResponse

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def ca(tmp_path: Path) -> LabFolder:
    return LabFolder.create(tmp_path / "lab", LabAuthority.create(at=NOW, name="Root"))


@pytest.fixture
def needs_openssl(peer: Callable[[str], str]) -> None:
    peer("openssl")


def openssl(*words: object) -> subprocess.CompletedProcess[str]:
    command = ["openssl", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_what_was_kept_is_found_again(ca: LabFolder) -> None:
    made = ca.authority.issue_server(("a.example", "192.0.2.1"), "ec")
    files = ca.keep(made, ca.files("a.example"))
    again = LabFolder.open(ca.path, NOW)
    assert again.authority.certificate == ca.authority.certificate
    assert again.authority.trust.anchors == ca.authority.trust.anchors
    assert Identity.from_files(files.chain, files.key).chain == made.chain
    (entry,) = again.entries
    assert entry == Entry.of(made.leaf)
    issued_later = again.authority.issue_server(("b.example",), "ec")
    assert issued_later.leaf.issuer_bytes == made.leaf.issuer_bytes


def test_private_keys_are_for_their_owner_alone(ca: LabFolder) -> None:
    files = ca.keep(ca.authority.issue_client("alice", "ec"), ca.files("alice"))
    for path in (ca.path / "ca.key", files.key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [path.name for path in ca.path.rglob(".*") if path.name != ".lock"]


def test_a_ca_below_knows_those_above(ca: LabFolder, tmp_path: Path) -> None:
    below = LabFolder.create(tmp_path / "below", ca.authority.intermediate(name="Issuing"))
    again = LabFolder.open(tmp_path / "below", NOW)
    assert again.authority.parents == (ca.authority.certificate,)
    assert parse_chain(below.anchor.read_bytes()) == (ca.authority.certificate,)
    assert len(again.authority.issue_server(key="ec").chain) == 2


def test_only_what_this_ca_issued_is_entered(ca: LabFolder) -> None:
    for fault in ("unknown-root", "same-name-root", "self-signed", "bad-signature"):
        made = issue_faulty(ca.authority, order_for(ca.authority, "server", ("localhost",)), fault)
        ca.keep(made, ca.files(fault))
    assert not ca.entries
    made = issue_faulty(ca.authority, order_for(ca.authority, "server", ("localhost",)), "revoked-intermediate")
    ca.keep(made, ca.files("x"))
    (entry,) = ca.entries
    assert entry.revoked is not None
    assert entry.serial_number == made.chain[1].x509.serial_number


def test_a_certificate_is_revoked_by_name_file_and_number(ca: LabFolder) -> None:
    for number, name in enumerate(("a", "b", "c")):
        files = ca.keep(ca.authority.issue_server((name,), "ec"), ca.files(name))
        serial = parse_chain(files.chain.read_bytes())[0].serial_number
        ca.revoke((name, str(files.chain), serial)[number], "superseded", NOW)
    assert [entry.revoked is not None for entry in ca.entries] == [True] * 3
    with pytest.raises(ConfigurationError, match="/CN=a is revoked already"):
        ca.revoke("a", "superseded", NOW)
    ca.keep(ca.authority.issue_server(("d",), "ec"), ca.files("d"))
    with pytest.raises(ConfigurationError, match="is no reason for a revocation"):
        ca.revoke("d", "boredom", NOW)
    with pytest.raises(ConfigurationError, match="did not issue a certificate with serial number abcd"):
        ca.revoke("abcd", "superseded", NOW)
    with pytest.raises(ConfigurationError, match="is no file, no name"):
        ca.revoke("nobody", "superseded", NOW)


@pytest.mark.usefixtures("needs_openssl")
def test_openssl_reads_the_list_and_the_index(ca: LabFolder) -> None:
    good = ca.keep(ca.authority.issue_server(("good",), "ec"), ca.files("good"))
    bad = ca.keep(ca.authority.issue_server(("bad",), "ec"), ca.files("bad"))
    ca.revoke("bad", "keyCompromise", NOW)
    ca = LabFolder.open(ca.path, NOW)
    first, second = (ca.crl(NOW, week_after(NOW)) for _ in range(2))
    assert first.der != second.der  # another number
    (ca.path / "ca.crl").write_bytes(crl_pem(second))
    said = openssl("crl", "-in", ca.path / "ca.crl", "-CAfile", ca.path / "ca.pem", "-noout", "-crlnumber")
    assert "verify OK" in said.stderr
    assert "02" in said.stdout
    check = ("verify", "-crl_check", "-CAfile", ca.path / "ca.pem", "-CRLfile", ca.path / "ca.crl")
    assert openssl(*check, good.chain).returncode == 0
    assert "certificate revoked" in openssl(*check, bad.chain).stderr
    signer = ("-rsigner", ca.path / "ca.pem", "-rkey", ca.path / "ca.key", "-CA", ca.path / "ca.pem", "-ndays", "1")
    asked = ("-issuer", ca.path / "ca.pem", "-cert", good.chain, "-cert", bad.chain)
    openssl("ocsp", *asked, "-no_nonce", "-reqout", ca.path / "request")
    openssl(
        "ocsp", "-index", ca.path / "index.txt", *signer, "-reqin", ca.path / "request", "-respout", ca.path / "said"
    )
    both = openssl("ocsp", "-respin", ca.path / "said", *asked, "-CAfile", ca.path / "ca.pem")
    assert f"{good.chain}: good" in both.stdout
    assert f"{bad.chain}: revoked" in both.stdout


@pytest.mark.usefixtures("needs_openssl")
@pytest.mark.parametrize("kind", ["rsa", "ec384", "ec521", "ed25519", "ed448", "dsa"])
def test_a_ca_of_any_key_is_kept_and_its_list_verifies(tmp_path: Path, kind: str) -> None:
    LabFolder.create(tmp_path / "lab", LabAuthority.create(kind, at=NOW, name="Root"))
    ca = LabFolder.open(tmp_path / "lab", NOW)
    files = ca.keep(ca.authority.issue_server(("a",), "ec"), ca.files("a"))
    (ca.path / "ca.crl").write_bytes(crl_pem(ca.crl(NOW, week_after(NOW))))
    trusted = ("-CAfile", ca.path / "ca.pem", "-crl_check", "-CRLfile", ca.path / "ca.crl")
    assert openssl("verify", *trusted, files.chain).returncode == 0


def test_the_responder_knows_the_index_of_the_moment(ca: LabFolder) -> None:
    made = ca.authority.issue_server(("a",), "ec")
    responder = LabResponder(ca, lambda: NOW)
    request = ocsp_query(made.leaf, ca.authority.certificate, "http://ca.example/ocsp")

    def status() -> str:
        answer = responder.answer("POST", "/ocsp", request.body)
        assert answer.media_type == "application/ocsp-response"
        return OcspResponse(answer.body).status_of(made.leaf)

    assert status() == "unknown"
    ca.keep(made, ca.files("a"))
    assert status() == "good"
    ca.revoke("a", "keyCompromise", NOW)
    assert status() == "revoked"
    got = responder.answer("GET", request.get_url.removeprefix("http://ca.example"), b"")
    assert OcspResponse(got.body).status_of(made.leaf) == "revoked"


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("GET", "/", b"", 404),
        ("GET", "/ocsp/%%%", b"", 404),
        ("POST", "/", b"garbage", 200),
        ("GET", "/ocsp/AAAA", b"", 200),
    ],
)
def test_other_requests_get_an_answer_too(ca: LabFolder, method: str, target: str, body: bytes, status: int) -> None:
    answer = LabResponder(ca, lambda: NOW).answer(method, target, body)
    assert answer.status == status
    if status == 200:
        assert answer.said == "the responder says malformed_request"


def test_a_line_of_the_index_is_read_as_it_was_written() -> None:
    late = datetime(2051, 2, 3, 4, 5, 6, tzinfo=UTC)
    entries = (
        Entry(0xABC, NOW, "/CN=a"),
        Entry(1, late, "/CN=b", Revoked(1, NOW - timedelta(1), "superseded")),
        Entry(2, late, "/CN=c", Revoked(2, NOW, "unspecified")),
    )
    assert read_index(write_index(entries), "index.txt") == entries


@pytest.mark.parametrize("line", ["nonsense", "V\tx\t\t01\tunknown\t/CN=a", "V\t270101000000Z\t\tzz\tunknown\t/CN=a"])
def test_an_index_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(ConfigurationError, match=r"index\.txt, line 2: "):
        read_index(f"\n{line}\n", "index.txt")


def test_a_folder_that_is_none_or_is_taken_is_named(ca: LabFolder, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds a CA already"):
        LabFolder.create(ca.path, ca.authority)
    with pytest.raises(ConfigurationError, match="hellodone ca init makes one"):
        LabFolder.open(tmp_path, NOW)
    (ca.path / "settings.json").write_text("[]")
    with pytest.raises(ConfigurationError, match="expected an object in JSON"):
        LabFolder.open(ca.path, NOW)
    (ca.path / "ca.key").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"ca\.key"):
        LabFolder.open(ca.path, NOW)


@pytest.mark.parametrize(
    ("name", "made"), [("*.example.com", "any.example.com"), ("../../etc/passwd", "etc-passwd"), ("/", "unnamed")]
)
def test_names_of_files_stay_in_the_folder(name: str, made: str) -> None:
    assert file_name(name) == made
