"""Private keys made for a laboratory: of every kind that a certificate of TLS 1.2 can hold."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_bytes
from typing import Final

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519

from hellodone.crypto.finite_field import DHParameters, StaticDHPrivateKey, generate_static_dh_key
from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate

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

# Looking for a group of DSA takes seconds at times. This one is published (RFC 5114, 2.3), its keys are as good as any.
_DSA_P: Final = int(
    "87a8e61db4b6663cffbbd19c651959998ceef608660dd0f25d2ceed4435e3b00e00df8f1d61957d4faf7df4561b2aa30"
    "16c3d91134096faa3bf4296d830e9a7c209e0c6497517abd5a8a9d306bcf67ed91f9e6725b4758c022e0b1ef4275bf7b"
    "6c5bfc11d45f9088b941f54eb1e59bb8bc39a0bf12307f5c4fdb70c581b23f76b63acae1caa6b7902d52526735488a0e"
    "f13c6d9a51bfa4ab3ad8347796524d8ef6a167b5a41825d967e144e5140564251ccacb83e6b486f6b3ca3f7971506026"
    "c0b857f689962856ded4010abd0be621c3a3960a54e710c375f26375d7014103a4b54330c198af126116d2276e11715f"
    "693877fad7ef09cadb094ae91e1a1597",
    16,
)
_DSA_Q: Final = 0x8CF83642A709A097B447997640129DA299B1A47D1EB3750BA308B0FE64F5FBD3
_DSA_G: Final = int(
    "3fb32c9b73134d0b2e77506660edbd484ca7b18f21ef205407f4793a1a0ba12510dbc15077be463fff4fed4aac0bb555"
    "be3a6c1b0c6b47b1bc3773bf7e8c6f62901228f8c28cbb18a55ae31341000a650196f931c77a57f2ddf463e5e9ec144b"
    "777de62aaab8a8628ac376d282d6ed3864e67982428ebc831d14348f6f2f9193b5045af2767164e1dfc967c1fb3f2e55"
    "a4bd1bffe83b9c80d052b985d182ea0adb2a3b7313d3fe14c8484b1e052588b9b7d2bbd2df016199ecd06e1557cd0915"
    "b3353bbb64e0ec377fd028370df92b52c7891428cdc67eb6184b523d1db246c32f63078490f00ef8d647d148d4795451"
    "5e2327cfef98c582664b4c0f6cc41659",
    16,
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


def key_kind(certificate: Certificate) -> str:
    """The kind of key that is most like a certificate's: of its algorithm, size and curve where there is one."""
    key = certificate.key_type
    if key.algorithm == "rsa":
        return next((kind for kind, bits in _RSA_SIZES.items() if bits == key.bits), "rsa")
    if key.algorithm == "ec":
        return next((kind for kind, curve in _SIGNING_CURVES.items() if curve.name == key.curve), "ec")
    return key.algorithm


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
            return _dsa_key(draw)
        case "x25519":
            return x25519.X25519PrivateKey.from_private_bytes(draw(32))
        case "x448":
            return x448.X448PrivateKey.from_private_bytes(draw(56))
        case "dh" | "dhx":
            group = DHParameters.named("ffdhe2048")
            return generate_static_dh_key(group, None if kind == "dh" else (group.p - 1) // 2, draw)
    raise ConfigurationError(f"no key of kind {kind!r} can be made; known are {', '.join(KEY_KINDS)}")


def _dsa_key(random: Random) -> dsa.DSAPrivateKey:
    # eight octets more than the order has: the bias of the remainder is too small to matter (FIPS 186-5, A.2.1)
    x = 1 + int.from_bytes(random(40), "big") % (_DSA_Q - 1)
    public = dsa.DSAPublicNumbers(pow(_DSA_G, x, _DSA_P), dsa.DSAParameterNumbers(_DSA_P, _DSA_Q, _DSA_G))
    return dsa.DSAPrivateNumbers(x, public).private_key()


def _ec_key(curve: ec.EllipticCurve, random: Random | None) -> ec.EllipticCurvePrivateKey:
    if random is None:
        return ec.generate_private_key(curve)
    # one bit less than the order has, so that every draw is in range: enough for a throw-away key
    bits = curve.key_size - 1
    return ec.derive_private_key((int.from_bytes(random((bits + 7) // 8)) >> (-bits % 8)) | 1, curve)
