"""One GET over h11: the answer's head, and its body counted, hashed and, if wanted, handed on. Nothing is followed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hellodone.errors import TlsError

if TYPE_CHECKING:
    import h11

    from hellodone.transport.blocking import TlsSocket

_READ = 64 * 1024


class HttpError(TlsError):
    """The handshake is done, but what came was no HTTP answer, or not all of one."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer whose body has been read. ``sha256`` is of the body, in hexadecimal digits."""

    http_version: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    length: int
    sha256: str


def get(tls: TlsSocket, host: str, target: str, keep: Callable[[bytes], object] | None = None) -> Response:
    """Ask for ``target`` (origin form: ``/path?query``) and read the answer; ``keep`` gets the body piece by piece.

    ``host`` is the Host field, with the port where it is not 443. Raises HttpError and what TlsSocket raises.
    """
    import h11

    conversation = h11.Connection(h11.CLIENT)
    headers = [("Host", host), ("User-Agent", "hellodone"), ("Accept", "*/*"), ("Connection", "close")]
    try:
        request = h11.Request(method="GET", target=target, headers=headers)
        tls.sendall((conversation.send(request) or b"") + (conversation.send(h11.EndOfMessage()) or b""))
        return _read_response(tls, conversation, keep)
    except TimeoutError:
        raise HttpError(f"{tls.peer} did not answer the request within {tls.gettimeout() or 0:g} s") from None
    except h11.LocalProtocolError as error:
        raise HttpError(f"the request cannot be written in HTTP: {error}") from None
    except h11.RemoteProtocolError as error:
        raise HttpError(f"{tls.peer} does not answer in HTTP as it should: {error}") from None


def _read_response(tls: TlsSocket, conversation: h11.Connection, keep: Callable[[bytes], object] | None) -> Response:
    import h11

    head: h11.Response | None = None
    length, digest = 0, hashlib.sha256()
    while True:
        event = conversation.next_event()
        if event is h11.NEED_DATA:
            conversation.receive_data(tls.recv(_READ))
        elif isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            length += len(event.data)
            digest.update(event.data)
            if keep is not None:
                keep(bytes(event.data))
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _response(head, length, digest.hexdigest())
        elif isinstance(event, h11.ConnectionClosed):
            raise HttpError(f"{tls.peer} ended the connection without an HTTP answer")


def _response(head: h11.Response, length: int, sha256: str) -> Response:
    return Response(
        head.http_version.decode("ascii", "replace"),
        head.status_code,
        head.reason.decode("ascii", "replace"),
        tuple((name.decode("ascii", "replace"), value.decode("latin-1")) for name, value in head.headers),
        length,
        sha256,
    )
