"""CertificateStatus: what the server staples to its certificate, and what the client makes of it (RFC 6066, 8).

The place where OCSP responses will be verified is ``accept_certificate_status``: so far a response must be readable,
and must not say that the certificate is revoked.
"""

from __future__ import annotations

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ClientHandshake
from hellodone.messages.handshake import CertificateStatus
from hellodone.pki.certificates import CertificateError
from hellodone.pki.ocsp import OcspResponse, tls_features
from hellodone.registry.codes import CertificateStatusType, ExtensionType
from hellodone.registry.naming import name_of

_STAPLES = (ExtensionType.status_request, ExtensionType.status_request_v2)


def accept_certificate_status(hs: ClientHandshake, message: CertificateStatus | None) -> None:
    """The status of the server's certificates, which it may leave out even when it was promised.

    Not if the certificate says that it comes with one (RFC 7633, 4.3.3).
    """
    if message is not None:
        hs.check(
            message.status_type in hs._status_types,
            AlertDescription.illegal_parameter,
            "the certificate status is of a kind that was agreed on (RFC 6066, 8; RFC 6961, 2.2)",
            lambda: f"it is of kind {name_of(CertificateStatusType, message.status_type)}",
        )
        _read(hs, message)
    if hs._config.trust is not None:
        _check_features(hs)


def _read(hs: ClientHandshake, message: CertificateStatus) -> None:
    said = (message.response,) if isinstance(message.response, bytes) else message.response
    hs.check(
        len(said) <= len(hs.server_certificates),
        AlertDescription.bad_certificate_status_response,
        "there are not more OCSP responses than certificates (RFC 6961, 2.2)",
        lambda: f"there are {len(said)} for {len(hs.server_certificates)}",
    )
    hs.server_certificate_status = tuple(OcspResponse(der) for der in said)
    try:
        for response in hs.server_certificate_status:
            response.require_readable()
        pairs = zip(hs.server_certificate_status, hs.server_certificates, strict=False)
        revoked = [certificate.name for response, certificate in pairs if response.status_of(certificate) == "revoked"]
    except CertificateError as fault:
        raise FatalAlert(fault.alert, fault.reason) from None
    hs.check(
        not revoked,
        AlertDescription.bad_certificate_status_response,
        "no stapled OCSP response says that its certificate is revoked (RFC 6066, 8)",
        lambda: f"that of {revoked[0]} does",
    )


def _check_features(hs: ClientHandshake) -> None:
    """What the certificate promises and we asked for was given (RFC 7633, 4.3.3)."""
    try:
        promised = tls_features(hs.server_certificates[0])
    except CertificateError as fault:
        raise FatalAlert(fault.alert, fault.reason) from None
    asked = [kind for kind in _STAPLES if kind in promised and kind in hs._extensions_offered]
    if asked:
        hs.check(
            "server_certificate_status" in vars(hs),
            AlertDescription.bad_certificate,
            "a certificate that must come with an OCSP response does (RFC 7633, 4.3.3)",
            "there is none",
        )
