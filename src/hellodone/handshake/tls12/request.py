"""CertificateRequest: which client certificates this server takes (RFC 5246, 7.4.4)."""

from __future__ import annotations

from hellodone.handshake.context import ServerHandshake
from hellodone.handshake.requirements import fixed_types
from hellodone.messages.handshake import CertificateRequest
from hellodone.registry.codes import ClientCertificateType
from hellodone.registry.signatures import SignatureScheme


def certificate_types(hs: ServerHandshake) -> tuple[int, ...]:
    """Keys that make a signature we verify; with a static key exchange also keys that take part in it."""
    schemes = hs._config.policy.signature_schemes
    dss = (ClientCertificateType.dss_sign,) if SignatureScheme.dsa_sha256 in schemes else ()
    return (ClientCertificateType.rsa_sign, ClientCertificateType.ecdsa_sign, *dss, *fixed_types(hs.cipher_suite))


def certificate_request(hs: ServerHandshake) -> CertificateRequest:
    """Key types, signature schemes and the names of the authorities in our trust store."""
    trust = hs._config.client_trust
    hs.certificate_request = CertificateRequest(
        certificate_types=certificate_types(hs),
        supported_signature_algorithms=hs._config.policy.signature_schemes,
        certificate_authorities=() if trust is None else tuple(anchor.subject_bytes for anchor in trust.anchors),
    )
    return hs.certificate_request
