"""Whether one certificate's signature was made with another's key (RFC 5280, 6.1.3 a 1).

The library's ``verify_directly_issued_by`` refuses SHA-1 and MD5 outright, which would make "weak" look like
"forged". Here the signature is verified whatever its hash; that the hash is too weak is another check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

from hellodone.pki.certificates import Certificate, CertificateError

Verdict = Literal["valid", "invalid", "unsupported"]


def signed_by(certificate: Certificate, issuer: Certificate) -> Verdict:
    """What verifying ``certificate``'s signature with ``issuer``'s key says; malformed keys count as unsupported."""
    return signature_verdict(lambda: signature_of(certificate.x509), issuer)


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as certificates, CRLs and OCSP responses carry it, and what it covers."""

    algorithm: x509.ObjectIdentifier
    hash: hashes.HashAlgorithm | None
    padding: padding.AsymmetricPadding | None  # of an RSA key
    signature: bytes
    data: bytes


def signature_of(signed: x509.Certificate | x509.CertificateRevocationList) -> Signature:
    """The signature of a certificate or a CRL. Raises what the library raises when its algorithm is malformed."""
    data = signed.tbs_certificate_bytes if isinstance(signed, x509.Certificate) else signed.tbs_certlist_bytes
    name = signed.signature_algorithm_oid
    return Signature(name, signed.signature_hash_algorithm, _padding(signed), signed.signature, data)


def signature_verdict(read: Callable[[], Signature], issuer: Certificate) -> Verdict:
    """Whether the signature was made with ``issuer``'s key; what cannot be read counts as unsupported."""
    try:
        return _verify(read(), issuer)
    except InvalidSignature:
        return "invalid"
    except (CertificateError, UnsupportedAlgorithm, ValueError, TypeError):
        return "unsupported"


def _verify(signed: Signature, issuer: Certificate) -> Verdict:
    key, chosen, name = issuer.public_key, signed.hash, signed.algorithm
    match key:
        case rsa.RSAPublicKey() if chosen is not None and signed.padding is not None and name in _RSA:
            key.verify(signed.signature, signed.data, signed.padding, chosen)
        case ec.EllipticCurvePublicKey() if chosen is not None and name in _ECDSA:
            key.verify(signed.signature, signed.data, ec.ECDSA(chosen))
        case dsa.DSAPublicKey() if chosen is not None and name in _DSA:
            key.verify(signed.signature, signed.data, chosen)
        case ed25519.Ed25519PublicKey() if name == x509.SignatureAlgorithmOID.ED25519:
            key.verify(signed.signature, signed.data)
        case ed448.Ed448PublicKey() if name == x509.SignatureAlgorithmOID.ED448:
            key.verify(signed.signature, signed.data)
        case _:
            return "unsupported"
    return "valid"


def _padding(signed: x509.Certificate | x509.CertificateRevocationList) -> padding.AsymmetricPadding:
    if signed.signature_algorithm_oid != x509.SignatureAlgorithmOID.RSASSA_PSS:
        return padding.PKCS1v15()
    parameters = signed.signature_algorithm_parameters
    if not isinstance(parameters, padding.PSS):
        raise UnsupportedAlgorithm("RSASSA-PSS without its parameters")
    return parameters


_OIDS = x509.SignatureAlgorithmOID
_RSA = frozenset({
    _OIDS.RSA_WITH_MD5, _OIDS.RSA_WITH_SHA1, _OIDS.RSA_WITH_SHA224, _OIDS.RSA_WITH_SHA256, _OIDS.RSA_WITH_SHA384,
    _OIDS.RSA_WITH_SHA512, _OIDS.RSASSA_PSS,
})  # fmt: skip
_ECDSA = frozenset({
    _OIDS.ECDSA_WITH_SHA1, _OIDS.ECDSA_WITH_SHA224, _OIDS.ECDSA_WITH_SHA256, _OIDS.ECDSA_WITH_SHA384,
    _OIDS.ECDSA_WITH_SHA512,
})  # fmt: skip
_DSA = frozenset({
    _OIDS.DSA_WITH_SHA1, _OIDS.DSA_WITH_SHA224, _OIDS.DSA_WITH_SHA256, _OIDS.DSA_WITH_SHA384, _OIDS.DSA_WITH_SHA512,
})  # fmt: skip
