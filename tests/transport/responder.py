"""An OCSP responder and CRL server of a laboratory CA, over HTTP on the loopback interface."""

from __future__ import annotations

import base64
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from hellodone.pki.laboratory import LabAuthority


@contextlib.contextmanager
def responding(authority: LabAuthority) -> Iterator[LabAuthority]:
    """The same authority, whose certificates from now on name this server; it answers GET and POST."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/ca.crl":
                self._answer(authority.crl().der, "application/pkix-crl")
            else:
                path = unquote(self.path.removeprefix("/ocsp/"))
                self._answer(authority.ocsp_response(base64.b64decode(path)), "application/ocsp-response")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(authority.ocsp_response(body), "application/ocsp-response")

        def _answer(self, body: bytes, media_type: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        host = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield replace(authority, ocsp_url=f"{host}/ocsp", crl_url=f"{host}/ca.crl")
        finally:
            server.shutdown()
            thread.join(5)
