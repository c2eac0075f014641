"""OCSP responses: what they say. Whether to believe it is judged in ``ocsp_judge`` (RFC 6960, 4.2).

Importing this is cheap; the library's OCSP module is loaded when the first response is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from hellodone.errors import AlertDescription
from hellodone.pki.certificates import CertificateError
from hellodone.pki.text import moment

if TYPE_CHECKING:
    from cryptography.x509.ocsp import OCSPResponse, OCSPSingleResponse

    from hellodone.pki.certificates import Certificate

_MAXIMUM: Final = 2**20
_SINGLES_READ: Final = 1000  # statements of one response; a responder puts in one, or a few


@dataclass(frozen=True)
class OcspResponse:
    """A response by its DER bytes, which are empty when the server has none for a certificate (RFC 6961, 2.2)."""

    der: bytes

    def __str__(self) -> str:
        """In a few words: ``good as of 2026-06-01 12:00:00Z, until 2026-06-08 12:00:00Z``."""
        if not self.der:
            return "no response"
        if not self.successful:
            return f"the responder says {self.library.response_status.name.lower()}"
        return "; ".join(_words(single) for single in self.singles[:10]) or "about no certificate"

    def require_readable(self) -> None:
        """Raise CertificateError (bad_certificate_status_response) when the bytes are no OCSP response."""
        if self.der and self.successful:
            _ = [_words(single) for single in self.singles]

    @property
    def successful(self) -> bool:
        """Whether the responder answered the question at all."""
        return self.library.response_status.name == "SUCCESSFUL"

    def status_of(self, certificate: Certificate) -> str:
        """``good``, ``revoked`` or ``unknown``; empty when the response is not about a certificate of that number.

        What it says, whoever said it, when, and of whose certificate.
        """
        if not self.der or not self.successful:
            return ""
        number = certificate.x509.serial_number
        found = [s.certificate_status.name.lower() for s in self.singles if s.serial_number == number]
        return found[0] if found else ""

    @cached_property
    def library(self) -> OCSPResponse:
        """The response as the library reads it. Raises CertificateError when it cannot, or it has more than 1 MiB."""
        from cryptography.x509.ocsp import load_der_ocsp_response

        if len(self.der) > _MAXIMUM:
            raise malformed(f"longer than {_MAXIMUM >> 20} MiB")
        try:
            return load_der_ocsp_response(self.der)
        except ValueError:
            raise malformed() from None

    @cached_property
    def singles(self) -> tuple[OCSPSingleResponse, ...]:
        """The statements about single certificates."""
        try:
            found = tuple(self.library.responses)
        except ValueError:
            raise malformed() from None
        if len(found) > _SINGLES_READ:
            raise malformed(f"about {len(found):,} certificates, more than {_SINGLES_READ:,}")
        return found


def malformed(how: str = "malformed") -> CertificateError:
    """What is raised about bytes that are no OCSP response we read."""
    return CertificateError(AlertDescription.bad_certificate_status_response, f"the OCSP response is {how}")


def _words(single: OCSPSingleResponse) -> str:
    try:
        status = single.certificate_status.name.lower()
        revoked = single.revocation_time_utc
        since = f" since {moment(revoked)}" if revoked is not None else ""
        until = f", until {moment(single.next_update_utc)}" if single.next_update_utc is not None else ""
        return f"{status}{since} as of {moment(single.this_update_utc)}{until}"
    except ValueError:
        raise malformed() from None
