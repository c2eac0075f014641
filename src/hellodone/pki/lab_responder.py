"""The responder of a laboratory CA: from an HTTP request for OCSP or for its CRL to the answer (RFC 6960, A; RFC 5280).

Plain functions of requests; whoever listens is elsewhere.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from hellodone.clock import Clock
from hellodone.errors import ConfigurationError
from hellodone.pki.identity import Identity
from hellodone.pki.lab_folder import LabFolder, week_after
from hellodone.pki.lab_ocsp import make_unsuccessful
from hellodone.pki.ocsp import OcspResponse

CRL_PATH: Final = "/ca.crl"
OCSP_PATH: Final = "/ocsp"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and in ``said`` one line of it for people."""

    status: int
    media_type: str
    body: bytes
    said: str


NOTHING: Final = Answer(404, "text/plain", b"OCSP requests and /ca.crl are answered here\n", "nothing of that name")


def request_in(path: str) -> bytes:
    """The OCSP request in the path of a GET (RFC 6960, A.1), b"" where there is none."""
    try:
        return base64.b64decode(unquote(path.removeprefix(OCSP_PATH)).lstrip("/"), validate=True)
    except (binascii.Error, ValueError):
        return b""


@dataclass(frozen=True, slots=True)
class LabResponder:
    """Answers from a CA's folder as it is at that moment; ``delegate`` signs in the CA's place."""

    folder: LabFolder
    clock: Clock
    delegate: Identity | None = None

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        """The answer to one request. What cannot be read is answered with malformed_request."""
        path = urlsplit(target).path
        try:
            folder = self.folder.current(self.clock())
        except ConfigurationError as fault:
            return Answer(200, "application/ocsp-response", make_unsuccessful("internal_error"), fault.reason)
        if method == "GET" and path == CRL_PATH:
            now = folder.authority.at
            return Answer(200, "application/pkix-crl", folder.crl(now, week_after(now)).der, "the CRL")
        if method == "POST":
            return self._status(folder, body)
        request = request_in(path)
        return self._status(folder, request) if request else NOTHING

    def _status(self, folder: LabFolder, request: bytes) -> Answer:
        authority = folder.authority
        # by name: GnuTLS 3.7 does not find an issuer that is named by its key
        made = authority.ocsp_response(request, authority.at, delegated=self.delegate, by_name=True)
        return status_answer(made)


def status_answer(response: bytes) -> Answer:
    """The answer that is an OCSP response."""
    return Answer(200, "application/ocsp-response", response, str(OcspResponse(response)))
