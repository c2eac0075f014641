"""tshark captures a run of ours live and decrypts it with the key log that hellodone wrote."""

import os
from pathlib import Path

import pytest

from tests.interop.capturing import can_capture, capture, read_with_tshark
from tests.interop.cells import ECDHE_ECDSA, ECDHE_RSA, Cell, cell
from tests.interop.commands import HELLODONE, connect_command
from tests.interop.peers import missing
from tests.interop.processes import converse, start_server
from tests.interop.servers import Peers
from tests.interop.stacks import Setup
from tests.interop.suites import Suite

CELLS = [
    cell("client", "gnutls", ECDHE_RSA),
    cell("client", "gnutls", ECDHE_ECDSA),
    cell("client", "gnutls", Suite("DHE_RSA", "CHACHA20_POLY1305", "SHA256")),
    cell("client", "gnutls", Suite("RSA", "AES_128_CBC", "SHA")),
]


@pytest.fixture(autouse=True)
def captures() -> None:
    if not can_capture():
        missing("tshark cannot capture on the loopback interface as this user")


def test_tshark_decrypts_another_client_with_its_key_log(peers: Peers, tmp_path: Path) -> None:
    """A control, without hellodone: and without the key log nothing is decrypted."""
    one = CELLS[0]
    server, keylog, file = peers.server("gnutls", Setup.of(one)), tmp_path / "keys.txt", tmp_path / "run.pcapng"
    with capture(server.port, file):
        command = [*peers.stack("openssl").client(one, peers.pki, server.port), "-keylogfile", str(keylog)]
        converse(command, b"GET / HTTP/1.0\r\nX-Nonce: 5f3759df\r\n\r\n", until="5f3759df")
    assert "X-Nonce: 5f3759df" in read_with_tshark(file, server.port, keylog=keylog)
    assert "5f3759df" not in read_with_tshark(file, server.port)


@pytest.mark.parametrize("one", CELLS, ids=str)
def test_tshark_decrypts_connect_with_our_key_log(peers: Peers, tmp_path: Path, one: Cell) -> None:
    server, keylog, file = peers.server("gnutls", Setup.of(one)), tmp_path / "keys.txt", tmp_path / "run.pcapng"
    command = connect_command(one, peers.pki, f"https://localhost:{server.port}/nonce-5f3759df")
    with capture(server.port, file):
        assert converse([*command, "--keylog", str(keylog)]).status == 0
    seen = read_with_tshark(file, server.port, keylog=keylog)
    assert "GET /nonce-5f3759df HTTP/1.1" in seen
    assert "This is <a href" in seen
    assert f"Cipher Suite: {one.suite.name}" in seen
    assert seen.count("Record Layer: Handshake Protocol: Finished") == 2
    assert "Alert (Level: Warning, Description: Close Notify)" in seen


def test_tshark_decrypts_serve_with_our_key_log(peers: Peers, tmp_path: Path) -> None:
    """The same from the server's end, the key log named by SSLKEYLOGFILE."""
    keylog, file, pki = tmp_path / "keys.txt", tmp_path / "run.pcapng", peers.pki
    one = cell("server", "openssl", ECDHE_RSA)
    assert "SSLKEYLOGFILE" not in os.environ
    command = ["env", f"SSLKEYLOGFILE={keylog}", *HELLODONE, "serve"]
    command += ["--cert", pki.chain("srv-rsa"), "--key", pki.key("srv-rsa")]
    with start_server(lambda port: [*command, "--bind", f"127.0.0.1:{port}"], tmp_path / "log") as server:
        with capture(server.port, file):
            client = peers.client("openssl").client(one, pki, server.port)
            converse(client, b"GET /nonce-5f3759df HTTP/1.0\r\n\r\n", until="HTTP/1")
        seen = read_with_tshark(file, server.port, keylog=keylog)
    assert "GET /nonce-5f3759df HTTP/1.0" in seen
    assert seen.count("Record Layer: Handshake Protocol: Finished") == 2
