"""What ``hellodone serve`` staples, as OpenSSL gets it: what lies in a file, or what the responder says."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from OpenSSL import SSL

from hellodone.pki.identity import Identity
from hellodone.transport.authority import AuthorityServer
from tests.cli.running import Server, hellodone, serving
from tests.interop.peers import require
from tests.transport.laboratory import laboratory, write_identity
from tests.transport.loopback import SECONDS

UNAUTHORIZED = bytes.fromhex("30030a0106")  # the shortest OCSPResponse: a status without an answer (RFC 6960, 4.2.1)


def test_the_answer_is_stapled_as_it_is(tmp_path: Path) -> None:
    received: list[bytes] = []

    def note(connection: SSL.Connection, staple: bytes, data: object) -> bool:
        received.append(staple)
        return True

    context = SSL.Context(SSL.TLSv1_2_METHOD)
    context.set_ocsp_client_callback(note)
    chain, key = write_identity(laboratory().server, tmp_path)
    file = tmp_path / "ocsp.der"
    file.write_bytes(UNAUTHORIZED)
    with (
        serving(tmp_path, "--cert", chain, "--key", key, "--ocsp-response", file) as server,
        socket.create_connection(("127.0.0.1", server.port), SECONDS) as plain,
    ):
        plain.settimeout(None)  # as pyOpenSSL wants it
        client = SSL.Connection(context, plain)
        client.set_connect_state()
        client.request_ocsp()
        client.do_handshake()
    assert received == [UNAUTHORIZED]


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chain, key = write_identity(laboratory().server, tmp_path)
    missing = tmp_path / "none.der"
    outcome = hellodone(capsys, "serve", "--cert", chain, "--key", key, "--ocsp-response", missing)
    assert outcome.code == 4
    assert str(missing) in outcome.last


# --- asked for by the server itself


@pytest.fixture
def authority() -> Iterator[AuthorityServer]:
    with AuthorityServer(laboratory().authority) as server:
        yield server


def written(authority: AuthorityServer, folder: Path) -> tuple[Identity, list[object]]:
    """A certificate of that CA, and the options that serve and staple to it."""
    identity = authority.authority.issue_server(key="ec")
    chain, key = write_identity(identity, folder)
    root = folder / "root.pem"
    root.write_bytes(authority.authority.pem)
    return identity, ["--cert", chain, "--key", key, "--staple", "--staple-issuer", root]


def status_seen_by_openssl(server: Server, root: Path) -> str:
    where = f"127.0.0.1:{server.port}"
    command = [require("openssl"), "s_client", "-connect", where, "-tls1_2", "-status", "-CAfile", str(root)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    return done.stdout.decode()


def test_openssl_is_shown_what_the_responder_says(authority: AuthorityServer, tmp_path: Path) -> None:
    _, options = written(authority, tmp_path)
    with serving(tmp_path, *options) as server:
        said = status_seen_by_openssl(server, tmp_path / "root.pem")
        outcome = server.end()
    assert "OCSP Response Status: successful" in said
    assert "Cert Status: good" in said
    assert "Verify return code: 0 (ok)" in said
    assert "stapling: CN=localhost is good" in outcome.err


def test_a_revocation_is_shown_too_and_told_here(authority: AuthorityServer, tmp_path: Path) -> None:
    identity, options = written(authority, tmp_path)
    authority.authority.revoke(identity.leaf)
    with serving(tmp_path, *options) as server:
        said = status_seen_by_openssl(server, tmp_path / "root.pem")
        outcome = server.end()
    assert "Cert Status: revoked" in said
    assert "warning: the certificate of this server is refused by its clients" in outcome.err


def test_without_a_responder_that_answers_the_server_serves_without_a_staple(
    authority: AuthorityServer, tmp_path: Path
) -> None:
    _, options = written(authority, tmp_path)
    authority.close()
    with serving(tmp_path, *options) as server:
        said = status_seen_by_openssl(server, tmp_path / "root.pem")
        outcome = server.end()
    assert "OCSP response: no response sent" in said
    assert "Verify return code: 0 (ok)" in said
    assert "warning: no OCSP response for CN=localhost could be fetched" in outcome.err


def test_where_there_is_nobody_to_ask(
    authority: AuthorityServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, named = written(authority, tmp_path)
    unnamed = write_identity(laboratory().server, tmp_path, "unnamed")
    for options, words in (
        (named[:-2], "not followed by its issuer's in --cert; name that with --staple-issuer"),
        (("--cert", unnamed[0], "--key", unnamed[1], "--staple"), "names no OCSP responder"),
        (("--psk", "a:00", "--staple"), "no certificate to staple to"),
        ((*named, "--staple-file", named[1]), "give one of them"),
        (("--staple-issuer", named[1]), "with --staple only"),
    ):
        outcome = hellodone(capsys, "serve", "--bind", "127.0.0.1:0", *options)
        assert (outcome.code, words in outcome.last) == (2, True), outcome.err
