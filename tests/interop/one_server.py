"""hellodone as a server in this process, for what ``hellodone serve`` has no option for: one connection, one answer."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import hellodone
from hellodone.events import DataReceived

SECONDS = 20.0
Then = Callable[[hellodone.ServerConnection], None]


@dataclass
class Served:
    """The port, and what came of the connection once the client is gone."""

    port: int
    connection: hellodone.ServerConnection
    received: bytearray = field(default_factory=bytearray)
    sent: bytearray = field(default_factory=bytearray)
    error: BaseException | None = None


@contextlib.contextmanager
def serving(config: hellodone.ServerConfig, answer: bytes, then: Then | None = None) -> Iterator[Served]:
    """A server that answers the first data with ``answer`` and closes; ``then`` is called when it has both.

    At the end of the block the connection has ended; what failed on the server's side is raised.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        served = Served(listener.getsockname()[1], hellodone.ServerConnection(config))
        thread = threading.Thread(target=_serve, args=(listener, served, answer, then), daemon=True)
        thread.start()
        yield served
        thread.join(SECONDS)
    if served.error is not None:
        raise served.error


def _serve(listener: socket.socket, served: Served, answer: bytes, then: Then | None) -> None:
    try:
        tcp, _ = listener.accept()
        with tcp:
            tcp.settimeout(SECONDS)
            _talk(tcp, served, answer, then)
    except (OSError, hellodone.TlsError) as error:
        served.error = error


def _talk(tcp: socket.socket, served: Served, answer: bytes, then: Then | None) -> None:
    connection, answered = served.connection, False
    while data := tcp.recv(65536):
        try:
            events = connection.receive_data(data)
        finally:
            _send(tcp, served)
        served.received += b"".join(event.data for event in events if isinstance(event, DataReceived))
        if served.received and not answered:
            answered = True
            connection.send_data(answer)
            if then is not None:
                then(connection)
            else:
                connection.close()
            _send(tcp, served)
        if connection.closed:
            return


def _send(tcp: socket.socket, served: Served) -> None:
    """What the connection has to say, to a client that may be gone already."""
    served.sent += (out := served.connection.data_to_send())
    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
        tcp.sendall(out)
