"""hellodone as client in this process, step by step: say something, wait for something, renegotiate."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import hellodone
from hellodone.events import DataReceived, Event

SECONDS = 20.0


@dataclass
class Dialled:
    """A connection that was made, and all that happened on it."""

    connection: hellodone.ClientConnection
    tcp: socket.socket
    events: list[Event] = field(default_factory=list)

    @property
    def received(self) -> bytes:
        """The application data so far."""
        return b"".join(event.data for event in self.events if isinstance(event, DataReceived))

    @property
    def handshakes(self) -> int:
        """How many handshakes are done."""
        return sum(isinstance(event, hellodone.HandshakeCompleted) for event in self.events)

    def wait(self, enough: Callable[[], bool]) -> None:
        """Exchange bytes until the condition holds. Raises ConnectionError when the server ends before that."""
        while not enough():
            self.flush()
            data = self.tcp.recv(65536)
            if not data:
                raise ConnectionError(f"the server closed the connection after {self.received!r}")
            self.events += self.connection.receive_data(data)
        self.flush()

    def say(self, data: bytes) -> None:
        """Send application data."""
        self.connection.send_data(data)
        self.flush()

    def flush(self) -> None:
        """Send what is to be sent."""
        self.tcp.sendall(self.connection.data_to_send())


@contextmanager
def dialled(port: int, config: hellodone.ClientConfig) -> Iterator[Dialled]:
    """A connection to 127.0.0.1 after its first handshake, closed in the end."""
    connection = hellodone.ClientConnection(config, server_name="localhost")
    connection.initiate_handshake()
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as tcp:
        one = Dialled(connection, tcp)
        one.wait(lambda: connection.handshake_complete)
        yield one
        if not connection.closed:
            connection.close()
            one.flush()
