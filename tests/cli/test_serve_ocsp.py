"""``hellodone serve --ocsp-response``: OpenSSL gets the staple, byte for byte."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from OpenSSL import SSL

from tests.cli.running import hellodone, serving
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
