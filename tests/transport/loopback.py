"""Small real servers and clients on the loopback interface for the tests."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Handler = Callable[[socket.socket], None]
SECONDS = 10.0  # no test waits longer for a peer


@contextlib.contextmanager
def serving(handler: Handler, *, clients: int = 1, host: str = "127.0.0.1") -> Iterator[tuple[str, int]]:
    """The address of a server that hands each of so many connections to ``handler`` and then closes it.

    What the handler raises is raised here at the end.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    faults: list[BaseException] = []
    with socket.create_server((host, 0), family=family) as listener:
        listener.settimeout(SECONDS)

        def run() -> None:
            try:
                for _ in range(clients):
                    connection, _ = listener.accept()
                    with connection:
                        connection.settimeout(SECONDS)
                        handler(connection)
            except BaseException as error:  # noqa: BLE001 - raised again below
                faults.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[:2]
        except BaseException:
            listener.shutdown(socket.SHUT_RDWR)  # nobody need wait for a client that will not come
            raise
        thread.join(SECONDS)
        assert not thread.is_alive(), "the server's handler is still running"
    if faults:
        raise faults[0]


def scripted(*steps: bytes | str) -> Handler:
    """A handler that says each of the bytes, and for each string waits until the client has said it."""

    def handle(connection: socket.socket) -> None:
        for step in steps:
            if isinstance(step, bytes):
                connection.sendall(step)
            else:
                wanted = step.encode()
                heard = b""
                while wanted not in heard:
                    more = connection.recv(4096)
                    assert more, f"the client left; it said {heard!r}, not {wanted!r}"
                    heard += more

    return handle


def reset(connection: socket.socket) -> None:
    """End a connection with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()


def closed_port() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
