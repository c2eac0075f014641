"""Elliptic-curve Diffie-Hellman: one key of one named group (RFC 8422, 5.4, 5.10 and 5.11).

The shared secret keeps its leading zeros here, for its length is fixed; finite-field Diffie-Hellman strips them
(:mod:`hellodone.crypto.finite_field`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, x448, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hellodone.crypto.errors import CryptoError, InvalidPublicValue, UnusableKey
from hellodone.crypto.secret import Secret
from hellodone.registry.groups import NamedGroup

RandomBytes = Callable[[int], bytes]
"""Gives that many random octets."""

UNCOMPRESSED: Final = 4
"""The first octet of the only point form that TLS still knows (RFC 8422, 5.1.2)."""

_CURVES: Final[dict[int, ec.EllipticCurve]] = {
    NamedGroup.secp192r1: ec.SECP192R1(),
    NamedGroup.secp224r1: ec.SECP224R1(),
    NamedGroup.secp256k1: ec.SECP256K1(),
    NamedGroup.secp256r1: ec.SECP256R1(),
    NamedGroup.secp384r1: ec.SECP384R1(),
    NamedGroup.secp521r1: ec.SECP521R1(),
    NamedGroup.brainpoolP256r1: ec.BrainpoolP256R1(),
    NamedGroup.brainpoolP384r1: ec.BrainpoolP384R1(),
    NamedGroup.brainpoolP512r1: ec.BrainpoolP512R1(),
}
_X25519, _X448 = int(NamedGroup.x25519), int(NamedGroup.x448)
_READ_PUBLIC: Final = {
    _X25519: x25519.X25519PublicKey.from_public_bytes,
    _X448: x448.X448PublicKey.from_public_bytes,
}
_GROUPS_BY_CURVE: Final = {curve.name: group for group, curve in _CURVES.items()}


class KeyShare(ABC):
    """One private key of one group. ``group`` is its number, ``public`` its public value as it travels.

    On the wire that is the uncompressed point without its length, or the u-coordinate of X25519 and X448.
    """

    __slots__ = ("group", "public")
    group: int
    public: bytes

    @abstractmethod
    def exchange(self, peer_public: bytes) -> Secret:
        """The secret shared with the owner of ``peer_public``, fixed in length (RFC 8422, 5.10).

        Raises :class:`InvalidPublicValue` when the value has the wrong form or length, lies outside the group, or
        gives the all-zero secret.
        """

    @abstractmethod
    def private_bytes(self) -> Secret:
        """The private key as its group writes it: a big-endian scalar, or the bytes of RFC 7748."""


class _PointShare(KeyShare):
    """A key of a curve whose points travel as 4, X, Y (RFC 8422, 5.4.1)."""

    __slots__ = ("_curve", "_private_key", "_size")

    def __init__(self, group: int, private_key: ec.EllipticCurvePrivateKey) -> None:
        self.group = int(group)
        self._private_key = private_key
        self._curve = private_key.curve
        self._size = (self._curve.key_size + 7) // 8
        point = private_key.public_key().public_numbers()
        self.public = b"\x04" + point.x.to_bytes(self._size, "big") + point.y.to_bytes(self._size, "big")

    def exchange(self, peer_public: bytes) -> Secret:
        self._check_form(peer_public)
        try:
            point = ec.EllipticCurvePublicKey.from_encoded_point(self._curve, peer_public)
            return Secret(self._private_key.exchange(ec.ECDH(), point))
        except ValueError:
            raise InvalidPublicValue(f"the peer's point is not on the curve {self._curve.name}") from None

    def private_bytes(self) -> Secret:
        return Secret(self._private_key.private_numbers().private_value.to_bytes(self._size, "big"))

    def _check_form(self, point: bytes) -> None:
        """Refuse what the library would take and TLS forbids: compressed and hybrid points."""
        length = 1 + 2 * self._size
        if len(point) != length:
            raise InvalidPublicValue(f"a point of {self._curve.name} has {length} bytes, the peer's has {len(point)}")
        if point[0] != UNCOMPRESSED:
            raise InvalidPublicValue(f"the peer's point begins with {point[0]}, not with 4 for uncompressed")


class _CoordinateShare(KeyShare):
    """A key of X25519 or X448, whose public value is a u-coordinate (RFC 7748, 6)."""

    __slots__ = ("_private_key", "_read_public")

    def __init__(self, group: int, private_key: x25519.X25519PrivateKey | x448.X448PrivateKey) -> None:
        self.group = group
        self._private_key: Any = private_key
        self._read_public: Any = _READ_PUBLIC[group]
        self.public = private_key.public_key().public_bytes_raw()

    def exchange(self, peer_public: bytes) -> Secret:
        if len(peer_public) != len(self.public):
            raise InvalidPublicValue(
                f"a public value of this group has {len(self.public)} bytes, the peer's has {len(peer_public)}"
            )
        try:
            return Secret(self._private_key.exchange(self._read_public(peer_public)))
        except ValueError:
            # The library refuses the all-zero secret, as RFC 8422, 5.11 asks.
            raise InvalidPublicValue("the peer's public value is a point of low order") from None

    def private_bytes(self) -> Secret:
        return Secret(self._private_key.private_bytes_raw())


def supported_groups() -> tuple[int, ...]:
    """The numbers of the elliptic-curve groups that :func:`generate_share` knows, ascending."""
    return tuple(sorted((*map(int, _CURVES), _X25519, _X448)))


def generate_share(group: int, random: RandomBytes | None = None) -> KeyShare:
    """A fresh ephemeral key of ``group``.

    Without ``random`` the library draws it; with it, equal octets give equal keys (for demonstrations and tests).
    Raises :class:`CryptoError` for a group outside :func:`supported_groups` or one the library lacks.
    """
    try:
        if group == _X25519:
            return _CoordinateShare(_X25519, _x25519_key(random))
        if group == _X448:
            return _CoordinateShare(_X448, _x448_key(random))
        if group in _CURVES:
            return _PointShare(group, _curve_key(_CURVES[group], random))
    except UnsupportedAlgorithm:
        raise CryptoError(f"the cryptography library does not offer group {int(group)}") from None
    raise CryptoError(f"group {int(group)} is no elliptic-curve group of ours")


def share_from_private_key(private_key: object) -> KeyShare:
    """The share that a long-term key makes, for static ECDH (RFC 8422, 2.1 and 2.3).

    Raises :class:`UnusableKey` when it is no Diffie-Hellman key of a supported group.
    """
    if isinstance(private_key, x25519.X25519PrivateKey):
        return _CoordinateShare(_X25519, private_key)
    if isinstance(private_key, x448.X448PrivateKey):
        return _CoordinateShare(_X448, private_key)
    if isinstance(private_key, ec.EllipticCurvePrivateKey) and private_key.curve.name in _GROUPS_BY_CURVE:
        return _PointShare(_GROUPS_BY_CURVE[private_key.curve.name], private_key)
    raise UnusableKey("the key is not an elliptic-curve Diffie-Hellman key of a group TLS knows")


def public_of(public_key: object) -> tuple[int, bytes]:
    """The group of a certificate's key and its public value as it would travel (RFC 4492, 2.1 and 5.3).

    Raises :class:`UnusableKey` when it is no Diffie-Hellman key of a supported group.
    """
    if isinstance(public_key, x25519.X25519PublicKey):
        return _X25519, public_key.public_bytes_raw()
    if isinstance(public_key, x448.X448PublicKey):
        return _X448, public_key.public_bytes_raw()
    if isinstance(public_key, ec.EllipticCurvePublicKey) and public_key.curve.name in _GROUPS_BY_CURVE:
        point = public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return int(_GROUPS_BY_CURVE[public_key.curve.name]), point
    raise UnusableKey("the key is not an elliptic-curve Diffie-Hellman key of a group TLS knows")


def _x25519_key(random: RandomBytes | None) -> x25519.X25519PrivateKey:
    if random is None:
        return x25519.X25519PrivateKey.generate()
    return x25519.X25519PrivateKey.from_private_bytes(random(32))


def _x448_key(random: RandomBytes | None) -> x448.X448PrivateKey:
    if random is None:
        return x448.X448PrivateKey.generate()
    return x448.X448PrivateKey.from_private_bytes(random(56))


def _curve_key(curve: ec.EllipticCurve, random: RandomBytes | None) -> ec.EllipticCurvePrivateKey:
    if random is None:
        return ec.generate_private_key(curve)
    # Eight octets more than the order has: the bias of the remainder stays below 2^-64 (FIPS 186-5, A.2.1).
    octets = random((curve.key_size + 7) // 8 + 8)
    return ec.derive_private_key(1 + int.from_bytes(octets, "big") % (curve.group_order - 1), curve)
