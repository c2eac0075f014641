"""``hellodone serve`` with OpenSSL clients: many at once, and an orderly end."""

import contextlib
import http.client
import signal
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from hellodone.trace.model import Trace
from tests.cli.running import Server, hellodone, process, serving
from tests.transport.laboratory import laboratory, openssl_client, write_identity
from tests.transport.loopback import SECONDS


@contextlib.contextmanager
def ours(folder: Path, *options: object) -> Iterator[Server]:
    """A server with a certificate of the laboratory that clients trust."""
    chain, key = write_identity(laboratory().server, folder)
    with serving(folder, "--cert", chain, "--key", key, *options) as server:
        yield server


def get(port: int, accept: str = "*/*") -> tuple[int, str]:
    connection = http.client.HTTPSConnection("localhost", port, timeout=SECONDS, context=openssl_client())
    try:
        connection.request("GET", "/nonce", headers={"Accept": accept})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def dial(port: int) -> ssl.SSLSocket:
    return openssl_client().wrap_socket(
        socket.create_connection(("127.0.0.1", port), SECONDS), server_hostname="localhost"
    )


def test_clients_are_served_told_of_and_the_end_is_clean(tmp_path: Path) -> None:
    with ours(tmp_path) as server:
        status, page = get(server.port)
        assert status == 200
        assert "TLS_ECDHE_ECDSA" in page
        assert "/nonce" in page
        assert get(server.port, "text/html")[1].startswith("<!doctype html>")
        outcome = server.end(signal.SIGINT)
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0] == f"listening on 127.0.0.1:{server.port}"
    assert len(lines) == 3
    assert all("TLSv1.2 ECDHE_ECDSA" in line and " ok" in line for line in lines[1:])
    assert outcome.err == "stopped\n"


def test_termination_is_as_clean(tmp_path: Path) -> None:
    with ours(tmp_path) as server:
        assert server.end(signal.SIGTERM).code == 0


def test_it_ends_though_a_client_is_still_there(tmp_path: Path) -> None:
    with ours(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port)):
        assert server.end().code == 0


def test_a_silent_client_keeps_nobody_waiting(tmp_path: Path) -> None:
    with (
        ours(tmp_path) as server,
        socket.create_connection(("127.0.0.1", server.port)),
        dial(server.port) as idle,
    ):
        assert get(server.port)[0] == 200
        idle.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert idle.recv(8) == b"HTTP/1.1"


def test_aborted_clients_are_survived(tmp_path: Path) -> None:
    with ours(tmp_path) as server:
        for data in (b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x02\x01\x00", bytes(100)):
            with socket.create_connection(("127.0.0.1", server.port)) as plain:
                plain.sendall(data)
        assert get(server.port)[0] == 200
        outcome = server.end()
    assert outcome.code == 0
    assert "looks like an HTTP client" in outcome.err


def test_each_connection_leaves_a_trace(tmp_path: Path) -> None:
    with ours(tmp_path, "--trace-dir", tmp_path / "traces") as server:
        get(server.port)
        get(server.port)
        server.end()
    with ours(tmp_path, "--trace-dir", tmp_path / "traces") as another:
        get(another.port)
        another.end()
    files = sorted((tmp_path / "traces").iterdir())
    assert [file.name for file in files] == ["connection-1.json", "connection-2.json", "connection-3.json"]
    for file in files:
        assert Trace.from_json(file.read_text()).connections[0].completed


def test_the_answer_is_one_record_then_close_notify(tmp_path: Path) -> None:
    """Read byte by byte below TLS, as a conformance suite would."""
    with ours(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port), SECONDS) as plain:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = openssl_client().wrap_bio(incoming, outgoing, server_hostname="localhost")
        records = b""

        def step(action: str) -> bool:
            nonlocal records
            try:
                tls.do_handshake() if action == "handshake" else tls.write(action.encode())
            except ssl.SSLWantReadError:
                plain.sendall(outgoing.read())
                incoming.write(plain.recv(65536))
                return False
            plain.sendall(outgoing.read())
            return True

        while not step("handshake"):
            pass
        step("GET / HTTP/1.0\n\n")
        while more := plain.recv(65536):
            records += more
            if len(records) > 5 and records.count(b"\x15\x03\x03") and not plain_left(records):
                break
    kinds = list(record_types(records))
    assert kinds == [23, 21]


def record_types(data: bytes) -> Iterator[int]:
    while data:
        yield data[0]
        data = data[5 + int.from_bytes(data[3:5], "big") :]


def plain_left(data: bytes) -> bool:
    """Whether the last record is not whole."""
    while len(data) >= 5:
        data = data[5 + int.from_bytes(data[3:5], "big") :]
    return bool(data)


def test_a_reply_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    with ours(tmp_path, "--reply-size", 1046) as server, dial(server.port) as tls:
        tls.sendall(b"GET / HTTP/1.0\r\n\r\n")
        got = b""
        while more := tls.recv(4096):
            got += more
    assert len(got) == 1046


def test_echo_sends_every_line_back(tmp_path: Path) -> None:
    with ours(tmp_path, "--echo") as server, dial(server.port) as tls:
        tls.sendall(b"one\ntwo\nthr")
        assert tls.recv(4) == b"one\n"
        assert tls.recv(4) == b"two\n"
        tls.sendall(b"ee\n")
        assert tls.recv(10) == b"three\n"


def authenticated(port: int, folder: Path, *, certificate: bool) -> str:
    context = openssl_client()
    if certificate:
        context.load_cert_chain(*write_identity(laboratory().client, folder, "client"))
    connection = http.client.HTTPSConnection("localhost", port, timeout=SECONDS, context=context)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_client_certificates_required_and_requested(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(laboratory().authority.pem)
    with ours(tmp_path, "--client-ca", ca) as server:
        assert "CN=alice" in authenticated(server.port, tmp_path, certificate=True)
        with pytest.raises(ssl.SSLError):
            authenticated(server.port, tmp_path, certificate=False)
        assert server.end().code == 0
    (tmp_path / "port").unlink()
    with ours(tmp_path, "--client-ca", ca, "--request-client-cert") as server:
        assert "CN=alice" in authenticated(server.port, tmp_path, certificate=True)
        assert "none" in authenticated(server.port, tmp_path, certificate=False)


def test_a_certificate_is_made_on_the_spot_and_how_to_connect_is_said(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert server.process.stderr is not None
        said = [server.process.stderr.readline().decode() for _ in range(3)]
        assert "laboratory" in said[0]
        words = said[1].split()
        assert words[:2] == ["hellodone", "connect"]
        outcome = process(*words[1:], "--brief")
        assert outcome.code == 0
        ca = Path(words[-1])
        assert ca.exists()
        assert server.end().code == 0
    assert not ca.exists()


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--bind", "127.0.0.1"], 2, "port"),
        (["--bind", "192.0.2.1:0"], 2, "cannot listen"),
        (["--cert", "/no/such.pem"], 4, "/no/such.pem"),
        (["--client-ca", "/no/such.pem"], 4, "/no/such.pem"),
        (["--port-file", "/no/such/folder/port", "--bind", "127.0.0.1:0"], 4, "cannot be written"),
    ],
)
def test_what_cannot_be_served_is_said(
    options: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outcome = hellodone(capsys, "serve", *options)
    assert outcome.code == code
    assert words in outcome.err


def test_a_refusal_by_policy_names_the_policy_that_would_do(tmp_path: Path) -> None:
    identity = laboratory().authority.issue_server(key="rsa")
    chain, key = write_identity(identity, tmp_path)
    context = openssl_client()
    context.set_ciphers("AES256-SHA256")
    with serving(tmp_path, "--cert", chain, "--key", key) as server:
        plain = socket.create_connection(("127.0.0.1", server.port), SECONDS)
        with plain, pytest.raises(ssl.SSLError):
            context.wrap_socket(plain, server_hostname="localhost")
        outcome = server.end()
    assert "with --policy compatible the handshake works (TLS_RSA_WITH_AES_256_CBC_SHA256)" in outcome.err


def test_a_missing_client_certificate_is_not_the_policys_fault(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(laboratory().authority.pem)
    with ours(tmp_path, "--client-ca", ca) as server:
        with contextlib.suppress(ssl.SSLError, OSError), dial(server.port) as client:
            client.recv(1)
        outcome = server.end()
    assert "handshake_failure(40): the list of certificates is empty" in outcome.err
    assert "--policy" not in outcome.err
