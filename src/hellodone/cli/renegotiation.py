"""A server that begins another handshake when it sees what is asked for, and answers afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hellodone.config import ClientAuth
    from hellodone.https.responder import Responder
    from hellodone.transport.blocking import TlsSocket


class RenegotiatingResponder:
    """See ``https.responder.Responder``. What answers is made after the other handshake, for it tells of that one."""

    def __init__(self, tls: TlsSocket, client_auth: ClientAuth | None, make: Callable[[], Responder]) -> None:
        self._tls = tls
        self._client_auth = client_auth
        self._make = make
        self._inner: Responder | None = None
        self.finished = False

    def receive(self, data: bytes) -> list[bytes]:
        """Renegotiate at the first data; a client that declines is answered all the same. Raises TlsError."""
        if self._inner is None:
            self._tls.renegotiate(self._client_auth)
            self._inner = self._make()
        pieces = self._inner.receive(data)
        self.finished = self._inner.finished
        return pieces
