"""Fetching OCSP responses and CRLs over HTTP for a handshake that asks whether a certificate is revoked.

What is fetched is signed, so plain HTTP is right (RFC 6960, A.1; RFC 5280, 8); nothing that is said here is believed.
Everything is bounded: five seconds and so many bytes each, no other scheme, three redirects.
"""

from __future__ import annotations

import http.client
import io
import socket
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urljoin, urlsplit

from hellodone.transport.dial import Deadline, dial
from hellodone.transport.errors import PeerNotReached

if TYPE_CHECKING:
    from collections.abc import Callable

    from hellodone.pki.lookups import Fetched, Lookup

TIMEOUT: Final = 5.0  # seconds for one look-up, all of it
_CHUNK: Final = 64 * 1024
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_AGENT: Final = "hellodone"


class _Failed(Exception):
    """The look-up came to nothing, for the reason given."""


def fetch(lookup: Lookup, timeout: float = TIMEOUT) -> Fetched:
    """What is to be had for a look-up, within ``timeout`` seconds; a failure is an answer too. Raises nothing."""
    from hellodone.pki.lookups import Fetched

    deadline = Deadline(timeout)
    try:
        return Fetched(_follow(lookup, deadline))
    except _Failed as fault:
        return Fetched(failure=str(fault))
    except PeerNotReached as fault:
        return Fetched(failure=fault.reason)
    except TimeoutError:
        return Fetched(failure=f"no whole answer within {timeout:.3g} s")
    except http.client.HTTPException:
        return Fetched(failure="the answer is not HTTP")
    except (OSError, ValueError) as fault:  # ValueError: a URL or a name that cannot be one
        words = fault.strerror if isinstance(fault, OSError) and fault.strerror else "it cannot be reached"
        return Fetched(failure=words.lower())


def fetcher(deadline: Deadline) -> Callable[[Lookup], Fetched]:
    """:func:`fetch` for one connection: no look-up takes longer than what is left until ``deadline``."""

    def within(lookup: Lookup) -> Fetched:
        from hellodone.pki.lookups import Fetched

        try:
            left = deadline.remaining()
        except TimeoutError:
            return Fetched(failure="no time was left to ask")
        return fetch(lookup, TIMEOUT if left is None else min(left, TIMEOUT))

    return within


def _follow(lookup: Lookup, deadline: Deadline) -> bytes:
    """The body at the URL or where redirects lead; a POST goes on only where HTTP keeps it one (RFC 9110, 15.4)."""
    method, url, body = _request(lookup)
    for _ in range(lookup.redirects + 1):
        parts = _plain_http(url)
        with dial(parts.hostname or "", parts.port or 80, deadline).socket as sock:
            answer = _ask(method, parts, body, TimedSocket(sock, deadline))
            if answer.status not in _MOVED:
                return _body(answer, lookup.maximum)
            if method == "POST" and answer.status not in (307, 308):
                raise _Failed(f"the server answered {answer.status} and sends a POST elsewhere as a GET")
            url = urljoin(url, answer.headers.get("Location", ""))
    most = f"more than {lookup.redirects} redirects" if lookup.redirects else "it is elsewhere: no redirect is followed"
    raise _Failed(most)


def _request(lookup: Lookup) -> tuple[str, str, bytes | None]:
    from hellodone.pki.lookups import OcspQuery

    if not isinstance(lookup, OcspQuery):
        return "GET", lookup.url, None
    return ("GET", lookup.get_url, None) if lookup.method == "GET" else ("POST", lookup.url, lookup.body)


def _ask(method: str, parts: SplitResult, body: bytes | None, sock: TimedSocket) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80)
    connection.sock = sock
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": _AGENT, "Accept": "*/*", "Connection": "close"}
    if body is not None:
        headers["Content-Type"] = "application/ocsp-request"
    connection.request(method, target, body, headers)
    return connection.getresponse()


def _plain_http(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme.lower() != "http" or not parts.hostname:
        raise _Failed(f"it leads to {parts.scheme or 'no scheme'!r}, and only http is followed")
    return parts


class TimedSocket(io.RawIOBase):
    """A socket whose every operation ends at one deadline: a server that sends a byte a second is not waited for."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._socket = sock
        self._deadline = deadline

    # what http.client uses of a socket; closing it is left to who opened it

    def sendall(self, data: bytes) -> None:
        """Send all of it. Raises TimeoutError."""
        self._socket.settimeout(self._deadline.remaining())
        self._socket.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """A reader; ``mode`` is what http.client gives."""
        return io.BufferedReader(TimedSocket(self._socket, self._deadline))

    def readable(self) -> bool:
        """Yes."""
        return True

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """All of it."""
        self.sendall(data)
        return len(data)

    def readinto(self, buffer: Any) -> int:
        """What there is. Raises TimeoutError."""
        self._socket.settimeout(self._deadline.remaining())
        return self._socket.recv_into(buffer)


def _body(answer: http.client.HTTPResponse, maximum: int) -> bytes:
    if answer.status != 200:
        raise _Failed(f"the server answered {answer.status} {_printable(answer.reason)}".rstrip())
    if answer.length is not None and answer.length > maximum:
        raise _Failed(f"the answer has {answer.length:,} bytes, more than {maximum >> 20} MiB")
    data = bytearray()
    while chunk := answer.read1(_CHUNK):
        data += chunk
        if len(data) > maximum:
            raise _Failed(f"the answer is longer than {maximum >> 20} MiB")
    if answer.length:
        raise _Failed(f"the answer ends {answer.length:,} bytes too early")
    return bytes(data)


def _printable(text: str) -> str:
    return "".join(c for c in text[:80] if c.isprintable())
