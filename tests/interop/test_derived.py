"""Exporters and channel bindings, compared with what GnuTLS derives from the same connection."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import Proves
from tests.interop.cells import ECDHE_RSA, cell
from tests.interop.derived import assert_derived
from tests.interop.driving import converse, historic_client, historic_server
from tests.interop.one_server import serving
from tests.interop.pki import Pki
from tests.interop.processes import converse as run
from tests.interop.processes import start_server

HELLO = b"hello from hellodone\n"


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
