"""A TLS connection over a blocking TCP socket, in the manner of ``socket.socket``."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn

from hellodone.errors import AlertDescription, ConnectionClosed, FatalAlert, TlsError, TruncationError
from hellodone.events import AlertReceived, CloseNotifyReceived, DataReceived, Event
from hellodone.transport import failures
from hellodone.transport.address import display
from hellodone.transport.dial import Deadline
from hellodone.transport.errors import ConnectionLost
from hellodone.transport.received import Received
from hellodone.transport.sniff import ENOUGH, may_be_tls

if TYPE_CHECKING:
    from hellodone.config import ClientAuth
    from hellodone.endpoint import ClientConnection, ServerConnection
    from hellodone.pki.certificates import Certificate
    from hellodone.registry.suites import CipherSuite
    from hellodone.trace.model import Trace

_READ = 64 * 1024
_WRITE = 64 * 1024  # four full records: bounds what one sendall holds besides the caller's bytes
_LINGER = 1.0  # seconds that a close waits for the peer's
_DRAIN = 256 * 1024  # bytes that a close reads and forgets
_BANNER = 0.25  # seconds that a stranger gets to finish its first words


class TlsSocket:
    """One TLS connection. Reading in one thread and writing in another is allowed.

    ``connect`` and ``TlsListener.accept`` make them. Whatever is raised as TlsError carries ``.trace`` when the
    configuration asked for one, and our alert has then been sent.
    """

    def __init__(
        self, sock: socket.socket, connection: ClientConnection | ServerConnection, *, is_client: bool, peer: str = ""
    ) -> None:
        """``sock`` is connected and from now on belongs to this object; ``peer`` names the peer in sentences."""
        self.connection = connection
        self.is_client = is_client
        self.peer = peer or display(sock.getpeername())
        self._socket = sock
        self._timeout = sock.gettimeout()
        self._state = threading.Lock()  # the connection, the buffers; never held while the network is waited for
        self._write = threading.Lock()  # the order of what is written
        self._reading = threading.Lock()  # the order of what is read
        self._unsent = bytearray()
        self._received = Received()
        self._heard = False  # a byte of the peer
        self._ended = False  # the peer will send nothing more
        self._broken = False  # writing is pointless
        self._fin_seen = False
        self._declined = False  # the peer wants no other handshake
        self._torn = False  # this side has shut the socket down: an end that is read now is not the peer's
        self._error: TlsError | None = None  # why the connection failed
        self._closed = False

    # -- what was agreed on -------------------------------------------------------------------------------------

    @property
    def version(self) -> int | None:
        """The version of the protocol as it is on the wire, 0x0303; None before the ServerHello."""
        return self.connection.version

    @property
    def cipher_suite(self) -> CipherSuite | None:
        """The cipher suite, None before the ServerHello."""
        return self.connection.cipher_suite

    @property
    def group(self) -> int | None:
        """The group of the key exchange, None when it had none."""
        return self.connection.group

    @property
    def alpn(self) -> str | None:
        """The application protocol, None when none was negotiated."""
        return self.connection.alpn or None

    @property
    def resumed(self) -> bool:
        """Whether the handshake was abbreviated."""
        return self.connection.resumed

    @property
    def server_name(self) -> str | None:
        """The server_name of the ClientHello."""
        return self.connection.server_name or None

    @property
    def peer_certificates(self) -> tuple[Certificate, ...]:
        """The peer's chain as it sent it, empty when it sent none."""
        return self.connection.peer_certificates

    @property
    def trace(self) -> Trace | None:
        """The trace so far, None when none is recorded."""
        return self.connection.trace

    # -- like a socket ------------------------------------------------------------------------------------------

    def getpeername(self) -> Any:
        """The peer's socket address."""
        return self._socket.getpeername()

    def getsockname(self) -> Any:
        """The own socket address."""
        return self._socket.getsockname()

    def fileno(self) -> int:
        """The file descriptor. That it is readable does not mean that application data is."""
        return self._socket.fileno()

    def settimeout(self, timeout: float | None) -> None:
        """Seconds that each later operation may take, None for no limit; then it raises TimeoutError."""
        self._timeout = timeout
        self._socket.settimeout(timeout)

    def gettimeout(self) -> float | None:
        """See ``settimeout``."""
        return self._timeout

    def __enter__(self) -> TlsSocket:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close(linger=_LINGER if kind is None else 0)

    # -- the handshake ------------------------------------------------------------------------------------------

    def do_handshake(self, timeout: float | None = None) -> None:
        """Run the handshake; ``timeout`` in seconds is for all of it.

        Raises FatalAlert, NotTls, ConnectionLost; the TCP connection is closed then.
        """
        deadline = Deadline(timeout)
        try:
            self._flush()
            while not self.connection.handshake_complete:
                self._socket.settimeout(deadline.remaining())
                self._receive()
        except TimeoutError:
            self.connection.transport_event("timeout", seconds=float(timeout or 0))
            self._fail(failures.silence(self, timeout or 0, self._heard))
        except TruncationError:
            self._fail(failures.end(self, self._heard))
        except FatalAlert as error:
            self._fail(failures.refusal(self, error))
        except TlsError as error:
            self._fail(error)
        self._socket.settimeout(self._timeout)

    def renegotiate(self, client_auth: ClientAuth | None = None) -> bool:
        """Run another handshake on this connection (RFC 5746); False when the peer declines it.

        A server may ask for another ``client_auth`` than its configuration does. Application data that comes in
        between waits for ``recv``, so call this where no other thread reads. Raises ConnectionClosed when the
        connection cannot be renegotiated, FatalAlert, TruncationError, ConnectionLost, TimeoutError.
        """
        before = self.connection.handshake
        with self._state:
            self._declined = False
            self.connection.renegotiate(client_auth)
        self._flush()
        while self.connection.handshake is before and not (self._declined or self._ended):
            try:
                self._receive()
            except TlsError as error:
                self._fail(error)
        return self.connection.handshake is not before

    # -- data ---------------------------------------------------------------------------------------------------

    def recv(self, size: int = _READ) -> bytes:
        """Up to ``size`` bytes, waiting for the first; b"" once the peer sent close_notify.

        Raises TruncationError when the peer ended the stream without close_notify, FatalAlert, ConnectionLost,
        TimeoutError after which it can be called again, and ValueError for a negative size.
        """
        if size < 0:
            raise ValueError(f"recv is asked for {size} bytes; expected: 0 or more")
        while not (self._received or self._ended or self._error):
            try:
                self._receive()
            except TlsError as error:
                self._bury(error)
        if self._error is not None and not self._received:
            raise self._error
        with self._state:
            return self._received.take(size)

    def sendall(self, data: bytes | bytearray | memoryview) -> None:
        """Send all of it, protected; what is at most 2^14 bytes long goes in one record.

        Raises ConnectionClosed after ``close``, ConnectionLost, TimeoutError.
        """
        if self._closed:
            raise ConnectionClosed("the connection is closed; nothing more can be sent")
        view = memoryview(data)
        for start in range(0, len(view), _WRITE):
            with self._state:
                self.connection.send_data(bytes(view[start : start + _WRITE]))
            self._flush()
            if self._broken:
                self._after_broken_write()

    def close(self, linger: float = _LINGER) -> None:
        """End the connection: close_notify, then wait up to ``linger`` seconds for the peer's, then TCP's end."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(TlsError, OSError):
            with self._state:
                self.connection.close()
            self._flush()
        self._end_stream(linger, farewell=True)

    # -- inside -------------------------------------------------------------------------------------------------

    def _receive(self) -> None:
        """Wait for bytes of the peer and let the connection have them. Raises TlsError and TimeoutError."""
        with self._reading:
            self._receive_in_order()

    def _receive_in_order(self) -> None:
        data = self._read()
        if not self._heard and not may_be_tls(data):
            self._stranger(data)
        self._heard = self._heard or bool(data)
        try:
            with self._state:
                self._note(self.connection.receive_data(data) if data else self.connection.receive_eof())
        finally:
            with self._state:
                self._note(self.connection.pending_events())  # what came before a failure
            self._ended = self._ended or not data
            self._flush_answer()

    def _read(self) -> bytes:
        try:
            data = self._socket.recv(_READ)
        except TimeoutError:
            raise
        except OSError as error:
            if self._torn:
                raise ConnectionClosed("the connection is closed") from None
            with self._state:
                self.connection.transport_event("rst", sent=False)
            self._broken = self._ended = True
            raise failures.reset(self, self._heard) from error
        if not data and self._torn:
            raise ConnectionClosed("the connection is closed")
        if not data:
            self._peer_fin()
        return data

    def _peer_fin(self) -> None:
        if not self._fin_seen:
            self._fin_seen = True
            with self._state:
                self.connection.transport_event("fin", sent=False)

    def _note(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, DataReceived):
                self._received.add(event.data)
            elif isinstance(event, CloseNotifyReceived):
                self._ended = True
            elif isinstance(event, AlertReceived) and event.description == AlertDescription.no_renegotiation:
                self._declined = True

    def _flush_answer(self) -> None:
        """Send what receiving made the connection say; when that is nothing, wait for no other thread's write."""
        with self._state:
            self._unsent += self.connection.data_to_send()
        if self._unsent:
            self._flush()

    def _flush(self) -> None:
        """Send what the connection has to say; a broken pipe is noted, for the peer's last words may still be there."""
        with self._write:
            with self._state:
                data = bytes(self._unsent) + self.connection.data_to_send()
                self._unsent.clear()
            if not data or self._broken:
                return
            try:
                self._socket.sendall(data)
            except TimeoutError:
                self._broken = True  # part of a record may be out: nothing can follow it
                raise
            except OSError:
                self._broken = True

    def _after_broken_write(self) -> NoReturn:
        """The peer is gone: raise its alert if one came, else that it is gone."""
        try:
            self._socket.settimeout(0.1)
            while not self._ended:
                self._receive()
        except (TimeoutError, TruncationError):
            pass
        except TlsError as error:
            self._fail(error)
        self._fail(failures.reset(self, self._heard))

    def _stranger(self, data: bytes) -> NoReturn:
        """The peer's first bytes are not TLS: hear a little more, answer with the alert, and say what it looks like."""
        self._socket.settimeout(_BANNER)
        with contextlib.suppress(OSError):
            while len(data) < ENOUGH and (more := self._socket.recv(ENOUGH)):
                data += more
        with self._state, contextlib.suppress(TlsError):
            self.connection.receive_data(data)
        raise failures.stranger(self, data)

    def _fail(self, error: TlsError) -> NoReturn:
        self._bury(error)
        raise error

    def _bury(self, error: TlsError) -> None:
        """End everything in order: our alert first, so that the peer learns why. ``error`` gets the whole trace."""
        self._error = error
        self._closed = True
        with self._state:
            self.connection.transport_event("failed", reason=error.reason)
        with contextlib.suppress(OSError):
            self._socket.settimeout(_LINGER)
            self._flush()
        self._end_stream(0 if self._ended or isinstance(error, ConnectionLost) else _LINGER, farewell=False)
        error.trace = self.connection.trace

    def _end_stream(self, linger: float, *, farewell: bool) -> None:
        """FIN, then read until the peer's: closing with unread bytes would reset the connection and lose our alert.

        With ``farewell`` the peer's close_notify is waited for before the FIN (RFC 5246, 7.2.1).
        """
        deadline = Deadline(linger)
        with contextlib.suppress(TlsError, OSError):
            while farewell and not self._ended:
                with self._turn(deadline):
                    self._receive_in_order()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_WR)
            with self._state:
                self.connection.transport_event("fin", sent=True)
        with contextlib.suppress(OSError):
            self._drain(deadline)
        self._torn = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes a thread that still reads
        self._socket.close()

    def _drain(self, deadline: Deadline) -> None:
        for _ in range(_DRAIN // _READ):
            if self._fin_seen:
                return
            with self._turn(deadline):
                if not self._socket.recv(_READ):
                    self._peer_fin()

    @contextlib.contextmanager
    def _turn(self, deadline: Deadline) -> Iterator[None]:
        """The right to read, when no other thread has it, for what is left of the time. Raises TimeoutError."""
        if not self._reading.acquire(timeout=deadline.remaining() or -1):
            raise TimeoutError
        try:
            self._socket.settimeout(deadline.remaining())
            yield
        finally:
            self._reading.release()
