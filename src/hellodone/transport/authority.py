"""What an authority says of its certificates, over HTTP: an OCSP responder (RFC 6960, A) and its CRL.

For laboratories, on a socket of this machine. Many may ask at once; requests are bounded, and nobody is waited for.
"""

from __future__ import annotations

import base64
import binascii
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from hellodone.clock import utc_now
from hellodone.transport.address import join

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from hellodone.pki.laboratory import LabAuthority

_MAXIMUM_REQUEST: Final = 64 * 1024  # bytes of an OCSP request
_PATIENCE: Final = 5.0  # seconds for a client to say what it wants
_OCSP: Final = "/ocsp"
_CRL: Final = "/ca.crl"


class AuthorityServer:
    """Answers for a laboratory CA until it is closed. ``with`` closes it.

    ``authority`` is that CA, whose certificates name this server from now on; what it says is true at the time that
    ``clock`` tells; ``asked`` is told of each request.
    """

    def __init__(
        self,
        authority: LabAuthority,
        address: tuple[str, int] = ("127.0.0.1", 0),
        asked: Callable[[str], None] = lambda sentence: None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Listen. Raises OSError when the address cannot be had."""
        self._server = _Server(address, authority, asked, clock)
        self.address: tuple[str, int] = self._server.server_address[:2]  # type: ignore[assignment]
        here = f"http://{join(*self.address)}"
        self.authority = replace(authority, ocsp_url=here + _OCSP, crl_url=here + _CRL)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="authority", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_PATIENCE)

    def __enter__(self) -> AuthorityServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        authority: LabAuthority,
        asked: Callable[[str], None],
        clock: Callable[[], datetime],
    ) -> None:
        self.authority = authority
        self.asked = asked
        self.clock = clock
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE
    server_version = "hellodone"
    sys_version = ""

    def do_GET(self) -> None:
        """The CRL, or an OCSP request in the path (RFC 6960, A.1)."""
        if self.path == _CRL:
            self.server.asked("the CRL was fetched")
            self._answer(self.server.authority.crl(self.server.clock()).der, "application/pkix-crl")
        elif self.path.startswith(_OCSP + "/"):
            try:
                request = base64.b64decode(unquote(self.path.removeprefix(_OCSP + "/")), validate=True)
            except (binascii.Error, ValueError):
                request = b""  # which is answered with malformed_request
            self._ocsp(request)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """An OCSP request in the body."""
        length = self.headers.get("Content-Length", "")
        if self.path.rstrip("/") != _OCSP:
            self.send_error(404)
        elif not length.isdecimal():
            self.send_error(411)
        elif len(length) > 9 or int(length) > _MAXIMUM_REQUEST:
            self.send_error(413)
        else:
            self._ocsp(self.rfile.read(int(length)))

    def _ocsp(self, request: bytes) -> None:
        self.server.asked("OCSP was asked")
        self._answer(self.server.authority.ocsp_response(request, self.server.clock()), "application/ocsp-response")

    def _answer(self, body: bytes, media_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: whoever started the server is told by ``asked``."""
