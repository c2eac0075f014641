"""A real redis-server on the loopback interface, and servers that only pretend to be one."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.interop.processes import PeerError, Server, free_port, listening


class RedisServer:
    """redis-server, without any file of its own. It can be stopped and started again on the same port."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._log = folder / "redis.log"
        self._server: Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *options: str) -> None:
        """Start it: on a free port the first time, on the same one from then on."""
        again = self.port != 0
        for attempt in range(3):
            self.port = self.port if again else free_port()
            settings = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *options]
            try:
                self._server = Server([self._program, *settings], self._log, partial(listening, self.port))
            except PeerError:  # the port was taken in between
                if attempt == 2:
                    raise
            else:
                return

    def stop(self) -> None:
        """Kill it; what it held is gone."""
        if self._server is not None:
            self._server.stop()
            self._server = None


@contextlib.contextmanager
def pretender(answer: Callable[[bytes], bytes | None]) -> Iterator[str]:
    """The URL of a server that answers each request so; None closes the connection, b"" says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener, contextlib.ExitStack() as stack:
        open_sockets: list[socket.socket] = []
        workers: list[threading.Thread] = []

        def accept() -> None:
            with contextlib.suppress(OSError):  # the end of the test
                while True:
                    connection, _ = listener.accept()
                    open_sockets.append(connection)
                    workers.append(threading.Thread(target=talk, args=(connection, answer)))
                    workers[-1].start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()

        @stack.callback
        def end() -> None:
            listener.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            for connection in open_sockets:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for worker in workers:
                worker.join()

        yield f"redis://127.0.0.1:{listener.getsockname()[1]}"


def talk(connection: socket.socket, answer: Callable[[bytes], bytes | None]) -> None:
    with connection, contextlib.suppress(OSError):
        while request := connection.recv(2**16):
            reply = answer(request)
            if reply is None:
                return
            connection.sendall(reply)
