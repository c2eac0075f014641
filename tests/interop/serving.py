"""hellodone as server in this process, for clients of other makes: a thread that takes connections in turn."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from types import TracebackType
from typing import Self

import hellodone
from hellodone.errors import TlsError
from hellodone.events import CloseNotifyReceived, DataReceived, Event

SECONDS = 20.0


@dataclass
class Served:
    """One connection that a client made: ours, what the client said, and what went wrong."""

    connection: hellodone.ServerConnection
    request: bytes = b""
    events: list[Event] = field(default_factory=list)
    error: Exception | None = None


class Listener:
    """Takes one connection for each configuration, in order. A context manager; leave it when the clients are done."""

    def __init__(self, configs: Sequence[hellodone.ServerConfig], act: Callable[[Served], None] | None = None) -> None:
        """``act`` is called once the request is there, before the answer: it may renegotiate, for example."""
        self._configs = configs
        self._act = act
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._tcp.settimeout(SECONDS)
        self.port: int = self._tcp.getsockname()[1]
        self.served: list[Served] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.join(SECONDS)
        self._tcp.close()

    def _run(self) -> None:
        for config in self._configs:
            one = Served(hellodone.ServerConnection(config))
            try:
                tcp, _ = self._tcp.accept()
            except OSError:  # no client came
                return
            self.served.append(one)
            with tcp:
                tcp.settimeout(SECONDS)
                try:
                    self._serve(one, tcp)
                except (TlsError, OSError) as error:
                    one.error = error
                    with contextlib.suppress(OSError):
                        tcp.sendall(one.connection.data_to_send())

    def _serve(self, one: Served, tcp: socket.socket) -> None:
        """Read the request, do what is to be done, answer, and end as RFC 5246, 7.2.1 wants it."""
        connection = one.connection
        read(one, tcp, lambda: b"\n" in one.request)
        if self._act is not None:
            self._act(one)
            read(one, tcp, lambda: completed(one) > completed_when_asked(one))
        connection.send_data(page(one))
        connection.close()
        tcp.sendall(connection.data_to_send())
        with contextlib.suppress(TlsError, OSError):  # some clients just go
            tcp.shutdown(socket.SHUT_WR)
            read(one, tcp, lambda: any(isinstance(event, CloseNotifyReceived) for event in one.events))


def completed(one: Served) -> int:
    """How many handshakes of a connection are done."""
    return sum(isinstance(event, hellodone.HandshakeCompleted) for event in one.events)


def completed_when_asked(one: Served) -> int:
    """How many were done when the request came; what came at once with it does not count."""
    before = takewhile(lambda event: not isinstance(event, DataReceived), one.events)
    return sum(isinstance(event, hellodone.HandshakeCompleted) for event in before)


def read(one: Served, tcp: socket.socket, enough: Callable[[], bool]) -> None:
    """Exchange bytes until the condition holds; ConnectionError when the client ends before that."""
    while not enough():
        tcp.sendall(one.connection.data_to_send())
        data = tcp.recv(65536)
        if not data:
            raise ConnectionError("the client closed the connection")
        events = one.connection.receive_data(data)
        one.events += events
        one.request += b"".join(event.data for event in events if isinstance(event, DataReceived))
    tcp.sendall(one.connection.data_to_send())


def page(one: Served) -> bytes:
    """What the client gets to see."""
    suite = one.connection.cipher_suite
    name = suite.name if suite else ""
    words = f"hellodone {name} resumed={str(one.connection.resumed).lower()}\r\n".encode()
    body = words + one.request
    return b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
