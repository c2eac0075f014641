"""Certificates and OCSP responses on the web: an HTTP server on the loopback interface, and who fetches from it."""

from __future__ import annotations

import http.server
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

SECONDS = 10.0
EVERYWHERE = "*"  # a path for what is at all others: requests for OCSP responses are long ones (RFC 6960, A.1)


class Handler(http.server.BaseHTTPRequestHandler):
    """Gives out what is on the shelf."""

    def __init__(self, contents: Mapping[str, bytes], *arguments: object) -> None:
        """With the contents by path."""
        self._contents = contents
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:  # the name that http.server calls
        """Answer a request."""
        contents = self._contents.get(self.path, self._contents.get(EVERYWHERE))
        self.send_response(404 if contents is None else 200)
        self.send_header("Content-Length", str(len(contents or b"")))
        self.end_headers()
        self.wfile.write(contents or b"")

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def shelf(contents: Mapping[str, bytes]) -> Iterator[str]:
    """The contents by path, to be had at the URL that this gives."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, contents)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def fetch(url: str) -> bytes | None:
    """What is at a URL."""
    with urllib.request.urlopen(url, timeout=SECONDS) as answer:
        found: bytes = answer.read()
    return found
