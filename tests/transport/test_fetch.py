"""Look-ups over HTTP on the loopback interface: what comes back, and every way in which nothing does."""

from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, datetime

import pytest

from hellodone import connect
from hellodone.config import ClientConfig, ServerConfig
from hellodone.errors import AlertDescription, FatalAlert
from hellodone.pki.laboratory import LabAuthority
from hellodone.pki.lookups import CrlFetch, OcspQuery
from hellodone.pki.revocation import Revocation
from hellodone.transport.dial import Deadline
from hellodone.transport.fetch import fetch, fetcher
from hellodone.transport.listener import TlsListener
from tests.transport.loopback import Handler, closed_port, reset, scripted, serving
from tests.transport.responder import responding

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def crl(handler: Handler, timeout: float = 5.0, clients: int = 1) -> tuple[bytes, str]:
    """What fetching a CRL from such a server gives: octets or the failure."""
    with serving(handler, clients=clients) as (host, port):
        fetched = fetch(CrlFetch(f"http://{host}:{port}/ca.crl"), timeout)
    return fetched.data, fetched.failure


def test_a_crl_is_fetched_with_get() -> None:
    heard = bytearray()

    def handle(connection: socket.socket) -> None:
        while b"\r\n\r\n" not in heard:
            heard.extend(connection.recv(4096))
        connection.sendall(OK)

    assert crl(handle) == (b"hello", "")
    assert heard.startswith(b"GET /ca.crl HTTP/1.1\r\nHost: 127.0.0.1:")


def test_an_ocsp_request_is_posted_or_put_into_the_path() -> None:
    heard: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        request = b""
        while not request.endswith(b"\r\n\r\n" if request.startswith(b"GET") else b"body"):
            request += connection.recv(4096)
        heard.append(request)
        connection.sendall(OK)

    with serving(handle, clients=2) as (host, port):
        url = f"http://{host}:{port}/ocsp"
        assert fetch(OcspQuery(url, b"body", b"nonce")).data == b"hello"
        assert fetch(OcspQuery(url, b"body")).data == b"hello"
    assert heard[0].startswith(b"POST /ocsp HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/ocsp-request\r\n" in heard[0]
    assert heard[0].endswith(b"\r\n\r\nbody")
    assert heard[1].startswith(b"GET /ocsp/Ym9keQ%3D%3D HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"HTTP/1.1 404 Not Found\r\n\r\n", "the server answered 404 Not Found"),
        (b"HTTP/1.1 503 \x1b[31mBusy\r\n\r\n", "the server answered 503 [31mBusy"),
        (b"SSH-2.0-OpenSSH_9\r\n", "the answer is not HTTP"),
        (b"", "the answer is not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "the answer ends 4 bytes too early"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", "the answer has 999,999,999 bytes, more than 16 MiB"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n", "the answer is not HTTP"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\n\r\n",
            "it leads to 'https', and only http is followed",
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
            "it leads to 'file', and only http is followed",
        ),
    ],
)
def test_answers_that_are_none(answer: bytes, failure: str) -> None:
    assert crl(scripted("\r\n\r\n", answer)) == (b"", failure)


def test_a_chunked_answer_and_one_that_the_end_ends() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
    assert crl(scripted("\r\n\r\n", chunked)) == (b"hello", "")
    assert crl(scripted("\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\nhello")) == (b"hello", "")


@pytest.mark.parametrize(("kind", "mebibytes"), [("ocsp", 1), ("crl", 16)])
@pytest.mark.parametrize(
    ("announced", "failure"),
    [(b"", "is longer than"), (b"Content-Length: 1073741824\r\n", "has 1,073,741,824 bytes, more than")],
)
def test_an_answer_of_a_gigabyte_is_cut(kind: str, mebibytes: int, announced: bytes, failure: str) -> None:
    taken = []

    def handle(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**16)
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\n" + announced + b"\r\n")
        try:
            for _ in range(2**14):
                taken.append(connection.send(bytes(2**16)))
        except OSError:
            return

    with serving(handle) as (host, port):
        url = f"http://{host}:{port}/"
        fetched = fetch(OcspQuery(url, b"") if kind == "ocsp" else CrlFetch(url))
    assert fetched.failure == f"the answer {failure} {mebibytes} MiB"
    assert fetched.data == b""
    assert sum(taken) < (mebibytes + 8) * 2**20  # what the buffers of the two sockets hold comes on top


def test_redirects_are_followed_a_little() -> None:
    with serving(scripted("GET /new", OK)) as (host, port):
        there = f"HTTP/1.1 301 Moved\r\nLocation: http://{host}:{port}/new\r\n\r\n".encode()
        assert crl(scripted("\r\n\r\n", there)) == (b"hello", "")
    around = b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n"
    assert crl(scripted("\r\n\r\n", around), clients=4) == (b"", "more than 3 redirects")


def test_a_post_is_not_turned_into_a_get() -> None:
    with serving(scripted("body", b"HTTP/1.1 302 Found\r\nLocation: /else\r\n\r\n")) as (host, port):
        assert "sends a POST elsewhere" in fetch(OcspQuery(f"http://{host}:{port}/", b"body", b"n")).failure


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome"])
def test_silence(said: bytes) -> None:
    over = threading.Event()

    def handle(connection: socket.socket) -> None:
        connection.sendall(said)
        over.wait(5)

    with serving(handle) as (host, port):
        started = time.monotonic()
        assert fetch(CrlFetch(f"http://{host}:{port}/"), 0.2).failure == "no whole answer within 0.2 s"
        assert time.monotonic() - started < 2
        over.set()


def test_a_server_that_drips_is_not_waited_for() -> None:
    over = threading.Event()

    def handle(connection: socket.socket) -> None:
        try:
            while not over.wait(0.05):
                connection.sendall(b"H")
        except OSError:
            return

    with serving(handle) as (host, port):
        started = time.monotonic()
        assert fetch(CrlFetch(f"http://{host}:{port}/"), 0.4).failure == "no whole answer within 0.4 s"
        assert time.monotonic() - started < 2
        over.set()


def test_nobody_there_and_nonsense() -> None:
    assert "refused" in fetch(CrlFetch(f"http://127.0.0.1:{closed_port()}/")).failure
    assert crl(reset)[1] != ""
    for url in ("http://127.0.0.1:99999/", "http://[/", "http://", "ldap://127.0.0.1/", "http://127.0.0.1:x/"):
        assert fetch(CrlFetch(url)).failure != ""


def test_no_time_left() -> None:
    deadline = Deadline(0.001)
    time.sleep(0.01)
    assert fetcher(deadline)(CrlFetch("http://127.0.0.1:1/")).failure == "no time was left to ask"


# --- in a connection


@pytest.mark.parametrize("revoked", [False, True])
@pytest.mark.parametrize("nonce", [False, True])
def test_a_client_asks_the_responder(revoked: bool, nonce: bool) -> None:
    made = LabAuthority.create(at=datetime.now(UTC))
    with responding(made) as ca:
        server = ca.issue_server(key="ec")
        if revoked:
            ca.revoke(server.leaf)
        policy = Revocation.hard(nonce=nonce)
        with TlsListener(("127.0.0.1", 0), ServerConfig(identity=server)) as listener:

            def serve() -> None:
                with listener.accept() as tls:
                    try:
                        tls.do_handshake(10)
                    except FatalAlert:
                        return
                    tls.recv()

            thread = threading.Thread(target=serve)
            thread.start()
            try:
                config = ClientConfig(trust=ca.trust, revocation=policy)
                if revoked:
                    with pytest.raises(FatalAlert) as caught:
                        connect(listener.address, config, timeout=10)
                    assert caught.value.alert == AlertDescription.certificate_revoked
                else:
                    with connect(listener.address, config, timeout=10) as tls:
                        (answer,) = tls.connection.handshake.server_revocation
                        assert (answer.status, answer.source) == ("good", ca.ocsp_url)
            finally:
                thread.join(10)
