"""OCSP responses as servers staple them: what they say. Whether to believe it is not judged here (RFC 6960, 4.2).

Importing this is cheap; the library's OCSP module is loaded when the first response is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hellodone.errors import AlertDescription
from hellodone.pki.certificates import CertificateError
from hellodone.pki.text import moment

if TYPE_CHECKING:
    from cryptography.x509.ocsp import OCSPResponse, OCSPSingleResponse

    from hellodone.pki.certificates import Certificate


@dataclass(frozen=True)
class OcspResponse:
    """A response by its DER bytes, which are empty when the server has none for a certificate (RFC 6961, 2.2)."""

    der: bytes

    def __str__(self) -> str:
        """In a few words: ``good as of 2026-06-01 12:00:00Z, until 2026-06-08 12:00:00Z``."""
        if not self.der:
            return "no response"
        if not self.successful:
            return f"the responder says {self._response.response_status.name.lower()}"
        return "; ".join(_words(single) for single in self._singles) or "about no certificate"

    def require_readable(self) -> None:
        """Raise CertificateError (bad_certificate_status_response) when the bytes are no OCSP response."""
        if self.der and self.successful:
            _ = [_words(single) for single in self._singles]

    @property
    def successful(self) -> bool:
        """Whether the responder answered the question at all."""
        return self._response.response_status.name == "SUCCESSFUL"

    def status_of(self, certificate: Certificate) -> str:
        """``good``, ``revoked`` or ``unknown``; empty when the response is not about a certificate of that number."""
        if not self.der or not self.successful:
            return ""
        number = certificate.x509.serial_number
        found = [s.certificate_status.name.lower() for s in self._singles if s.serial_number == number]
        return found[0] if found else ""

    @cached_property
    def _response(self) -> OCSPResponse:
        from cryptography.x509.ocsp import load_der_ocsp_response

        try:
            return load_der_ocsp_response(self.der)
        except ValueError:
            raise _malformed() from None

    @cached_property
    def _singles(self) -> tuple[OCSPSingleResponse, ...]:
        try:
            return tuple(self._response.responses)
        except ValueError:
            raise _malformed() from None


def tls_features(certificate: Certificate) -> frozenset[int]:
    """The hello extensions that a server with this certificate answers, "must staple" among them (RFC 7633, 4).

    Raises CertificateError when the certificate's extensions are malformed.
    """
    from cryptography.x509 import TLSFeature

    features = certificate.extension(TLSFeature)
    return frozenset() if features is None else frozenset(feature.value for feature in features)


def _malformed() -> CertificateError:
    return CertificateError(AlertDescription.bad_certificate_status_response, "the stapled OCSP response is malformed")


def _words(single: OCSPSingleResponse) -> str:
    try:
        status = single.certificate_status.name.lower()
        revoked = single.revocation_time_utc
        since = f" since {moment(revoked)}" if revoked is not None else ""
        until = f", until {moment(single.next_update_utc)}" if single.next_update_utc is not None else ""
        return f"{status}{since} as of {moment(single.this_update_utc)}{until}"
    except ValueError:
        raise _malformed() from None
