"""A laboratory CA that answers for its certificates over HTTP, while something is shown or tested."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hellodone.clock import utc_now
from hellodone.transport.address import join
from hellodone.transport.http_server import TIMEOUT, HttpServer

if TYPE_CHECKING:
    from hellodone.clock import Clock
    from hellodone.pki.lab_responder import Answer
    from hellodone.pki.laboratory import LabAuthority


class AuthorityServer:
    """Answers OCSP and gives out the CRL until it is closed. ``with`` closes it.

    ``authority`` is that CA, whose certificates name this server from now on; what it says is true at the time that
    ``clock`` tells.
    """

    def __init__(
        self, authority: LabAuthority, address: tuple[str, int] = ("127.0.0.1", 0), clock: Clock = utc_now
    ) -> None:
        """Listen. Raises ConfigurationError when the address cannot be had."""
        from hellodone.pki.lab_responder import CRL_PATH, OCSP_PATH

        self._clock = clock
        self._server = HttpServer(address, self._answer, lambda line: None)
        here = f"http://{join(*self._server.address)}"
        self.authority = replace(authority, ocsp_url=here + OCSP_PATH, crl_url=here + CRL_PATH)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="authority", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(TIMEOUT)

    def _answer(self, method: str, target: str, body: bytes) -> Answer:
        from hellodone.pki.lab_responder import CRL_PATH, NOTHING, Answer, request_in, status_answer

        path = urlsplit(target).path
        if method == "GET" and path == CRL_PATH:
            return Answer(200, "application/pkix-crl", self.authority.crl(self._clock()).der, "the CRL")
        request = body if method == "POST" else request_in(path)
        # by name: GnuTLS 3.7 does not find an issuer that is named by its key
        return status_answer(self.authority.ocsp_response(request, self._clock(), by_name=True)) if request else NOTHING

    def __enter__(self) -> AuthorityServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
