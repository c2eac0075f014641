"""``hellodone serve``: sessions that OpenSSL clients resume, and handshakes that they begin anew."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import pytest
from OpenSSL import SSL

from tests.cli.running import serving
from tests.transport.laboratory import laboratory, openssl_client, write_identity
from tests.transport.loopback import SECONDS


def visit(context: ssl.SSLContext, port: int, session: ssl.SSLSession | None = None) -> tuple[bool, ssl.SSLSession]:
    """One request; whether the session was continued, and the one to continue next."""
    with (
        socket.create_connection(("127.0.0.1", port), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname="localhost", session=session) as tls,
    ):
        tls.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert tls.recv(8) == b"HTTP/1.1"
        assert tls.session is not None
        return bool(tls.session_reused), tls.session


@pytest.mark.parametrize(
    ("resume", "tickets", "expected"),
    [
        ("both", True, True),
        ("both", False, True),
        ("id", True, True),
        ("ticket", True, True),
        ("ticket", False, False),
        ("off", True, False),
    ],
)
def test_sessions_are_resumed_as_the_option_says(tmp_path: Path, resume: str, tickets: bool, expected: bool) -> None:
    context = openssl_client()
    if not tickets:
        context.options |= ssl.OP_NO_TICKET
    chain, key = write_identity(laboratory().server, tmp_path)
    with serving(tmp_path, "--cert", chain, "--key", key, "--resume", resume) as server:
        resumed, session = visit(context, server.port)
        assert not resumed
        assert visit(context, server.port, session)[0] is expected


def renegotiate(port: int) -> tuple[bytes, bytes | None, bytes | None]:
    """A request behind a new ClientHello: the answer's first bytes, and the client's Finished before and after."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as plain:
        plain.settimeout(None)  # as pyOpenSSL wants it
        client = SSL.Connection(SSL.Context(SSL.TLSv1_2_METHOD), plain)
        client.set_connect_state()
        client.do_handshake()
        before = client.get_finished()
        assert client.renegotiate()
        client.do_handshake()
        client.send(b"GET / HTTP/1.0\r\n\r\n")
        return client.recv(8), before, client.get_finished()


def test_another_handshake_is_accepted_when_asked_for(tmp_path: Path) -> None:
    chain, key = write_identity(laboratory().server, tmp_path)
    with serving(tmp_path, "--cert", chain, "--key", key, "--renegotiation", "accept") as server:
        answer, first, second = renegotiate(server.port)
    assert answer == b"HTTP/1.1"
    assert first != second


def test_another_handshake_is_declined_otherwise(tmp_path: Path) -> None:
    chain, key = write_identity(laboratory().server, tmp_path)
    with (
        serving(tmp_path, "--cert", chain, "--key", key) as server,
        pytest.raises(SSL.Error, match="no renegotiation"),
    ):
        renegotiate(server.port)
