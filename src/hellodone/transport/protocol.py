"""A TLS connection between two layers of asyncio: bytes below, a protocol of the application above."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any, Final

from hellodone.endpoint import ClientConnection, ServerConnection
from hellodone.errors import ConnectionClosed, FatalAlert, TlsError, TruncationError
from hellodone.events import CloseNotifyReceived, DataReceived, Event, HandshakeCompleted
from hellodone.transport import failures
from hellodone.transport.address import display
from hellodone.transport.errors import ConnectionLost
from hellodone.transport.sniff import may_be_tls

LINGER: Final = 1.0  # seconds that a close waits for the peer's

Buffer = bytes | bytearray | memoryview


class TlsProtocol(asyncio.Protocol):
    """What the network calls. ``application`` gets its ``connection_made`` once the handshake is complete.

    ``established`` is done then, or has the TlsError that ended the handshake; ``over`` is done when the network is
    closed; ``channel`` is what the application writes to.
    """

    def __init__(
        self,
        connection: ClientConnection | ServerConnection,
        application: asyncio.Protocol,
        *,
        is_client: bool,
        peer: str = "",
        timeout: float | None = None,
    ) -> None:
        self.connection = connection
        self.is_client = is_client
        self.peer = peer
        self.application = application
        self.channel = TlsChannel(self)
        self.established: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._timeout = timeout
        self._timer: asyncio.TimerHandle | None = None
        self._network: asyncio.Transport | None = None
        self._heard = False  # a byte of the peer
        self._above = False  # the application has its connection
        self._closing = False
        self._failed = False

    # -- from the network

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.BaseProtocol."""
        assert isinstance(transport, asyncio.Transport), "a stream"
        self._network = transport
        peer, local = (display(transport.get_extra_info(name)) for name in ("peername", "sockname"))
        self.peer = self.peer or peer
        self.connection.transport_event("connected" if self.is_client else "accepted", local=local, peer=peer)
        if self._timeout is not None:
            self._timer = asyncio.get_running_loop().call_later(self._timeout, self._silent)
        if self.is_client:
            self.connection.initiate_handshake()
            self.flush()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._failed:
            return
        try:
            events = self.connection.receive_data(data)
        except TlsError as error:
            self._deliver(self.connection.pending_events())
            self._fail(error if self._heard or may_be_tls(data) else failures.stranger(self, data))
            return
        self._heard = True
        self._deliver(events)
        self.flush()

    def eof_received(self) -> bool:
        """See asyncio.Protocol."""
        self.connection.transport_event("fin", sent=False)
        if not self._failed:
            try:
                self.connection.receive_eof()
            except TruncationError as error:
                self._fail(error if self._above else failures.end(self, self._heard))
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """See asyncio.BaseProtocol."""
        if error is not None:
            self.connection.transport_event("rst", sent=False)
        lost = failures.reset(self, self._heard) if error is not None else None
        if not self.established.done():
            self._conclude(lost or failures.end(self, self._heard))
        self._leave(lost)
        self.over.set_result(None)

    def pause_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        if self._above:
            self.application.pause_writing()

    def resume_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        if self._above:
            self.application.resume_writing()

    # -- for the channel

    @property
    def network(self) -> asyncio.Transport:
        """The transport below; there is one from ``connection_made`` on."""
        assert self._network is not None, "connected"
        return self._network

    @property
    def closing(self) -> bool:
        """Whether nothing more can be written."""
        return self._closing or self._failed or self.network.is_closing()

    def flush(self) -> None:
        """Hand what the connection has to say to the network."""
        if data := self.connection.data_to_send():
            self.network.write(data)

    def close(self) -> None:
        """close_notify and the end of the stream; the peer has a second to end its own (RFC 5246, 7.2.1)."""
        if not self.closing:
            self._closing = True
            self.connection.close()
            self._end()

    def abandon(self) -> None:
        """End it at once."""
        self._closing = True
        if self._network is not None:
            self._network.abort()

    # -- inside

    def _deliver(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, DataReceived):
                if not self._closing:
                    self.application.data_received(event.data)
            elif isinstance(event, HandshakeCompleted):
                if not self.established.done():  # not a renegotiation
                    self._conclude(None)
                    self._above = True
                    self.application.connection_made(self.channel)
            elif isinstance(event, CloseNotifyReceived):
                self.flush()  # our own close_notify
                if self._closing:
                    self.network.close()
                else:
                    self.application.eof_received()

    def _silent(self) -> None:
        if not self.established.done():
            self.connection.transport_event("timeout", seconds=self._timeout or 0)
            self._fail(failures.silence(self, self._timeout or 0, self._heard))

    def _fail(self, error: TlsError) -> None:
        """Send our alert if there is one, end the stream, and tell whoever waits."""
        if isinstance(error, FatalAlert):
            error = failures.refusal(self, error)
        if isinstance(error, ConnectionLost):
            self.connection.transport_event("failed", reason=error.reason)
        error.trace = self.connection.trace
        self._failed = True
        if not self.established.done():
            self._conclude(error)
        self._leave(error)
        self._end()

    def _leave(self, error: TlsError | None) -> None:
        """Tell the application, once, that its connection has ended; one that it closed itself ended well."""
        if self._above:
            self._above = False
            self.application.connection_lost(None if self._closing else error)

    def _conclude(self, error: TlsError | None) -> None:
        """The handshake is over."""
        if self._timer is not None:
            self._timer.cancel()
        if error is None:
            self.established.set_result(None)
        else:
            self.established.set_exception(error)
            self.established.exception()  # seen: a server's failures are nobody's to await

    def _end(self) -> None:
        """Half-close and wait for the peer's end: closing with unread bytes would reset it and lose our last words."""
        self.flush()
        with contextlib.suppress(OSError, NotImplementedError):
            self.network.write_eof()
        self.network.resume_reading()
        asyncio.get_running_loop().call_later(LINGER, self.network.close)


class TlsChannel(asyncio.Transport):
    """What the application writes to: asyncio's interface over the protected connection."""

    def __init__(self, protocol: TlsProtocol) -> None:
        super().__init__()
        self._protocol = protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """``tls_connection``, and what the network's transport knows."""
        if name == "tls_connection":
            return self._protocol.connection
        return self._protocol.network.get_extra_info(name, default)

    def write(self, data: Buffer) -> None:
        """Protect and send. Raises ConnectionClosed after ``close``."""
        if self._protocol.closing:
            raise ConnectionClosed("the connection is closed; nothing more can be sent")
        if data:
            self._protocol.connection.send_data(data if isinstance(data, bytes) else bytes(data))
            self._protocol.flush()

    def can_write_eof(self) -> bool:
        """TLS 1.2 answers a close_notify at once, so there is no half-closed connection (RFC 5246, 7.2.1)."""
        return False

    def close(self) -> None:
        """close_notify, and the end."""
        self._protocol.close()

    def abort(self) -> None:
        """The end, without a word."""
        self._protocol.abandon()

    def is_closing(self) -> bool:
        """See asyncio.BaseTransport."""
        return self._protocol.closing

    def is_reading(self) -> bool:
        """See asyncio.ReadTransport."""
        return self._protocol.network.is_reading()

    def pause_reading(self) -> None:
        """See asyncio.ReadTransport."""
        self._protocol.network.pause_reading()

    def resume_reading(self) -> None:
        """See asyncio.ReadTransport."""
        self._protocol.network.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """See asyncio.WriteTransport."""
        self._protocol.network.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Protected bytes that the network has not taken yet."""
        return self._protocol.network.get_write_buffer_size()

    def get_protocol(self) -> asyncio.BaseProtocol:
        """The application's."""
        return self._protocol.application

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Another one for the application."""
        assert isinstance(protocol, asyncio.Protocol), "a stream's"
        self._protocol.application = protocol
