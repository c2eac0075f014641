"""A small HTTP server for answers that are signed anyway: OCSP responses, CRLs. Bounded in everything.

Each connection has five seconds for its one request, 64 KiB of body and one thread of 32; who comes when all are busy
is turned away.
"""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from hellodone.transport.dial import Deadline
from hellodone.transport.fetch import TimedSocket
from hellodone.transport.listener import listen

if TYPE_CHECKING:
    from hellodone.pki.lab_responder import Answer

Answering = Callable[[str, str, bytes], "Answer"]
TIMEOUT: Final = 5.0  # seconds for one connection, all of it
MAXIMUM_BODY: Final = 64 * 1024
MAXIMUM_CONNECTIONS: Final = 32


class HttpServer(ThreadingHTTPServer):
    """Listens at an address, where ``answering`` gets method, target and body. Runs by ``serve_forever``."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], answering: Answering, tell: Callable[[str], None]) -> None:
        """``tell`` gets one line for each request. Raises ConfigurationError when the address cannot be bound."""
        super().__init__(address, _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listen(*address, MAXIMUM_CONNECTIONS)
        self.server_address = self.socket.getsockname()[:2]
        self.answering, self.tell = answering, tell
        self._slots = threading.BoundedSemaphore(MAXIMUM_CONNECTIONS)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that are listened at."""
        host, port = self.socket.getsockname()[:2]
        return str(host), int(port)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for the connection, if one is free."""
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve the connection in this thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away or is too slow is nobody's fault here."""


class _Handler(BaseHTTPRequestHandler):
    """One request; HTTP/1.0 is enough for it."""

    server: HttpServer
    server_version = "hellodone"
    sys_version = ""

    def setup(self) -> None:
        """One deadline for all reads and writes."""
        self.connection = self.request
        timed = TimedSocket(self.request, Deadline(TIMEOUT))
        self.rfile = timed.makefile("rb")
        self.wfile = io.BufferedWriter(timed)

    def finish(self) -> None:
        """Send what is still held back."""
        self.wfile.flush()

    def do_GET(self) -> None:
        """A request in the URL."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A request in the body."""
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            self.send_error(411)
        elif int(length) > MAXIMUM_BODY:
            self.send_error(413)
        else:
            self._answer(self.rfile.read(int(length)))

    def _answer(self, body: bytes) -> None:
        answer = self.server.answering(self.command, self.path, body)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)
        with contextlib.suppress(BrokenPipeError):  # whoever reads what is told has seen enough
            self.server.tell(f"{self.client_address[0]} {self.command}: {answer.said}")

    def log_message(self, format: str, *args: object) -> None:
        """What is told is told above."""
