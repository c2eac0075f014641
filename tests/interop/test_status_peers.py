"""Who is revoked, asked of and told by programs of others: openssl ocsp over HTTP, curl --cert-status, gnutls-cli."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hellodone.config import ServerConfig
from hellodone.errors import TlsError
from hellodone.https.responder import HttpResponder
from hellodone.https.server import answer, seen
from hellodone.pki.laboratory import LabAuthority
from hellodone.transport.authority import AuthorityServer
from hellodone.transport.listener import TlsListener
from hellodone.transport.stapling import stapler_for
from tests.cli.running import hellodone
from tests.cli.test_connect import web
from tests.interop import peers
from tests.pki.test_openssl_revocation import row
from tests.transport.laboratory import openssl_server
from tests.transport.loopback import closed_port

NOW = datetime.now(UTC).replace(microsecond=0)
SECONDS = 30


@contextlib.contextmanager
def stapling(tmp_path: Path, status: str) -> Iterator[tuple[int, Path]]:
    """Our server, which has asked its CA; the port and the root's file.

    The CA is one that the server sends along: curl looks for the responder there.
    """
    with AuthorityServer(LabAuthority.create(at=NOW, intermediate=True)) as ca:
        config = ServerConfig(identity=ca.authority.issue_server(key="ec"))
        if status == "revoked":
            ca.authority.revoke(config.identities[0].leaf)
        if status != "none":
            stapler = stapler_for(config, issuers=(ca.authority.root,))
            stapler.refresh()
            config = replace(config, ocsp_response=stapler)
        cacert = tmp_path / "ca.pem"
        cacert.write_bytes(ca.authority.pem)
        with TlsListener(("127.0.0.1", 0), config) as listener:
            listener.settimeout(SECONDS)
            thread = threading.Thread(target=serve, args=(listener,))
            thread.start()
            yield listener.address[1], cacert
            thread.join(SECONDS)


def serve(listener: TlsListener) -> None:
    with contextlib.suppress(TlsError, OSError), listener.accept() as tls:
        tls.do_handshake(SECONDS)
        answer(tls, HttpResponder(seen(tls)))


def run(*command: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(
        words, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False
    )


@pytest.mark.parametrize(("status", "code"), [("good", 0), ("revoked", 91), ("none", 91)])
def test_curl_wants_our_staple(status: str, code: int, tmp_path: Path) -> None:
    curl = peers.require("curl")
    with stapling(tmp_path, status) as (port, cacert):
        done = run(curl, "-sS", "--cert-status", "--tls-max", "1.2", "--cacert", cacert, f"https://localhost:{port}/")
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize("status", ["good", "revoked"])
def test_gnutls_takes_our_staple_at_its_word(status: str, tmp_path: Path) -> None:
    gnutls = peers.require("gnutls-cli")
    with stapling(tmp_path, status) as (port, cacert):
        done = run(gnutls, "--port", port, "--x509cafile", cacert, "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.2",
                   "localhost")  # fmt: skip
    said = done.stdout + done.stderr
    assert ("revoked" in said) is (status == "revoked"), said
    assert (done.returncode == 0) is (status == "good"), said


@pytest.mark.parametrize("status", ["good", "revoked"])
@pytest.mark.parametrize("nonce", ["-nonce", "-no_nonce"])
def test_openssl_asks_our_responder(nonce: str, status: str, tmp_path: Path) -> None:
    openssl = peers.require("openssl")
    with AuthorityServer(LabAuthority.create(at=NOW)) as ca:
        leaf = ca.authority.issue_server(key="ec")
        if status == "revoked":
            ca.authority.revoke(leaf.leaf, "superseded")
        (tmp_path / "ca.pem").write_bytes(ca.authority.pem)
        (tmp_path / "leaf.pem").write_bytes(leaf.chain_pem())
        names = ("-issuer", "ca.pem", "-cert", "leaf.pem", "-CAfile", "ca.pem")
        done = run(openssl, "ocsp", "-url", ca.authority.ocsp_url, *names, nonce, folder=tmp_path)
    assert "Response verify OK" in done.stdout + done.stderr
    assert f"leaf.pem: {status}" in done.stdout
    assert ("Reason: superseded" in done.stdout) is (status == "revoked")
    assert "nonce" not in (done.stdout + done.stderr).lower()


@contextlib.contextmanager
def openssl_responder(ca: LabAuthority, index: str, port: int, folder: Path) -> Iterator[None]:
    (folder / "ca.pem").write_bytes(ca.pem)
    key = ca.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ca.key").write_bytes(key)
    (folder / "index.txt").write_text(index)
    words = ("-index", "index.txt", "-rsigner", "ca.pem", "-rkey", "ca.key", "-CA", "ca.pem", "-ndays", "1")
    command = [peers.require("openssl"), "ocsp", "-port", str(port), *words]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as responder:
        assert responder.stdout is not None
        try:
            while b"waiting for OCSP client connections" not in responder.stdout.readline():
                assert responder.poll() is None
            yield
        finally:
            responder.terminate()
            responder.wait(SECONDS)


@pytest.mark.parametrize("revoked", [False, True])
def test_connect_asks_the_responder_of_openssl(
    revoked: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = closed_port()
    ca = replace(LabAuthority.create(at=NOW), ocsp_url=f"http://127.0.0.1:{port}/")
    identity = ca.issue_server(key="ec")
    since = f"{NOW - timedelta(days=1):%y%m%d%H%M%SZ},keyCompromise" if revoked else ""
    with openssl_responder(ca, row(identity.leaf, since), port, tmp_path), web(openssl_server(identity)) as server:
        words = ("connect", f"https://localhost:{server}/", "--cacert", tmp_path / "ca.pem", "--ocsp", "query")
        outcome = hellodone(capsys, *words)
    assert outcome.code == int(revoked), outcome.err
    assert f"certStatus: {'revoked' if revoked else 'good'}" in outcome.out
    assert ("certificate_revoked(44)" in outcome.last) is revoked
