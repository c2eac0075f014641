"""SupplementalData with GnuTLS, which has it in its library: both roles, both directions, plain and protected."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

import hellodone
from hellodone.handshake.supplements import user_mapping_accepted
from tests.conftest import Proves
from tests.interop.cells import ECDHE_RSA, cell
from tests.interop.driving import client_config, take
from tests.interop.one_server import serving
from tests.interop.pki import Pki
from tests.interop.processes import Server, start_server
from tests.interop.processes import converse as run
from tests.interop.serving import Listener
from tests.interop.supplements import HINT, PRIVATE

SECONDS = 20.0
ONE = cell("client", "gnutls", ECDHE_RSA)
PRIVATE_OPTIONS = ["ext=65282", "hello=01", "type=65283", f"send={b'from gnutls'.hex()}", "expect=1"]
MAPPING_OPTIONS = ["ext=6", "hello=0140", "type=0"]


@pytest.fixture
def program(gnutls_peer: Path) -> Path:
    """programs/gnutls.c, built."""
    return gnutls_peer


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where a server's words go."""
    return tmp_path / "server.log"


def gnutls_server(program: Path, pki: Pki, log: Path, *options: str) -> Server:
    """A server for one connection."""
    files = [f"crt={pki.chain('srv-rsa')}", f"key={pki.key('srv-rsa')}"]
    return start_server(lambda port: [str(program), "server", str(port), *files, *options], log)


def visit(server: Server, config: hellodone.ClientConfig, *, renegotiate: bool = False) -> hellodone.ClientConnection:
    """One connection of ours, which ends when the server has answered our line."""
    connection = hellodone.ClientConnection(config, server_name="localhost")
    connection.initiate_handshake()
    completed = 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as tcp:
        while not connection.closed:
            tcp.sendall(connection.data_to_send())
            data = tcp.recv(65536)
            if not data:
                break
            events = take(connection, tcp, data)
            completed += sum(isinstance(event, hellodone.HandshakeCompleted) for event in events)
            if completed == 1 and renegotiate:
                connection.renegotiate()
                renegotiate = False
            elif any(isinstance(event, hellodone.HandshakeCompleted) for event in events):
                connection.send_data(b"hello from hellodone\n")
            if any(isinstance(event, hellodone.DataReceived) for event in events):
                connection.close()
    return connection


def test_gnutls_takes_our_user_mapping(proves: Proves, program: Path, pki: Pki, log: Path) -> None:
    proves("client", "gnutls", "user mapping")
    config = replace(client_config(ONE, pki), supplements=[HINT])
    with gnutls_server(program, pki, log, *MAPPING_OPTIONS, "expect=1") as server:
        visit(server, config)
        said = server.wait_for("server read hello from hellodone")
    assert f"server hello=0140\nserver supplemental={(HINT.data or b'').hex()}" in said


def test_gnutls_sends_a_user_mapping(proves: Proves, program: Path, pki: Pki) -> None:
    proves("server", "gnutls", "user mapping")
    config = replace(server_config(pki), supplements=[user_mapping_accepted()])
    with serving(config, b"hello from hellodone\n") as served:
        options = [*MAPPING_OPTIONS, f"send={(HINT.data or b'').hex()}"]
        said = run([str(program), "client", str(served.port), f"ca={pki.authorities}", *options])
    assert "client read hello from hellodone" in said.text
    assert served.connection.supplemental_data == ((0, HINT.data),)


def test_a_private_kind_goes_both_ways(proves: Proves, program: Path, pki: Pki, log: Path) -> None:
    proves("client", "gnutls", "SupplementalData both ways")
    config = replace(client_config(ONE, pki), supplements=[PRIVATE])
    with gnutls_server(program, pki, log, *PRIVATE_OPTIONS) as server:
        connection = visit(server, config)
        said = server.wait_for("server read hello from hellodone")
    assert f"server supplemental={b'from hellodone'.hex()}" in said
    assert connection.supplemental_data == ((65283, b"from gnutls"),)


def test_a_private_kind_goes_both_ways_the_other_way_round(proves: Proves, program: Path, pki: Pki) -> None:
    proves("server", "gnutls", "SupplementalData both ways")
    config = replace(server_config(pki), supplements=[PRIVATE])
    with serving(config, b"hello from hellodone\n") as served:
        said = run([str(program), "client", str(served.port), f"ca={pki.authorities}", *PRIVATE_OPTIONS])
    assert f"client supplemental={b'from hellodone'.hex()}" in said.text
    assert served.connection.supplemental_data == ((65283, b"from gnutls"),)


def test_the_double_handshake(proves: Proves, program: Path, pki: Pki, log: Path) -> None:
    proves("client", "gnutls", "SupplementalData in a double handshake")
    config = replace(client_config(ONE, pki), supplements=[replace(PRIVATE, only_protected=True)])
    with gnutls_server(program, pki, log, *PRIVATE_OPTIONS, "later=1") as server:
        connection = visit(server, config, renegotiate=True)
        said = server.wait_for("server read hello from hellodone")
    assert said.count("server OK") == 2
    assert said.index("server OK") < said.index("server supplemental=")
    assert connection.supplemental_data == ((65283, b"from gnutls"),)


def test_the_double_handshake_the_other_way_round(proves: Proves, program: Path, pki: Pki) -> None:
    proves("server", "gnutls", "SupplementalData in a double handshake")
    config = replace(server_config(pki), supplements=[replace(PRIVATE, only_protected=True)])
    with Listener([config], lambda one: one.connection.renegotiate()) as listener:
        options = [*PRIVATE_OPTIONS, "later=1"]
        said = run([str(program), "client", str(listener.port), f"ca={pki.authorities}", *options]).text
    (served,) = listener.served
    assert served.error is None
    assert said.count("client OK") == 2
    assert said.index("client OK") < said.index(f"client supplemental={b'from hellodone'.hex()}")
    assert served.connection.supplemental_data == ((65283, b"from gnutls"),)


def test_gnutls_refuses_what_it_does_not_expect_and_so_do_we(program: Path, pki: Pki, log: Path) -> None:
    with gnutls_server(program, pki, log, *MAPPING_OPTIONS) as server, pytest.raises(hellodone.FatalAlert) as caught:
        visit(server, replace(client_config(ONE, pki), supplements=[HINT]))
    assert (caught.value.alert, caught.value.sender) == (hellodone.AlertDescription.unexpected_message, "peer")
    with pytest.raises(hellodone.FatalAlert) as caught, serving(server_config(pki), b"") as served:
        run([str(program), "client", str(served.port), f"ca={pki.authorities}", *PRIVATE_OPTIONS[2:4]])
    assert (caught.value.alert, caught.value.sender) == (hellodone.AlertDescription.unexpected_message, "us")


def server_config(pki: Pki) -> hellodone.ServerConfig:
    """A server of ours."""
    identity = hellodone.Identity.from_files(pki.chain("srv-rsa"), pki.key("srv-rsa"))
    return hellodone.ServerConfig(identity=identity, policy=hellodone.Policy.compatible())
