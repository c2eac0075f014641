"""Which of a server's identities a client can use: by the type of certificate, and by the authorities it trusts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from hellodone.handshake.context import ServerHandshake
from hellodone.messages.extensions.trust import TrustedAuthority
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.identity import Identity
from hellodone.pki.raw_keys import authority_key_hash, is_raw
from hellodone.registry.codes import CertificateType, IdentifierType


def _certificate_hash(certificate: Certificate) -> bytes:
    return hashlib.sha1(certificate.der, usedforsecurity=False).digest()


AUTHORITY_NAMES: Mapping[int, Callable[[Certificate], bytes]] = {
    IdentifierType.key_sha1_hash: authority_key_hash,
    IdentifierType.x509_name: lambda certificate: certificate.subject_bytes,
    IdentifierType.cert_sha1_hash: _certificate_hash,
}
"""The names of an authority in trusted_ca_keys. They raise CertificateError when its certificate is unreadable."""


def certificate_type(identity: Identity) -> CertificateType:
    """What its Certificate message holds."""
    return CertificateType.RawPublicKey if is_raw(identity) else CertificateType.X509


def acceptable(hs: ServerHandshake) -> list[Identity]:
    """The identities of a type that the client takes (RFC 7250), in order."""
    types = (CertificateType.X509,) if hs._server_types is None else hs._server_types
    return [identity for identity in hs._config.identities if certificate_type(identity) in types]


def leads_to_trusted(hs: ServerHandshake, identity: Identity) -> bool:
    """Whether the chain holds, or was issued by, an authority that the client named."""
    authorities: tuple[TrustedAuthority, ...] = vars(hs).get("trusted_authorities", ())
    if not authorities or is_raw(identity):
        return False
    return any(_is(authority, certificate) for authority in authorities for certificate in identity.chain)


def _is(authority: TrustedAuthority, certificate: Certificate) -> bool:
    name = AUTHORITY_NAMES.get(authority.identifier_type)
    try:
        if authority.identifier_type == IdentifierType.x509_name and certificate.issuer_bytes == authority.identifier:
            return True
        return name is not None and name(certificate) == authority.identifier
    except CertificateError:
        return False
