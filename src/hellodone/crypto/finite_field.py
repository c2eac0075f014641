"""Finite-field Diffie-Hellman: parameters, one key, the shared secret (RFC 5246, 7.4.3, 7.4.7.2 and 8.1.2).

Three traps shape this module. The library proves every unknown group prime anew, for up to half a minute and with the
interpreter locked, so only groups known by name (RFC 7919, RFC 3526) ever reach it; all others are raised to their
powers by ``pow()`` with a short exponent, which is faster and refuses nothing. The library pads the shared secret to
the length of the prime, TLS strips its leading zeros. And the library is to lose these groups: its warning about that
is silenced at the one import below, for nothing here can act on it.

``pow()`` takes longer for heavier exponents. That is tolerable for a key used once and wrong for any other.
"""

from __future__ import annotations

import secrets
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from hellodone.crypto.errors import InvalidParameters, InvalidPublicValue, UnacceptableSize, UnusableKey
from hellodone.crypto.secret import Secret
from hellodone.registry.ffdhe import KNOWN_GROUPS, identify

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from cryptography.hazmat.primitives.asymmetric.dh import (
        DHParameterNumbers,
        DHPrivateKey,
        DHPrivateNumbers,
        DHPublicKey,
        DHPublicNumbers,
    )

MAXIMUM_BITS: Final = 8192
"""No arithmetic is done modulo anything larger, whatever a policy says."""

# Bits of a prime -> bits of an exponent as strong (RFC 7919, appendix A).
_EXPONENT_BITS: Final = ((2048, 225), (3072, 275), (4096, 325), (6144, 375), (MAXIMUM_BITS, 400))


@dataclass(frozen=True, slots=True)
class DHParameters:
    """A modulus and a generator that can be calculated with; nothing is claimed about their strength.

    Raises :class:`InvalidParameters` for an even modulus and for a generator that is not between 1 and p - 1,
    :class:`UnacceptableSize` above 8192 bits.
    """

    p: int
    g: int

    def __post_init__(self) -> None:
        if self.p.bit_length() > MAXIMUM_BITS:
            raise UnacceptableSize(f"a Diffie-Hellman modulus of {self.p.bit_length()} bits is beyond {MAXIMUM_BITS}")
        if self.p % 2 == 0:
            raise InvalidParameters("the Diffie-Hellman modulus is even, so it is no prime")
        if not 1 < self.g < self.p - 1:
            raise InvalidParameters("the Diffie-Hellman generator is not between 1 and p - 1")

    @classmethod
    def named(cls, name: str) -> DHParameters:
        """A group of RFC 7919 or RFC 3526: ``"ffdhe2048"``, ``"modp3072"``; raises :class:`InvalidParameters`."""
        if name not in KNOWN_GROUPS:
            raise InvalidParameters(f"there is no Diffie-Hellman group named {name!r}")
        group = KNOWN_GROUPS[name]
        return cls(group.p, group.g)

    @property
    def bits(self) -> int:
        """The size of the modulus."""
        return self.p.bit_length()

    @property
    def known(self) -> bool:
        """Whether this is a group of RFC 7919 or RFC 3526, and so a safe prime."""
        return identify(self.p, self.g) is not None

    @property
    def length(self) -> int:
        """The octets of the modulus."""
        return (self.bits + 7) // 8


def check_parameters(p: int, g: int, minimum_bits: int, maximum_bits: int) -> DHParameters:
    """The peer's parameters, fit for calculation and of a size between the bounds (RFC 5246, F.1.1.3).

    Primality is not tested: it would cost a second, and a server that wants others to read along need not cheat here.
    Raises :class:`UnacceptableSize` outside the bounds, :class:`InvalidParameters` as :class:`DHParameters` does.
    """
    bits = p.bit_length()
    if not minimum_bits <= bits <= maximum_bits:
        raise UnacceptableSize(
            f"the Diffie-Hellman modulus has {bits} bits; accepted are {minimum_bits} to {maximum_bits}"
        )
    return DHParameters(p, g)


class DHKeyShare(ABC):
    """One private key in one group; ``p``, ``g`` and ``public``, the public value as it travels.

    ``public`` is big-endian and as long as ``p``: TLS 1.2 allows leading zeros and some peers insist on them.
    """

    __slots__ = ("parameters", "public")
    parameters: DHParameters
    public: bytes

    @property
    def p(self) -> int:
        """dh_p, the modulus."""
        return self.parameters.p

    @property
    def g(self) -> int:
        """dh_g, the generator."""
        return self.parameters.g

    def exchange(self, peer_public: bytes) -> Secret:
        """The premaster secret: the shared number without leading zero octets (RFC 5246, 8.1.2).

        Raises :class:`InvalidPublicValue` unless 1 < peer_public < p - 1 and the result is neither of these ends.
        """
        y = int.from_bytes(peer_public, "big")
        if not 1 < y < self.p - 1:
            raise InvalidPublicValue("the peer's Diffie-Hellman public value is not between 1 and p - 1 (RFC 7919, 3)")
        return self._shared(y)

    @abstractmethod
    def _shared(self, y: int) -> Secret:
        """The shared number without its leading zeros."""

    @abstractmethod
    def private_bytes(self) -> Secret:
        """The exponent, big-endian."""


class _LibraryShare(DHKeyShare):
    """A key of a group the library knows to be good."""

    __slots__ = ("_private_key",)

    def __init__(self, parameters: DHParameters, private_key: DHPrivateKey) -> None:
        self.parameters = parameters
        self._private_key = private_key
        self.public = private_key.public_key().public_numbers().y.to_bytes(parameters.length, "big")

    def _shared(self, y: int) -> Secret:
        numbers = DHParameterNumbers(self.p, self.g)
        try:
            shared = self._private_key.exchange(DHPublicNumbers(y, numbers).public_key())
        except ValueError:
            raise InvalidPublicValue("the peer's Diffie-Hellman public value is outside the group") from None
        return Secret(shared.lstrip(b"\0"))

    def private_bytes(self) -> Secret:
        return _exponent_bytes(self._private_key.private_numbers().x)


class _PowShare(DHKeyShare):
    """A key of any other group, or one whose exponent was given."""

    __slots__ = ("_x",)

    def __init__(self, parameters: DHParameters, x: int) -> None:
        self.parameters = parameters
        self._x = x
        self.public = pow(parameters.g, x, parameters.p).to_bytes(parameters.length, "big")

    def _shared(self, y: int) -> Secret:
        shared = pow(y, self._x, self.p)
        if not 1 < shared < self.p - 1:
            raise InvalidPublicValue("the peer's Diffie-Hellman public value lies in a subgroup of order 1 or 2")
        return Secret(shared.to_bytes((shared.bit_length() + 7) // 8, "big"))

    def private_bytes(self) -> Secret:
        return _exponent_bytes(self._x)


class _StaticPowShare(_PowShare):
    """A long-term key of an unknown group.

    Peers see what becomes of their values again and again: those outside the subgroup of the key would tell its
    exponent modulo small factors of p - 1 (RFC 2785, 2.3), so they are refused where the subgroup is known.
    """

    __slots__ = ("_q",)

    def __init__(self, key: StaticDHPrivateKey) -> None:
        super().__init__(key.parameters, key.x)
        # below a safe prime there is nothing smaller than q but what is refused anyway
        self._q = key.q if key.q is not None and key.q.bit_length() < key.parameters.bits - 1 else None

    def _shared(self, y: int) -> Secret:
        if self._q is not None and pow(y, self._q, self.p) != 1:
            raise InvalidPublicValue("the peer's Diffie-Hellman public value is outside the group of the key")
        return super()._shared(y)


def generate_dh_share(parameters: DHParameters, random: Callable[[int], bytes] | None = None) -> DHKeyShare:
    """A fresh ephemeral key.

    Without ``random`` known groups are the library's business; with it, equal octets give equal keys, always by
    ``pow()``: for demonstrations and tests. Never fails for parameters that exist.
    """
    if random is None and parameters.known:
        return _LibraryShare(parameters, _library_parameters(parameters).parameters().generate_private_key())
    return _PowShare(parameters, _exponent(parameters, random or secrets.token_bytes))


@dataclass(frozen=True, slots=True)
class StaticDHPublicKey:
    """The public key of a certificate: its group, the number ``y`` and, in the form of X9.42, ``q``.

    ``q`` is the order of the generator as its owner states it, None in the form of PKCS #3 (RFC 3279, 2.3.3).
    Raises :class:`InvalidPublicValue` unless 0 <= y < p.
    """

    parameters: DHParameters
    y: int
    q: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.y < self.parameters.p:
            raise InvalidPublicValue("the Diffie-Hellman public value is not below its modulus")

    @property
    def public(self) -> bytes:
        """The public value as it travels: big-endian, as long as the modulus."""
        return self.y.to_bytes(self.parameters.length, "big")


@dataclass(frozen=True, slots=True)
class StaticDHPrivateKey:
    """A long-term private key in memory: its group, the exponent ``x`` and ``q`` as :class:`StaticDHPublicKey` has it.

    Raises :class:`UnusableKey` unless 0 < x < p - 1.
    """

    parameters: DHParameters
    x: int = field(repr=False)
    q: int | None = None

    def __post_init__(self) -> None:
        if not 0 < self.x < self.parameters.p - 1:
            raise UnusableKey("the Diffie-Hellman private key is not between 0 and p - 1")

    def public_key(self) -> StaticDHPublicKey:
        """What the certificate of this key holds."""
        return StaticDHPublicKey(self.parameters, pow(self.parameters.g, self.x, self.parameters.p), self.q)


def generate_static_dh_key(
    parameters: DHParameters, q: int | None = None, random: Callable[[int], bytes] = secrets.token_bytes
) -> StaticDHPrivateKey:
    """A fresh long-term key, its exponent below ``q`` where there is one; equal octets give equal keys."""
    x = _exponent(parameters, random)
    return StaticDHPrivateKey(parameters, x if q is None else 1 + x % (q - 1), q)


def static_dh_key(private_key: object) -> StaticDHPrivateKey | None:
    """The long-term key that ``private_key`` is, ours or the library's; None for keys of other kinds.

    Raises :class:`CryptoError` for a key of the library's that cannot be one of ours.
    """
    if isinstance(private_key, StaticDHPrivateKey):
        return private_key
    if not isinstance(private_key, DHPrivateKey):
        return None
    numbers = private_key.private_numbers()
    group = numbers.public_numbers.parameter_numbers
    return StaticDHPrivateKey(DHParameters(group.p, group.g), numbers.x, group.q)


def share_from_dh_private_key(private_key: object) -> DHKeyShare:
    """The share that a long-term key makes, for static Diffie-Hellman (RFC 5246, 7.4.7.2).

    Outside the known groups ``pow()`` is used again and again with the same exponent, whose weight then shows in the
    time it takes: laboratories only. Raises :class:`UnusableKey` when it is no finite-field Diffie-Hellman key.
    """
    key = static_dh_key(private_key)
    if key is None:
        raise UnusableKey("the key is not a finite-field Diffie-Hellman key")
    if not key.parameters.known:
        return _StaticPowShare(key)
    # Without q: the library does not mix keys that have it with public values that have not.
    public = DHPublicNumbers(key.public_key().y, _library_parameters(key.parameters))
    return _LibraryShare(key.parameters, DHPrivateNumbers(key.x, public).private_key())


def dh_key_bits(public_key: object) -> int | None:
    """The size of a finite-field Diffie-Hellman key; None when the key is of another kind."""
    if isinstance(public_key, StaticDHPublicKey):
        return public_key.parameters.bits
    return public_key.key_size if isinstance(public_key, DHPublicKey) else None


def _library_parameters(parameters: DHParameters) -> DHParameterNumbers:
    return DHParameterNumbers(parameters.p, parameters.g)


def _exponent(parameters: DHParameters, random: Callable[[int], bytes]) -> int:
    """A private exponent as long as the group's strength asks for, its highest bit set."""
    bits = min(_exponent_bits(parameters), parameters.bits - 1)
    drawn = int.from_bytes(random((bits + 7) // 8), "big")
    return drawn % (1 << bits - 1) | 1 << bits - 1


def _exponent_bytes(x: int) -> Secret:
    return Secret(x.to_bytes((x.bit_length() + 7) // 8, "big"))


def _exponent_bits(parameters: DHParameters) -> int:
    group = identify(parameters.p, parameters.g)
    if group is not None:
        return group.exponent_bits
    return next(bits for size, bits in _EXPONENT_BITS if parameters.bits <= size)
