"""Exporters and channel bindings, compared with what GnuTLS and OpenSSL derive from the same connection."""

from __future__ import annotations

import re
from pathlib import Path

import hellodone
from tests.conftest import Proves
from tests.interop.cells import ECDHE_RSA, cell
from tests.interop.derived import LABEL, LENGTH, assert_derived
from tests.interop.dialling import dialled
from tests.interop.driving import converse, historic_client, historic_server
from tests.interop.one_server import serving
from tests.interop.pki import Pki
from tests.interop.processes import converse as run
from tests.interop.processes import start_server
from tests.interop.rare_peers import TO_THE_END
from tests.interop.stacks import OpenSSL, Setup

HELLO = b"hello from hellodone\n"
OPENSSL_OPTIONS = ["-keymatexport", LABEL, "-keymatexportlen", str(LENGTH)]


def test_a_gnutls_server_derives_the_same(proves: Proves, gnutls_peer: Path, pki: Pki, tmp_path: Path) -> None:
    files = [f"crt={pki.chain('srv-rsa')}", f"key={pki.key('srv-rsa')}"]

    def command(port: int) -> list[str]:
        return [str(gnutls_peer), "server", str(port), *files, "derive=1"]

    config = historic_client(cell("client", "gnutls", ECDHE_RSA), pki)
    with start_server(command, tmp_path / "log") as server:
        outcome = converse(server.port, config, HELLO, b"hello from gnutls")
        said = server.wait_for("server read hello")
    assert_derived("client", "gnutls", proves, outcome.connection, said)
    assert len(re.findall("(?:exporter|unique|end)=", said)) == 3


def test_a_gnutls_client_derives_the_same(proves: Proves, gnutls_peer: Path, pki: Pki) -> None:
    with serving(historic_server(cell("server", "gnutls", ECDHE_RSA), pki), HELLO) as served:
        said = run([str(gnutls_peer), "client", str(served.port), f"ca={pki.authorities}", "derive=1"]).text
    assert_derived("server", "gnutls", proves, served.connection, said)
    assert len(re.findall("(?:exporter|unique|end)=", said)) == 3


def test_an_openssl_server_derives_the_same(proves: Proves, pki: Pki, tmp_path: Path) -> None:
    proves("client", "openssl", "exporter")
    one = cell("client", "openssl", ECDHE_RSA)
    with (
        start_server(lambda port: talkative(Setup.of(one), pki, port), tmp_path / "log", typed=True) as server,
        dialled(server.port, historic_client(one, pki)) as client,
    ):
        client.say(HELLO)
        server.wait_for("hello from hellodone")
        server.enter("and back")
        client.wait(lambda: b"and back" in client.received)
        said = server.said()
    assert exported_without_context(client.connection) in said


def talkative(setup: Setup, pki: Pki, port: int) -> list[str]:
    """An s_server that tells everything: without -rev."""
    return [*(word for word in OpenSSL().server(setup, pki, port) if word != "-rev"), *OPENSSL_OPTIONS]


def test_an_openssl_client_derives_the_same(proves: Proves, pki: Pki) -> None:
    proves("server", "openssl", "exporter")
    one = cell("server", "openssl", ECDHE_RSA)
    with serving(historic_server(one, pki), HELLO) as served:
        said = run([*OpenSSL().client(one, pki, served.port), *OPENSSL_OPTIONS], HELLO, TO_THE_END).text
    assert exported_without_context(served.connection) in said


def exported_without_context(connection: hellodone.ClientConnection | hellodone.ServerConnection) -> str:
    """What OpenSSL's programs print: they give no context."""
    return f"Keying material: {connection.export_keying_material(LABEL, LENGTH).reveal().hex().upper()}\n"
