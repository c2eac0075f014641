"""The HTTPS client against small servers, and against our own responder."""

import contextlib
import hashlib
import ssl
import threading
from collections.abc import Iterator

import pytest

from hellodone.errors import TruncationError
from hellodone.https.client import HttpError, Response, get
from hellodone.https.responder import HttpResponder
from hellodone.https.server import answer, seen
from hellodone.transport.client import connect
from hellodone.transport.listener import TlsListener
from tests.transport.laboratory import laboratory
from tests.transport.loopback import SECONDS
from tests.transport.test_blocking import to_openssl


def ask(reply: bytes, *, unwrap: bool = True, keep: list[bytes] | None = None) -> Response:
    """What the client makes of a server that answers any request with ``reply`` and closes."""

    def serve(tls: ssl.SSLSocket) -> None:
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += tls.recv(4096)
        assert heard.startswith(b"GET /path?query HTTP/1.1\r\n")
        assert b"host: localhost:4433\r\n" in heard.lower()
        with contextlib.suppress(OSError):
            tls.sendall(reply)
            if unwrap:
                tls.unwrap()

    with to_openssl(serve) as tls:
        return get(tls, "localhost:4433", "/path?query", None if keep is None else keep.append)


def test_the_body_is_counted_hashed_and_kept() -> None:
    keep: list[bytes] = []
    response = ask(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello", keep=keep)
    assert (response.status, response.reason, response.length) == (200, "OK", 5)
    assert response.sha256 == hashlib.sha256(b"hello").hexdigest()
    assert ("x-y", "z") in response.headers
    assert b"".join(keep) == b"hello"


def test_chunks_are_joined() -> None:
    response = ask(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
    assert response.sha256 == hashlib.sha256(b"hello").hexdigest()


def test_nothing_is_followed() -> None:
    assert ask(b"HTTP/1.1 302 Found\r\nLocation: https://x/\r\nContent-Length: 0\r\n\r\n").status == 302


def test_an_interim_answer_is_passed_over() -> None:
    assert ask(b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").status == 404


def test_a_body_may_end_with_close_notify() -> None:
    assert ask(b"HTTP/1.0 200 OK\r\n\r\nhello").length == 5


def test_a_body_that_ends_without_close_notify_may_be_cut() -> None:
    with pytest.raises(TruncationError):
        ask(b"HTTP/1.0 200 OK\r\n\r\nhello", unwrap=False)


@pytest.mark.parametrize(
    "reply",
    [b"", b"220 mail ESMTP\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", b"HTTP/1.1 200 OK\r\nX" * 9000],
)
def test_what_is_no_whole_answer_is_one_sentence(reply: bytes) -> None:
    with pytest.raises(HttpError) as caught:
        ask(reply)
    assert caught.value.reason.isprintable()


@contextlib.contextmanager
def our_server() -> Iterator[tuple[str, int]]:
    with TlsListener(("127.0.0.1", 0), laboratory().server_config(alpn=("http/1.1",))) as listener:

        def serve() -> None:
            with listener.accept() as tls:
                tls.do_handshake(SECONDS)
                answer(tls, HttpResponder(seen(tls)))

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.address
        thread.join(SECONDS)


def test_our_server_tells_what_it_saw() -> None:
    keep: list[bytes] = []
    config = laboratory().client_config(alpn=("http/1.1",))
    with our_server() as address, connect(address, config, server_name="localhost", timeout=SECONDS) as tls:
        response = get(tls, "localhost", "/", keep.append)
        suite, peer = str(tls.cipher_suite), "{}:{}".format(*tls.getsockname())
    page = b"".join(keep).decode()
    assert response.status == 200
    for word in (suite, "x25519", "http/1.1", "localhost", peer, "TLS 1.2"):
        assert word in page
