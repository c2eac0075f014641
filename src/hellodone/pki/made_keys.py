"""Private keys made for a laboratory: of every kind that a certificate of TLS 1.2 can hold."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_bytes
from typing import Final

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519

from hellodone.crypto.finite_field import DHParameters, StaticDHPrivateKey, generate_static_dh_key
from hellodone.errors import ConfigurationError

Random = Callable[[int], bytes]
LeafKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | dsa.DSAPrivateKey
    | x25519.X25519PrivateKey
    | x448.X448PrivateKey
    | StaticDHPrivateKey
)

_RSA_SIZES: Final = {"rsa": 2048, "rsa_pss": 2048, "rsa1024": 1024, "rsa3072": 3072, "rsa4096": 4096}
_SIGNING_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "ec": ec.SECP256R1(),
    "ec224": ec.SECP224R1(),
    "ec256": ec.SECP256R1(),
    "ec384": ec.SECP384R1(),
    "ec521": ec.SECP521R1(),
}
_AGREEING_CURVES: Final[dict[str, ec.EllipticCurve]] = {"ecdh": ec.SECP256R1(), "ecdh384": ec.SECP384R1()}
_CURVES: Final = {**_SIGNING_CURVES, **_AGREEING_CURVES}
_AGREEING: Final = ("dh", "dhx", *_AGREEING_CURVES, "x25519", "x448")
KEY_KINDS: Final = (*_RSA_SIZES, *_SIGNING_CURVES, "ed25519", "ed448", "dsa", *_AGREEING)
"""``dh`` and ``dhx`` are ffdhe2048 as PKCS #3 and as X9.42 write it; ``ecdh`` is P-256 for static agreement."""


def key_usage_for(kind: str) -> tuple[str, ...]:
    """What the certificate of such a key is for: every use that a key exchange makes of it (RFC 5246, 7.4.2)."""
    if kind in _AGREEING:
        return ("keyAgreement",)
    return (
        ("digitalSignature", "keyEncipherment") if kind in _RSA_SIZES and kind != "rsa_pss" else ("digitalSignature",)
    )


def generate_key(kind: str, random: Random | None = None) -> LeafKey:
    """A private key of one of :data:`KEY_KINDS`; drawn from ``random`` where the library allows it."""
    draw = random or token_bytes
    if kind in _RSA_SIZES:
        return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_SIZES[kind])
    if kind in _CURVES:
        return _ec_key(_CURVES[kind], random)
    match kind:
        case "ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(draw(32))
        case "ed448":
            return ed448.Ed448PrivateKey.from_private_bytes(draw(57))
        case "dsa":
            return dsa.generate_private_key(key_size=2048)
        case "x25519":
            return x25519.X25519PrivateKey.from_private_bytes(draw(32))
        case "x448":
            return x448.X448PrivateKey.from_private_bytes(draw(56))
        case "dh" | "dhx":
            group = DHParameters.named("ffdhe2048")
            return generate_static_dh_key(group, None if kind == "dh" else (group.p - 1) // 2, draw)
    raise ConfigurationError(f"no key of kind {kind!r} can be made; known are {', '.join(KEY_KINDS)}")


def _ec_key(curve: ec.EllipticCurve, random: Random | None) -> ec.EllipticCurvePrivateKey:
    if random is None:
        return ec.generate_private_key(curve)
    # one bit less than the order has, so that every draw is in range: enough for a throw-away key
    bits = curve.key_size - 1
    return ec.derive_private_key((int.from_bytes(random((bits + 7) // 8)) >> (-bits % 8)) | 1, curve)
