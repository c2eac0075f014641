"""Whether one certificate's signature was made with another's key (RFC 5280, 6.1.3 a 1).

The library's ``verify_directly_issued_by`` refuses SHA-1 and MD5 outright, which would make "weak" look like
"forged". Here the signature is verified whatever its hash; that the hash is too weak is another check.
"""

from __future__ import annotations

from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

from hellodone.pki.certificates import Certificate, CertificateError

Verdict = Literal["valid", "invalid", "unsupported"]


def signed_by(certificate: Certificate, issuer: Certificate) -> Verdict:
    """What verifying ``certificate``'s signature with ``issuer``'s key says; malformed keys count as unsupported."""
    try:
        return _verify(certificate.x509, issuer)
    except InvalidSignature:
        return "invalid"
    except (CertificateError, UnsupportedAlgorithm, ValueError, TypeError):
        return "unsupported"


def _verify(signed: x509.Certificate, issuer: Certificate) -> Verdict:
    key, signature, data = issuer.public_key, signed.signature, signed.tbs_certificate_bytes
    chosen = signed.signature_hash_algorithm
    name = signed.signature_algorithm_oid
    match key:
        case rsa.RSAPublicKey() if chosen is not None and name in _RSA:
            key.verify(signature, data, _padding(signed), chosen)
        case ec.EllipticCurvePublicKey() if chosen is not None and name in _ECDSA:
            key.verify(signature, data, ec.ECDSA(chosen))
        case dsa.DSAPublicKey() if chosen is not None and name in _DSA:
            key.verify(signature, data, chosen)
        case ed25519.Ed25519PublicKey() if name == x509.SignatureAlgorithmOID.ED25519:
            key.verify(signature, data)
        case ed448.Ed448PublicKey() if name == x509.SignatureAlgorithmOID.ED448:
            key.verify(signature, data)
        case _:
            return "unsupported"
    return "valid"


def _padding(signed: x509.Certificate) -> padding.AsymmetricPadding:
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
