"""OCSP responses made by the laboratory, and certificates that must come with one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPCertStatus, OCSPResponderEncoding, OCSPResponseBuilder, OCSPResponseStatus

from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority
from tests.pairs import lab


def ocsp_response(certificate: Certificate, *, revoked: bool = False, authority: LabAuthority | None = None) -> bytes:
    """What the laboratory's responder says of a certificate, in DER."""
    authority = authority or lab()
    status = OCSPCertStatus.REVOKED if revoked else OCSPCertStatus.GOOD
    issuer = authority.certificate.x509
    builder = (
        OCSPResponseBuilder()
        .add_response(
            certificate.x509,
            issuer,
            SHA1(),
            status,
            authority.at - timedelta(hours=1),
            authority.at + timedelta(days=7),
            authority.at - timedelta(days=1) if revoked else None,
            x509.ReasonFlags.key_compromise if revoked else None,
        )
        .responder_id(OCSPResponderEncoding.HASH, issuer)
    )
    return builder.sign(authority.private_key, SHA256()).public_bytes(Encoding.DER)


def unsuccessful() -> bytes:
    """A responder that is too busy."""
    return OCSPResponseBuilder.build_unsuccessful(OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER)


def must_staple(*features: x509.TLSFeatureType) -> Identity:
    """A server whose certificate promises these extensions."""
    profile = lab().server_profile(key="ec")
    return lab().issue_identity(replace(profile, extensions=((x509.TLSFeature(features), False),)), "ec")
