"""CertificateRequest: which client certificates this server takes (RFC 5246, 7.4.4)."""

from __future__ import annotations

from hellodone.handshake.context import ServerHandshake
from hellodone.messages.handshake import CertificateRequest
from hellodone.registry.codes import ClientCertificateType

CERTIFICATE_TYPES = (ClientCertificateType.rsa_sign, ClientCertificateType.ecdsa_sign)


def certificate_request(hs: ServerHandshake) -> CertificateRequest:
    """Key types, signature schemes and the names of the authorities in our trust store."""
    trust = hs._config.client_trust
    hs.certificate_request = CertificateRequest(
        certificate_types=CERTIFICATE_TYPES,
        supported_signature_algorithms=hs._config.policy.signature_schemes,
        certificate_authorities=() if trust is None else tuple(anchor.subject_bytes for anchor in trust.anchors),
    )
    return hs.certificate_request
