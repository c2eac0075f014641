"""Certificates that the library's builder will not make: signed over SHA-1 or MD5, for PSS alone, for Diffie-Hellman.

A certificate is taken apart into its DER fields, one is replaced, and the whole is signed again. For laboratories
only. ``cryptography.hazmat.asn1`` is documented as unstable: it is used in this file and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

_NULL: Final = b"\x05\x00"
_OIDS: Final = {
    ("rsa", "sha1"): bytes.fromhex("2a864886f70d010105"),
    ("rsa", "md5"): bytes.fromhex("2a864886f70d010104"),
    ("ec", "sha1"): bytes.fromhex("2a8648ce3d0401"),
    ("dsa", "sha1"): bytes.fromhex("2a8648ce380403"),
}
_KINDS: Final = {"rsa": rsa.RSAPrivateKey, "ec": ec.EllipticCurvePrivateKey, "dsa": dsa.DSAPrivateKey}
_RSASSA_PSS: Final = bytes.fromhex("2a864886f70d01010a")


@asn1.sequence
class _Tbs:
    version: Annotated[int, asn1.Explicit(0)]
    serial: int
    algorithm: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: asn1.TLV
    public_key: asn1.TLV
    extensions: Annotated[list[asn1.TLV] | None, asn1.Explicit(3)]


@asn1.sequence
class _Certificate:
    tbs: _Tbs
    algorithm: asn1.TLV
    signature: asn1.BitString


@asn1.sequence
class _PublicKey:
    algorithm: asn1.TLV
    key: asn1.BitString


def sign_weakly(der: bytes, issuer_key: object, hash_name: str) -> bytes:
    """The certificate signed anew over SHA-1 or, by an RSA key, MD5; ValueError for any other combination."""
    kind = next((name for name, kinds in _KINDS.items() if isinstance(issuer_key, kinds)), "such a key")
    if (kind, hash_name) not in _OIDS:
        raise ValueError(f"no certificate signed with {kind} and {hash_name} can be made here")
    algorithm = _algorithm(_OIDS[kind, hash_name], _NULL if kind == "rsa" else b"")
    certificate = asn1.decode_der(_Certificate, der)
    return _signed(certificate.tbs, algorithm, certificate.tbs.public_key, signer_of(issuer_key, hash_name))


def bind_to_pss(der: bytes, issuer_key: object, hash_name: str) -> bytes:
    """The certificate of an RSA key, said to be for RSASSA-PSS alone (RFC 4055, 1.2), and signed anew."""
    certificate = asn1.decode_der(_Certificate, der)
    held = asn1.decode_der(_PublicKey, asn1.encode_der(certificate.tbs.public_key))
    bound = asn1.encode_der(_PublicKey(algorithm=_algorithm(_RSASSA_PSS, b""), key=held.key))
    return with_public_key(der, bound, issuer_key, hash_name)


def with_public_key(der: bytes, public_key: bytes, issuer_key: object, hash_name: str) -> bytes:
    """The certificate for another key, given as a DER SubjectPublicKeyInfo of any kind, and signed anew."""
    certificate = asn1.decode_der(_Certificate, der)
    held = asn1.decode_der(asn1.TLV, public_key)
    return _signed(certificate.tbs, certificate.algorithm, held, signer_of(issuer_key, hash_name))


def _algorithm(oid: bytes, parameters: bytes) -> asn1.TLV:
    body = bytes([6, len(oid)]) + oid + parameters
    return asn1.decode_der(asn1.TLV, bytes([0x30, len(body)]) + body)


def _signed(tbs: _Tbs, algorithm: asn1.TLV, public_key: asn1.TLV, sign: Callable[[bytes], bytes]) -> bytes:
    new = _Tbs(
        version=tbs.version,
        serial=tbs.serial,
        algorithm=algorithm,
        issuer=tbs.issuer,
        validity=tbs.validity,
        subject=tbs.subject,
        public_key=public_key,
        extensions=tbs.extensions,
    )
    signature = sign(asn1.encode_der(new))
    return asn1.encode_der(_Certificate(tbs=new, algorithm=algorithm, signature=asn1.BitString(signature, 0)))


def signer_of(key: object, hash_name: str) -> Callable[[bytes], bytes]:
    """What signs data with this key as certificates are signed; ValueError when the key cannot sign."""
    chosen = _HASHES[hash_name]
    match key:
        case rsa.RSAPrivateKey():
            return lambda data: key.sign(data, padding.PKCS1v15(), chosen)
        case ec.EllipticCurvePrivateKey():
            return lambda data: key.sign(data, ec.ECDSA(chosen, deterministic_signing=True))
        case dsa.DSAPrivateKey():
            return lambda data: key.sign(data, chosen)
        case ed25519.Ed25519PrivateKey() | ed448.Ed448PrivateKey():
            return key.sign
    raise ValueError("a key of this kind signs no certificates")


_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "md5": hashes.MD5(),  # noqa: S303 - what old certificates used, made to be refused
    "sha1": hashes.SHA1(),  # noqa: S303 - as above
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
