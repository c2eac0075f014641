"""How OCSP names a certificate: hashes of its issuer's name and key, and its serial number (RFC 6960, 4.1.1)."""

from __future__ import annotations

import hashlib
from typing import Final

from hellodone.errors import AlertDescription
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.der import DerError, Elements, Tag

_FIELDS_BEFORE_KEY: Final = (Tag.INTEGER, Tag.SEQUENCE, Tag.SEQUENCE, Tag.SEQUENCE, Tag.SEQUENCE)
HASHES: Final = frozenset({"sha1", "sha224", "sha256", "sha384", "sha512"})


def name_hash(issuer: Certificate, hash_name: str) -> bytes:
    """The hash of the DER of the issuer's subject (issuerNameHash)."""
    return _hash(issuer.subject_bytes, hash_name)


def key_hash(certificate: Certificate, hash_name: str = "sha1") -> bytes:
    """The hash of a certificate's key: issuerKeyHash of what it issued, and with SHA-1 the KeyHash of a responder.

    It covers the contents of the BIT STRING alone, as they stand in the certificate.
    """
    return _hash(_key_bits(certificate), hash_name)


def _hash(data: bytes, hash_name: str) -> bytes:
    return hashlib.new(hash_name, data, usedforsecurity=False).digest()  # a name for something public, not a proof


def _key_bits(certificate: Certificate) -> bytes:
    try:
        fields = Elements(certificate.x509.tbs_certificate_bytes).inside()
        if fields.next_tag == Tag.EXPLICIT_0:
            fields.take(Tag.EXPLICIT_0)
        for tag in _FIELDS_BEFORE_KEY:
            fields.take(tag)
        key = fields.inside()
        key.take(Tag.SEQUENCE)
        return key.take(Tag.BIT_STRING)[1:]
    except DerError as fault:
        reason = f"the public key of {certificate.name} is malformed: {fault}"
        raise CertificateError(AlertDescription.bad_certificate, reason) from None
