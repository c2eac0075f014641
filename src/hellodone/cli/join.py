"""Standard input and output joined to a connection: what is typed goes out, what comes is shown as it is."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from hellodone.errors import ConnectionClosed, TlsError
from hellodone.transport.errors import ConnectionLost

if TYPE_CHECKING:
    from hellodone.transport.blocking import TlsSocket

_READ = 16 * 1024
_QUEUED = 64  # pieces read and not yet carried on: what is slow slows the other side down
_AFTER_END = 2.0  # seconds without a word after which the answer to the last input counts as whole

Write = Callable[[bytes], object]


def join(tls: TlsSocket, descriptor: int, write: Write, idle: float | None) -> None:
    """Carry bytes both ways until the peer closes, or the input ends and its answer has come.

    ``descriptor`` is read for input, ``write`` gets what the peer sends; ``idle`` seconds without a byte either way
    end it too (None: never). Raises what the connection raises.
    """
    conversation = _Conversation(tls, descriptor, write)
    conversation.run(idle)


class _Conversation:
    """Two threads that only read, and the one that decides; nothing is written but by it and ``tls``'s reader."""

    def __init__(self, tls: TlsSocket, descriptor: int, write: Write) -> None:
        self._tls = tls
        self._descriptor = descriptor
        self._write = write
        self._events: queue.Queue[tuple[str, bytes | BaseException]] = queue.Queue(_QUEUED)
        self._stopping = False

    def run(self, idle: float | None) -> None:
        self._tls.settimeout(idle)
        # a thread that waits for a terminal cannot be woken: it must not keep the program alive
        threading.Thread(target=self._read_input, name="input", daemon=True).start()
        reader = threading.Thread(target=self._read_peer, name="peer", daemon=True)
        reader.start()
        try:
            self._carry(idle)
        finally:
            self._stopping = True
            self._tls.close()
            self._empty(reader)

    def _carry(self, idle: float | None) -> None:
        sent, ended, wait = False, False, idle
        while True:
            try:
                source, item = self._events.get(timeout=wait)
            except queue.Empty:
                return
            if isinstance(item, BaseException):
                raise item
            if source == "peer":
                if not item:
                    return
                self._write(item)
            elif item:
                sent = True
                self._send(item)
            else:
                ended = True
            if ended:
                wait = _AFTER_END if sent else 0

    def _send(self, data: bytes) -> None:
        try:
            self._tls.sendall(data)
        except ConnectionClosed:
            return  # the peer has closed; its end is on its way through the queue
        except TimeoutError:
            raise ConnectionLost(f"{self._tls.peer} took no data for {self._tls.gettimeout() or 0:g} s") from None

    def _empty(self, reader: threading.Thread) -> None:
        """What came from the peer while the connection was being closed still belongs to it."""
        while True:
            try:
                source, item = self._events.get(timeout=0.05 if reader.is_alive() else 0)
            except queue.Empty:
                if not reader.is_alive():
                    return
                continue
            if source == "peer" and item and isinstance(item, bytes):
                self._write(item)

    def _read_input(self) -> None:
        try:
            while data := os.read(self._descriptor, _READ):
                self._events.put(("input", data))
        except OSError:
            pass  # a closed standard input has ended
        self._events.put(("input", b""))

    def _read_peer(self) -> None:
        data = b"something"
        while data and not self._stopping:
            try:
                data = self._tls.recv()
                self._events.put(("peer", data))
            except TimeoutError:
                continue  # how long silence may last is not decided here
            except (TlsError, OSError) as error:
                self._events.put(("peer", error))
                return
