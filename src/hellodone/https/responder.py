"""The server's side of a tiny HTTP/1.1 without I/O: a request head in, one whole answer out; or every line sent back.

It is made to be tested against: a request may come in any number of pieces and end in a blank line of either kind
(RFC 9112, 2.2), and an answer is one piece, so that it goes in one TLS record as long as it fits.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Protocol

from hellodone.https.page import Seen, html_page, text_page

_SHOWN = 2048  # characters of a request's head that a page repeats: even escaped it fits one record
MAXIMUM_HEAD = 64 * 1024  # bytes of a request's head, or of a line to send back
_BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n")
_ACCEPT = re.compile(rb"^accept:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


class Responder(Protocol):
    """What a server does with the data of one connection."""

    finished: bool  # nothing more is to be said: close the connection

    def receive(self, data: bytes) -> list[bytes]:
        """Take data of the client's; each item of the answer is sent in one piece."""
        ...


class HttpResponder:
    """Answers the first request with a page about the handshake, or with ``reply_size`` bytes in all; then finished."""

    def __init__(self, seen: Seen, reply_size: int | None = None) -> None:
        self.finished = False
        self._seen = seen
        self._reply_size = reply_size
        self._head = bytearray()

    def receive(self, data: bytes) -> list[bytes]:
        """See :class:`Responder`."""
        if self.finished:
            return []
        start = max(0, len(self._head) - 3)
        self._head += data
        end = _BLANK_LINE.search(self._head, start)
        if end is None and len(self._head) <= MAXIMUM_HEAD:
            return []
        self.finished = True
        if end is None or end.end() > MAXIMUM_HEAD:
            return [
                _answer("431 Request Header Fields Too Large", "text/plain", b"the head of the request is too long\n")
            ]
        return [self._respond(bytes(self._head[: end.end()]))]

    def _respond(self, head: bytes) -> bytes:
        method, target = [*head.split(None, 2), b"", b""][:2]
        if self._reply_size is not None:
            return sized_answer(self._reply_size)
        seen = replace(self._seen, request=_printable(head)[:_SHOWN])
        if target == b"/favicon.ico":
            answer = _answer("404 Not Found", "text/plain", b"there is no picture\n")
        elif _wants_html(head):
            answer = _answer("200 OK", "text/html", html_page(seen).encode())
        else:
            answer = _answer("200 OK", "text/plain", text_page(seen).encode())
        return answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if method == b"HEAD" else answer


class EchoResponder:
    """Sends each line back as it came, once its end is there; never finished by itself."""

    def __init__(self) -> None:
        self.finished = False
        self._line = bytearray()

    def receive(self, data: bytes) -> list[bytes]:
        """See :class:`Responder`. A line too long for a buffer goes back in pieces."""
        self._line += data
        *ended, self._line = self._line.split(b"\n")
        lines = [bytes(line) + b"\n" for line in ended]
        if len(self._line) > MAXIMUM_HEAD:
            lines.append(bytes(self._line))
            self._line.clear()
        return lines


def sized_answer(size: int) -> bytes:
    """An answer of ``size`` bytes, head and body together; never shorter than its head."""
    body = b""
    for _ in range(3):  # the head holds the length of the body, whose digits may change once
        head = len(_answer("200 OK", "text/plain", body)) - len(body)
        body = (b"hellodone\n" * (size // 10 + 1))[: max(0, size - head)]
    return _answer("200 OK", "text/plain", body)


def _answer(status: str, media_type: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nServer: hellodone\r\nContent-Type: {media_type}; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


def _wants_html(head: bytes) -> bool:
    """Browsers name text/html; curl says ``*/*`` and is served plain text."""
    return any(b"text/html" in match.lower() for match in _ACCEPT.findall(head))


def _printable(head: bytes) -> str:
    """The head's lines with everything unprintable escaped: whoever looks at the page may use a terminal."""
    lines = head.decode("latin-1").strip().splitlines()
    return "\n".join(line.encode("unicode_escape").decode("ascii") for line in lines)
