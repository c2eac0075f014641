"""Digital signatures of TLS 1.2: which scheme a key can make, making and checking one (RFC 5246, 4.7 and 7.4.1.4.1).

In TLS 1.2 a scheme of ECDSA names a hash, not a curve: ``ecdsa_secp256r1_sha256`` is any curve with SHA-256 (RFC
8422, 5.1.3; RFC 8446, 4.2.3 narrowed it for TLS 1.3). The scheme is bound to the type of the key before the library
sees either.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, x448, x25519

from hellodone.crypto.errors import UnusableKey
from hellodone.crypto.finite_field import dh_key_bits
from hellodone.crypto.prf import HASHES
from hellodone.registry.signatures import SignatureScheme, scheme_name

Algorithm = Literal["rsa", "rsa_pss", "ec", "ed25519", "ed448", "dsa", "x25519", "x448", "dh", "unknown"]

RSASSA_PSS_OID: Final = "1.2.840.113549.1.1.10"
"""The algorithm of a key that signs with PSS only (RFC 4055, 1.2); the library's key object does not remember it."""


@dataclass(frozen=True, slots=True)
class KeyType:
    """The kind of a key: its ``algorithm``, its size in ``bits`` and, for ECDSA and ECDH, its ``curve``'s name."""

    algorithm: Algorithm
    bits: int
    curve: str | None = None


class _Method(NamedTuple):
    """What a scheme asks for: an algorithm of :class:`KeyType`, a hash and, for RSA, a padding."""

    algorithm: Algorithm
    hash_name: str = ""
    pss: bool = False


# SignatureAndHashAlgorithm of RFC 5246, 7.4.1.4.1: the hash is the upper octet, the signature the lower.
_HASH_CODES: Final = {4: "sha256", 5: "sha384", 6: "sha512", 3: "sha224", 2: "sha1", 1: "md5"}  # by preference
_SIGNATURE_CODES: Final[dict[int, Algorithm]] = {1: "rsa", 2: "dsa", 3: "ec"}

_METHODS: Final[dict[int, _Method]] = {
    SignatureScheme.ed25519: _Method("ed25519"),
    SignatureScheme.ed448: _Method("ed448"),
    SignatureScheme.rsa_pss_pss_sha256: _Method("rsa_pss", "sha256", pss=True),
    SignatureScheme.rsa_pss_pss_sha384: _Method("rsa_pss", "sha384", pss=True),
    SignatureScheme.rsa_pss_pss_sha512: _Method("rsa_pss", "sha512", pss=True),
    SignatureScheme.rsa_pss_rsae_sha256: _Method("rsa", "sha256", pss=True),
    SignatureScheme.rsa_pss_rsae_sha384: _Method("rsa", "sha384", pss=True),
    SignatureScheme.rsa_pss_rsae_sha512: _Method("rsa", "sha512", pss=True),
    **{
        hash_code << 8 | signature_code: _Method(algorithm, hash_name)
        for hash_code, hash_name in _HASH_CODES.items()
        for signature_code, algorithm in _SIGNATURE_CODES.items()
    },
}
"""Every signature scheme of TLS 1.2, in the order of preference among those of one algorithm."""

_CLASSES: Final[dict[Algorithm, tuple[type, type]]] = {
    "rsa": (rsa.RSAPrivateKey, rsa.RSAPublicKey),
    "rsa_pss": (rsa.RSAPrivateKey, rsa.RSAPublicKey),
    "ec": (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey),
    "dsa": (dsa.DSAPrivateKey, dsa.DSAPublicKey),
    "ed25519": (ed25519.Ed25519PrivateKey, ed25519.Ed25519PublicKey),
    "ed448": (ed448.Ed448PrivateKey, ed448.Ed448PublicKey),
}
_DIGEST_INFO_LENGTHS: Final = {"md5": 34, "sha1": 35, "sha224": 47, "sha256": 51, "sha384": 67, "sha512": 83}


def key_type(public_key: object, algorithm_oid: str | None = None) -> KeyType:
    """What kind of key this is; never raises, what it does not know is "unknown".

    ``algorithm_oid`` is the dotted algorithm of the certificate's SubjectPublicKeyInfo: the only place where a
    key that may sign with RSASSA-PSS alone can be told from any other RSA key.
    """
    match public_key:
        case rsa.RSAPublicKey():
            return KeyType("rsa_pss" if algorithm_oid == RSASSA_PSS_OID else "rsa", public_key.key_size)
        case ec.EllipticCurvePublicKey():
            return KeyType("ec", public_key.curve.key_size, public_key.curve.name)
        case ed25519.Ed25519PublicKey():
            return KeyType("ed25519", 256)
        case ed448.Ed448PublicKey():
            return KeyType("ed448", 456)
        case dsa.DSAPublicKey():
            return KeyType("dsa", public_key.key_size)
        case x25519.X25519PublicKey():
            return KeyType("x25519", 256)
        case x448.X448PublicKey():
            return KeyType("x448", 448)
    bits = dh_key_bits(public_key)
    return KeyType("unknown", 0) if bits is None else KeyType("dh", bits)


@lru_cache(maxsize=64)
def schemes_for(key_type: KeyType) -> tuple[int, ...]:
    """The signature schemes of TLS 1.2 that a key of this type can make, best first.

    RSA prefers PSS, ECDSA the hash as long as its curve; SHA-1 and MD5 come last, and whether they may be used at
    all is the policy's to say. RSA schemes whose hash does not fit into the modulus are left out.
    """
    schemes = tuple(int(scheme) for scheme in _METHODS if fits(scheme, key_type))
    if key_type.algorithm != "ec":
        return schemes
    natural = _natural_hash(key_type.bits)
    return tuple(sorted(schemes, key=lambda scheme: _METHODS[scheme].hash_name != natural))


def fits(scheme: int, key_type: KeyType) -> bool:
    """Whether a key of this type can make signatures of this scheme in TLS 1.2 (RFC 5246, 7.4.3)."""
    method = _METHODS.get(scheme)
    return method is not None and method.algorithm == key_type.algorithm and _large_enough(method, key_type.bits)


def sign(private_key: object, scheme: int, data: bytes, deterministic: bool = False) -> bytes:
    """The signature over ``data``, hashed as the scheme says.

    ``deterministic`` makes ECDSA reproducible (RFC 6979); DSA and PSS always draw random numbers, the others never.
    A key of RSASSA-PSS looks like any other RSA key here: ask :func:`fits` with the certificate's key type first.
    Raises :class:`UnusableKey` when the scheme does not fit the key or the library refuses it.
    """
    key: Any = private_key
    how = _manner(scheme, key.__class__, True, deterministic)
    if how.is_rsa:
        _require_size(_METHODS[scheme], key.key_size)
    try:
        signature: bytes = key.sign(data, *how.arguments)
    except (ValueError, UnsupportedAlgorithm):
        raise UnusableKey(f"the cryptography library refuses to sign with {scheme_name(scheme)}") from None
    return signature


def verify(public_key: object, scheme: int, signature: bytes, data: bytes) -> bool:
    """Whether ``signature`` is the key's signature over ``data``; False for every malformed or wrong signature.

    Raises :class:`UnusableKey` when the scheme does not fit the key (for RSASSA-PSS see :func:`sign`).
    """
    key: Any = public_key
    how = _manner(scheme, key.__class__)
    if how.is_rsa:
        _require_size(_METHODS[scheme], key.key_size)
    try:
        key.verify(signature, data, *how.arguments)
    except (InvalidSignature, ValueError):
        return False
    except UnsupportedAlgorithm:
        raise UnusableKey(f"the cryptography library does not check {scheme_name(scheme)}") from None
    return True


@dataclass(frozen=True, slots=True)
class _Manner:
    """How keys of a class make and check signatures of a scheme: what the library is told besides."""

    arguments: tuple[Any, ...]
    is_rsa: bool


@lru_cache(maxsize=128)
def _manner(scheme: int, kind: type, signing: bool = False, deterministic: bool = False) -> _Manner:
    """To be asked once a class, for to ask of what type a key is takes long. Raises UnusableKey."""
    method = _METHODS.get(scheme)
    if method is None:
        raise UnusableKey(f"{scheme_name(scheme)} is no signature scheme of TLS 1.2")
    private, public = _CLASSES[method.algorithm]
    if not issubclass(kind, private if signing else public):
        raise UnusableKey(f"the key is not of the type that {scheme_name(scheme)} signs with")
    match method.algorithm:
        case "rsa" | "rsa_pss":
            return _Manner((_padding(method), HASHES[method.hash_name]), is_rsa=True)
        case "ec":
            return _Manner((ec.ECDSA(HASHES[method.hash_name], deterministic_signing=deterministic),), is_rsa=False)
        case "dsa":
            return _Manner((HASHES[method.hash_name],), is_rsa=False)
    return _Manner((), is_rsa=False)


def _padding(method: _Method) -> padding.AsymmetricPadding:
    """PKCS #1 v1.5, or PSS with a salt as long as the hash (RFC 8446, 4.2.3)."""
    if not method.pss:
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(HASHES[method.hash_name]), padding.PSS.DIGEST_LENGTH)


def _large_enough(method: _Method, bits: int) -> bool:
    """Whether an RSA modulus has room for the encoded hash (RFC 8017, 9.1.1 and 9.2); true for everything else."""
    if method.algorithm not in ("rsa", "rsa_pss"):
        return True
    if method.pss:
        return (bits - 1 + 7) // 8 >= 2 * HASHES[method.hash_name].digest_size + 2
    return (bits + 7) // 8 >= _DIGEST_INFO_LENGTHS[method.hash_name] + 11


def _require_size(method: _Method, bits: int) -> None:
    if not _large_enough(method, bits):
        raise UnusableKey(f"an RSA key of {bits} bits is too small for a signature with {method.hash_name}")


def _natural_hash(curve_bits: int) -> str:
    """The hash of the curve's own strength (RFC 8422, 5.10; RFC 5480, 4)."""
    if curve_bits <= 256:
        return "sha256"
    return "sha384" if curve_bits <= 384 else "sha512"
