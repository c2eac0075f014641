"""The server staples what an OCSP responder said of its certificates: status_request, and status_request_v2 for all."""

from __future__ import annotations

from hellodone.errors import AlertDescription
from hellodone.handshake.context import ClientHandshake, ServerHandshake
from hellodone.handshake.extensions.rule import Rule
from hellodone.messages.extensions.empty import CertificateStatusAcknowledgement
from hellodone.messages.extensions.trust import (
    CertificateStatusRequest,
    CertificateStatusRequestItemV2,
    CertificateStatusRequestListV2,
    OCSPStatusRequest,
)
from hellodone.messages.handshake import CertificateStatus
from hellodone.pki.certificates import Certificate
from hellodone.pki.raw_keys import is_raw
from hellodone.registry.codes import CertificateStatusType, ExtensionType
from hellodone.registry.suites import needs_of

_ANY_RESPONDER = OCSPStatusRequest((), b"")
OCSP, OCSP_MULTI = CertificateStatusType.ocsp, CertificateStatusType.ocsp_multi


class StatusRequestV2Rule(Rule[CertificateStatusRequestListV2, CertificateStatusAcknowledgement]):
    """A response for each certificate of the chain (RFC 6961). To come before status_request, which it replaces."""

    extension_type = ExtensionType.status_request_v2
    offered = CertificateStatusRequestListV2
    answered = CertificateStatusAcknowledgement

    def offer(self, hs: ClientHandshake) -> CertificateStatusRequestListV2 | None:
        """For all certificates if possible, else for the first."""
        if not hs._config.ocsp_multi or not _has_certificates(hs):
            return None
        return CertificateStatusRequestListV2(
            tuple(CertificateStatusRequestItemV2(kind, _ANY_RESPONDER) for kind in (OCSP_MULTI, OCSP))
        )

    def read(self, hs: ServerHandshake, offer: CertificateStatusRequestListV2 | None) -> None:
        """The kinds of status that the client takes, in order."""
        items = () if offer is None else offer.certificate_status_req_list
        hs._status_types_v2 = tuple(item.status_type for item in items)

    def answer(self, hs: ServerHandshake) -> CertificateStatusAcknowledgement | None:
        """The first kind that we have."""
        for kind in hs._status_types_v2:
            hs._certificate_status = _status(hs, kind)
            if hs._certificate_status is not None:
                return CertificateStatusAcknowledgement()
        return None

    def accept(self, hs: ClientHandshake, answer: CertificateStatusAcknowledgement | None) -> None:
        """A CertificateStatus may come, of either kind."""
        if answer is not None:
            hs._status_types = (OCSP, OCSP_MULTI)


class StatusRequestRule(Rule[CertificateStatusRequest, CertificateStatusAcknowledgement]):
    """A response for the server's own certificate (RFC 6066, 8)."""

    extension_type = ExtensionType.status_request
    offered = CertificateStatusRequest
    answered = CertificateStatusAcknowledgement

    def offer(self, hs: ClientHandshake) -> CertificateStatusRequest | None:
        """Of whatever responder the server knows."""
        return CertificateStatusRequest(OCSP, _ANY_RESPONDER) if hs._config.ocsp and _has_certificates(hs) else None

    def read(self, hs: ServerHandshake, offer: CertificateStatusRequest | None) -> None:
        """Whether it is OCSP that the client asks for."""
        hs._status_types = () if offer is None else (offer.status_type,)

    def answer(self, hs: ServerHandshake) -> CertificateStatusAcknowledgement | None:
        """When there is a response, and status_request_v2 has not brought one."""
        if hs._certificate_status is not None or OCSP not in hs._status_types:
            return None
        hs._certificate_status = _status(hs, OCSP)
        return None if hs._certificate_status is None else CertificateStatusAcknowledgement()

    def accept(self, hs: ClientHandshake, answer: CertificateStatusAcknowledgement | None) -> None:
        """A CertificateStatus may come."""
        if answer is None:
            return
        hs.check(
            not hs._status_types,
            AlertDescription.illegal_parameter,
            "the server answers one of status_request and status_request_v2 (RFC 6961, 2.2)",
        )
        hs._status_types = (OCSP,)


def _has_certificates(hs: ClientHandshake) -> bool:
    return needs_of(hs.cipher_suites_offered).certificates


def _status(hs: ServerHandshake, kind: int) -> CertificateStatus | None:
    """The message for that kind, None when we have nothing to say."""
    if hs._identity is None or is_raw(hs._identity):
        return None
    if kind == OCSP:
        response = _response(hs, hs._identity.leaf)
        return CertificateStatus(OCSP, response) if response else None
    if kind == OCSP_MULTI:
        responses = tuple(_response(hs, certificate) for certificate in hs._identity.chain)
        return CertificateStatus(OCSP_MULTI, responses) if any(responses) else None
    return None


def _response(hs: ServerHandshake, certificate: Certificate) -> bytes:
    source = hs._config.ocsp_response
    if callable(source):
        return source(certificate) or b""
    return source or b"" if certificate == hs._config.identities[0].leaf else b""
