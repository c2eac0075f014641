"""What the HTTPS responder answers, without a network."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hellodone.https.page import Seen
from hellodone.https.responder import MAXIMUM_HEAD, EchoResponder, HttpResponder, sized_answer

SEEN = Seen(
    version="TLS 1.2",
    cipher_suite="TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    group="x25519",
    alpn="http/1.1",
    server_name="localhost",
    client="127.0.0.1:5",
    client_certificate="CN=<alice>",
)
RECORD = 2**14


def answer(request: bytes, seen: Seen = SEEN) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of the one answer, as h11 reads it."""
    (piece,) = HttpResponder(seen).receive(request)
    client = h11.Connection(h11.CLIENT)
    method = "HEAD" if request.startswith(b"HEAD") else "GET"
    client.send(h11.Request(method=method, target="/", headers=[("Host", "x")]))
    client.send(h11.EndOfMessage())
    client.receive_data(piece)
    head = client.next_event()
    assert isinstance(head, h11.Response)
    body = b""
    while isinstance(event := client.next_event(), h11.Data):
        body += event.data
    assert isinstance(event, h11.EndOfMessage)
    return head.status_code, dict(head.headers), body


def test_a_plain_page_tells_what_was_seen() -> None:
    status, headers, body = answer(b"GET /nonce42 HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n")
    assert status == 200
    assert headers[b"content-type"].startswith(b"text/plain")
    for word in (
        b"TLS 1.2",
        b"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        b"x25519",
        b"http/1.1",
        b"CN=<alice>",
        b"nonce42",
    ):
        assert word in body


def test_a_browser_gets_html_with_everything_escaped() -> None:
    _, headers, body = answer(b"GET /?<script> HTTP/1.1\r\nAccept: text/html,*/*\r\n\r\n")
    assert headers[b"content-type"].startswith(b"text/html")
    assert b"CN=&lt;alice&gt;" in body
    assert b"&lt;script&gt;" in body
    assert b"<script" not in body


def test_what_was_not_agreed_on_is_said_too() -> None:
    _, _, body = answer(b"GET / HTTP/1.0\n\n", Seen("TLS 1.2", "TLS_RSA_WITH_AES_128_CBC_SHA"))
    assert b"uses no group" in body
    assert b"no server_name" in body


def test_head_gets_no_body() -> None:
    status, _, body = answer(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (status, body) == (200, b"")


def test_there_is_no_picture() -> None:
    assert answer(b"GET /favicon.ico HTTP/1.1\r\nHost: x\r\n\r\n")[0] == 404


@pytest.mark.parametrize("request_", [b"\r\n\r\n", b"\n\n", b"\x00\xff\x1b[2J\r\n\r\n", b"GET\r\n\r\n"])
def test_whatever_ends_in_a_blank_line_is_answered(request_: bytes) -> None:
    status, _, body = answer(request_)
    assert status == 200
    assert b"\x1b" not in body


@given(st.binary(max_size=6000).map(lambda data: b"GET / HTTP/1.1\r\nAccept: text/html\r\nX: &" + data + b"\r\n\r\n"))
def test_a_page_fits_one_record(request_: bytes) -> None:
    responder = HttpResponder(SEEN)
    (piece,) = responder.receive(request_)
    assert len(piece) <= RECORD


def test_the_worst_head_still_fits_one_record() -> None:
    (piece,) = HttpResponder(SEEN).receive(b"GET / HTTP/1.1\r\nAccept: text/html\r\nX: " + b"&" * 9000 + b"\r\n\r\n")
    assert len(piece) <= RECORD


@pytest.mark.parametrize("end", [b"\r\n\r\n", b"\n\n"])
def test_a_request_may_come_byte_by_byte(end: bytes) -> None:
    request = b"GET / HTTP/1.0\r\nHost: localhost" + end
    responder = HttpResponder(SEEN)
    for at in range(len(request) - 1):
        assert responder.receive(request[at : at + 1]) == []
        assert not responder.finished
    assert len(responder.receive(request[-1:])) == 1
    assert responder.finished
    assert responder.receive(b"more") == []


def test_a_head_of_a_whole_record_is_answered() -> None:
    head = b"GET / HTTP/1.1\r\nX: " + b"a" * RECORD + b"\r\n\r\n"
    assert answer(head)[0] == 200


def test_an_endless_head_is_refused() -> None:
    responder = HttpResponder(SEEN)
    pieces: list[bytes] = []
    while not responder.finished:
        pieces = responder.receive(b"X: y\r\n" * 1000)
    assert pieces[0].startswith(b"HTTP/1.1 431 ")
    assert len(responder._head) < 2 * MAXIMUM_HEAD


@given(st.integers(min_value=300, max_value=40_000))
def test_an_answer_has_the_size_that_was_asked_for(size: int) -> None:
    assert len(sized_answer(size)) == size


def test_a_size_smaller_than_the_head_gives_the_head_alone() -> None:
    answer = sized_answer(1)
    assert answer.endswith(b"\r\n\r\n")
    assert b"Content-Length: 0\r\n" in answer


@given(st.lists(st.binary(max_size=20)))
def test_every_line_is_sent_back_as_it_came(pieces: list[bytes]) -> None:
    responder = EchoResponder()
    sent = [line for piece in pieces for line in responder.receive(piece)]
    whole = b"".join(pieces)
    assert b"".join(sent) == whole[: whole.rfind(b"\n") + 1]
    assert all(line.count(b"\n") == 1 for line in sent)
    assert not responder.finished


def test_a_line_without_end_is_sent_back_in_pieces() -> None:
    responder = EchoResponder()
    assert responder.receive(b"x" * (MAXIMUM_HEAD + 1)) == [b"x" * (MAXIMUM_HEAD + 1)]
