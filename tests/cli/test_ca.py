"""``hellodone ca``: a CA from its beginning to a revoked certificate that clients refuse, and what is refused."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hellodone.pki.chains import parse_chain
from hellodone.pki.identity import Identity
from hellodone.pki.lab_faults import FAULTS
from tests.cli.running import hellodone

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def lab(tmp_path: Path, capsys: Capture) -> Path:
    assert hellodone(capsys, "ca", "init", tmp_path / "lab", "--responder", "127.0.0.1:1").code == 0
    return tmp_path / "lab"


def test_a_server_of_names_and_addresses(lab: Path, capsys: Capture) -> None:
    done = hellodone(capsys, "ca", "issue", lab, "server", "localhost", "127.0.0.1")
    assert done.code == 0
    assert "CN=localhost, EC P-256" in done.out
    assert f"--cacert {lab}/ca.pem" in done.err
    (leaf,) = parse_chain((lab / "issued/localhost.pem").read_bytes())
    assert leaf.subject_names == ("localhost", "127.0.0.1")
    again = hellodone(capsys, "ca", "issue", lab, "server", "localhost")
    assert again.code == 2
    assert "--force replaces it" in again.last
    assert hellodone(capsys, "ca", "issue", lab, "server", "localhost", "--force").code == 0


@pytest.mark.parametrize("key", ["rsa", "ec384", "ed25519", "ed448", "dsa", "dh", "ecdh", "x25519"])
def test_every_kind_of_key(lab: Path, capsys: Capture, key: str) -> None:
    prefix = lab / "own"
    assert hellodone(capsys, "ca", "issue", lab, "client", "alice", "--key", key, "-o", prefix).code == 0
    identity = Identity.from_files(f"{prefix}.pem", f"{prefix}.key")
    assert identity.leaf.extended_key_usage == ("clientAuth",)


def test_names_that_are_written_otherwise_in_certificates(lab: Path, capsys: Capture) -> None:
    assert hellodone(capsys, "ca", "issue", lab, "server", "bücher.example", "*.Example.COM", "::1").code == 0
    (leaf,) = parse_chain((lab / "issued/xn--bcher-kva.example.pem").read_bytes())
    assert leaf.subject_names == ("xn--bcher-kva.example", "*.example.com", "::1")


def test_dates_and_must_staple(lab: Path, capsys: Capture) -> None:
    asked = ("--not-before", "2027-01-31", "--not-after", "2027-02-28T12:00", "--must-staple", "-o", lab / "x")
    assert hellodone(capsys, "ca", "issue", lab, "server", "localhost", *asked).code == 0
    (leaf,) = parse_chain((lab / "x.pem").read_bytes())
    assert f"{leaf.x509.not_valid_before_utc:%Y-%m-%d} {leaf.x509.not_valid_after_utc:%Y-%m-%d %H}" == (
        "2027-01-31 2027-02-28 12"
    )
    assert any(extension.oid.dotted_string == "1.3.6.1.5.5.7.1.24" for extension in leaf.extensions)
    past = hellodone(capsys, "ca", "issue", lab, "server", "localhost", "--not-after", "-1h", "-o", lab / "y")
    assert past.code == 0


def test_a_ca_below_issues_too(lab: Path, capsys: Capture, peer: Callable[[str], str]) -> None:
    made = hellodone(capsys, "ca", "issue", lab, "intermediate", "Issuing CA 1")
    assert made.code == 0
    below = lab / "Issuing-CA-1"
    assert hellodone(capsys, "ca", "issue", below, "server", "localhost").code == 0
    assert len(parse_chain((below / "issued/localhost.pem").read_bytes())) == 2
    assert hellodone(capsys, "ca", "issue", below, "intermediate", "deeper").code == 0
    verify = ("verify", "-CAfile", below / "root.pem", "-untrusted", below / "ca.pem", below / "issued/localhost.pem")
    done = subprocess.run([peer("openssl"), *map(str, verify)], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0


def test_what_is_to_be_done_after_a_revocation_is_said_and_can_be_done(lab: Path, capsys: Capture) -> None:
    assert hellodone(capsys, "ca", "issue", lab, "server", "localhost").code == 0
    revoked = hellodone(capsys, "ca", "revoke", lab, "localhost")
    assert "revoked: keyCompromise" in revoked.out
    words = revoked.err.split("try: hellodone ")[1].split("(")[0].split()
    assert words == ["ca", "crl", str(lab)]
    listed = hellodone(capsys, *words)
    assert listed.code == 0
    assert "1 revoked" in listed.out


def test_the_faults_are_listed_and_issued(lab: Path, capsys: Capture) -> None:
    listed = hellodone(capsys, "ca", "faults").out
    assert listed == hellodone(capsys, "ca", "issue", lab, "server", "x", "--fault", "list").out
    assert [line.split()[0] for line in listed.splitlines()] == list(FAULTS)
    done = hellodone(capsys, "ca", "issue", lab, "server", "localhost", "--fault", "expired-intermediate")
    assert FAULTS["expired-intermediate"].sentence in done.out
    assert len(parse_chain((lab / "issued/localhost-expired-intermediate.pem").read_bytes())) == 2


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (("issue", "LAB", "server"), 2, "name the server"),
        (("issue", "LAB", "server", "x", "--fault", "expird"), 2, "there is expired"),
        (("issue", "LAB", "server", "x", "--key", "rot13"), 2, "known are rsa"),
        (("issue", "LAB", "server", "x", "--not-after", "soon"), 2, "write 2027-01-31"),
        (("issue", "LAB", "server", "x", "--not-before", "+9d", "--not-after", "+3d"), 2, "lies before"),
        (("issue", "LAB", "client", "a", "b"), 2, "a client has one name"),
        (("issue", "LAB", "client", "a\tb"), 2, "printable characters"),
        (("issue", "LAB", "server", ""), 2, "name"),
        (("issue", "LAB", "server", "a b"), 2, "a b"),
        (("issue", "LAB", "intermediate", "a", "--key", "dh"), 2, "must sign"),
        (("issue", "LAB", "intermediate", "a", "--fault", "expired"), 2, "come with a CA made for them"),
        (("init", "LAB"), 2, "holds a CA already"),
        (("revoke", "LAB", "nobody"), 2, "no serial number"),
        (("crl", "LAB/none"), 4, "hellodone ca init makes one"),
        (("crl", "LAB", "-o", "LAB/none/ca.crl"), 4, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(lab: Path, capsys: Capture, words: tuple[str, ...], code: int, hint: str) -> None:
    done = hellodone(capsys, "ca", *(word.replace("LAB", str(lab)) for word in words))
    assert done.code == code
    assert hint in done.last


# --- the responder, asked by OpenSSL


def test_openssl_asks_the_responder(lab: Path, capsys: Capture, tmp_path: Path, peer: Callable[[str], str]) -> None:
    peer("openssl")
    for name in ("good", "bad"):
        assert hellodone(capsys, "ca", "issue", lab, "server", name).code == 0
    assert hellodone(capsys, "ca", "revoke", lab, "bad", "--reason", "superseded").code == 0
    port_file = tmp_path / "port"
    command = (sys.executable, "-m", "hellodone", "ca", "ocsp", str(lab), "--bind", "127.0.0.1:0")
    options = ("--port-file", str(port_file), "--delegated")
    with subprocess.Popen((*command, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as responder:
        try:
            limit = time.monotonic() + 30
            while not port_file.exists():
                assert responder.poll() is None
                assert time.monotonic() < limit
                time.sleep(0.02)
            port = int(port_file.read_text())
            asked = _ask(lab, port, "good", "bad")
            assert "Response verify OK" in asked
            assert "good.pem: good" in asked
            assert "bad.pem: revoked" not in asked.split("good.pem: good")[0]
            assert "Reason: superseded" in _ask(lab, port, "bad")
            _crl_is_handed_out(port)
            _bad_requests_are_survived(port)
            assert "Response verify OK" in _ask(lab, port, "good")
        finally:
            responder.send_signal(signal.SIGINT)
            out, err = responder.communicate(timeout=30)
    assert responder.returncode == 0
    assert err == b"stopped\n"
    assert b"POST: good as of" in out
    assert b"POST: revoked since" in out


def _ask(lab: Path, port: int, *names: str) -> str:
    said = []
    for name in names:
        question = ("-issuer", lab / "ca.pem", "-cert", lab / f"issued/{name}.pem", "-CAfile", lab / "ca.pem")
        command = ["openssl", "ocsp", *map(str, question), "-url", f"http://127.0.0.1:{port}/ocsp"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        said.append(done.stderr + done.stdout)
    return "".join(said)


def _crl_is_handed_out(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/ca.crl")
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "application/pkix-crl"
    assert answer.read()[:1] == b"\x30"
    connection.close()


def _bad_requests_are_survived(port: int) -> None:
    for request, status in (
        (b"POST / HTTP/1.0\r\nContent-Length: 99999999\r\n\r\n", b" 413 "),
        (b"POST / HTTP/1.0\r\n\r\n", b" 411 "),
        (b"POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", b" 200 "),
        (b"\x16\x03\x01\r\n\r\n", b" 400 "),
        (b"", b""),
    ):
        with socket.create_connection(("127.0.0.1", port), 30) as sock:
            sock.sendall(request)
            sock.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda sock=sock: sock.recv(4096), b""))  # type: ignore[misc]
            assert status in answer
