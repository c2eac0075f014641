"""The commands as people type them, against real peers: connect, serve, and their files and exit statuses."""

import os
import socket
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.interop.cells import CLIENT_PEERS, DHE_RSA, ECDHE_ECDSA, ECDHE_RSA, Cell, cell
from tests.interop.checks import assert_agrees
from tests.interop.commands import HELLODONE, Serve, connect_command, serve_command
from tests.interop.processes import Server, converse, free_port, start_server, written_port
from tests.interop.servers import Peers
from tests.interop.stacks import Setup
from tests.interop.suites import Suite

RSA = Suite("RSA", "AES_256_CBC", "SHA256")

CELLS = [
    cell("client", peer, suite)
    for peer in CLIENT_PEERS
    for suite in (RSA, DHE_RSA, ECDHE_RSA, ECDHE_ECDSA)
    if peer != "go" or suite not in (RSA, DHE_RSA)
]
CELLS += [
    replace(cell("client", peer, ECDHE_RSA), client_certificate="cli-ed", alpn="http/1.1") for peer in CLIENT_PEERS
]


@pytest.mark.parametrize("one", CELLS, ids=str)
def test_connect_reads_a_page(peers: Peers, tmp_path: Path, one: Cell) -> None:
    stack, server = peers.stack(one.peer), peers.server(one.peer, Setup.of(one, http=True))
    start, trace, body = server.mark(), tmp_path / "trace.json", tmp_path / "body"
    command = connect_command(one, peers.pki, f"https://localhost:{server.port}/")
    done = converse([*command, "-o", str(trace), "--body", str(body)])
    assert done.status == 0, done.text
    report = stack.server_report(body.read_text(errors="replace"), server.said(start))
    assert_agrees(report, one, authenticated=bool(one.client_certificate))
    assert one.suite.name in trace.read_text()


def test_connect_joins_standard_input_and_output(peers: Peers, tmp_path: Path) -> None:
    one = cell("client", "openssl", ECDHE_RSA)
    server = peers.server("openssl", Setup.of(one))
    command = connect_command(one, peers.pki, f"localhost:{server.port}")
    answer = converse([*command, "-o", str(tmp_path / "chart.txt")], b"nonce-5f3759df\n", until="fd9573f5-ecnon")
    assert "fd9573f5-ecnon" in answer.text


def test_connect_refuses_an_authority_that_it_does_not_know(peers: Peers) -> None:
    one = cell("client", "openssl", ECDHE_RSA)
    server = peers.server("openssl", Setup.of(one, http=True))
    command = [*HELLODONE, "connect", f"https://localhost:{server.port}/", "--cacert", peers.pki.certificate("ca-ec")]
    start = server.mark()
    done = converse(command)
    assert done.status == 1
    assert "unknown_ca" in done.text
    server.wait_for("alert unknown ca", start)


def test_connect_tells_what_is_not_tls() -> None:
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]
    with start_server(lambda port: [*command, str(port)], Path(os.devnull)) as web:
        done = converse([*HELLODONE, "connect", f"https://localhost:{web.port}/"])
    assert done.status == 1
    assert "HTTP" in done.text
    assert "Traceback" not in done.text


def test_connect_reaches_nobody() -> None:
    done = converse([*HELLODONE, "connect", f"https://localhost:{free_port()}/"])
    assert done.status == 3
    assert "Traceback" not in done.text


def test_serve_chooses_a_port_and_ends_on_ctrl_c(peers: Peers, tmp_path: Path) -> None:
    port_file, pki = tmp_path / "port", peers.pki
    command = [*HELLODONE, "serve", "--bind", "127.0.0.1:0", "--port-file", str(port_file)]
    command += ["--cert", pki.chain("srv-rsa"), "--key", pki.key("srv-rsa")]
    one = cell("server", "openssl", ECDHE_RSA)
    with Server(command, tmp_path / "log", partial(written_port, port_file)) as server:
        client = peers.client("curl")
        assert_agrees(
            client.client_report(converse(client.client(one, pki, server.port)).text), one, authenticated=True
        )
        assert server.interrupt() == 0
    assert "Traceback" not in server.said()


def test_serve_echoes_what_it_is_sent(peers: Peers, tmp_path: Path) -> None:
    pki, one = peers.pki, cell("server", "openssl", ECDHE_RSA)
    command = [
        *serve_command(Setup("srv-rsa"), [one.suite.name], [], pki, 0),
        "--echo",
        "--port-file",
        str(tmp_path / "port"),
    ]
    with Server(command, tmp_path / "log", partial(written_port, tmp_path / "port")) as server:
        output = converse(peers.client("openssl").client(one, pki, server.port), b"nonce-5f3759df\n", "nonce-5f3759df")
    assert "nonce-5f3759df" in output.text


def test_serve_takes_clients_side_by_side(peers: Peers, serve: Serve) -> None:
    """One client that says nothing keeps nobody else waiting."""
    one = cell("server", "curl", ECDHE_RSA)
    server = serve(one)
    with socket.create_connection(("127.0.0.1", server.port)):
        output = converse(peers.client("curl").client(one, peers.pki, server.port), seconds=15)
    assert output.status == 0
