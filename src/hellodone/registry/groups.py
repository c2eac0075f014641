"""Groups of key exchange: named curves, finite fields and the hybrids of TLS 1.3 (RFC 8422, 5.1.1; RFC 7919, 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cache

from hellodone.errors import ConfigurationError
from hellodone.registry.naming import did_you_mean


class NamedGroup(IntEnum):
    """Every group with a number, those of TLS 1.3 and the obsolete ones included."""

    sect163k1 = 1
    sect163r1 = 2
    sect163r2 = 3
    sect193r1 = 4
    sect193r2 = 5
    sect233k1 = 6
    sect233r1 = 7
    sect239k1 = 8
    sect283k1 = 9
    sect283r1 = 10
    sect409k1 = 11
    sect409r1 = 12
    sect571k1 = 13
    sect571r1 = 14
    secp160k1 = 15
    secp160r1 = 16
    secp160r2 = 17
    secp192k1 = 18
    secp192r1 = 19
    secp224k1 = 20
    secp224r1 = 21
    secp256k1 = 22
    secp256r1 = 23
    secp384r1 = 24
    secp521r1 = 25
    brainpoolP256r1 = 26
    brainpoolP384r1 = 27
    brainpoolP512r1 = 28
    x25519 = 29
    x448 = 30
    brainpoolP256r1tls13 = 31
    brainpoolP384r1tls13 = 32
    brainpoolP512r1tls13 = 33
    GC256A = 34
    GC256B = 35
    GC256C = 36
    GC256D = 37
    GC512A = 38
    GC512B = 39
    GC512C = 40
    curveSM2 = 41
    ffdhe2048 = 256
    ffdhe3072 = 257
    ffdhe4096 = 258
    ffdhe6144 = 259
    ffdhe8192 = 260
    MLKEM512 = 512
    MLKEM768 = 513
    MLKEM1024 = 514
    SecP256r1MLKEM768 = 4587
    X25519MLKEM768 = 4588
    SecP384r1MLKEM1024 = 4589
    curveSM2MLKEM768 = 4590
    X25519Kyber768Draft00 = 25497
    SecP256r1Kyber768Draft00 = 25498
    arbitrary_explicit_prime_curves = 65281
    arbitrary_explicit_char2_curves = 65282


class GroupKind(Enum):
    """What a group is made of; ``other`` is a key encapsulation on its own."""

    elliptic_curve = "elliptic curve"
    montgomery = "Montgomery curve"
    binary_curve = "binary curve"
    finite_field = "finite field"
    explicit = "explicit curve"
    hybrid = "hybrid"
    other = "key encapsulation"


@dataclass(frozen=True, slots=True)
class Group:
    """A named group. ``bits`` is the size of its field (of a hybrid: of its curve), 0 where the number names none.

    ``public_length`` is the length of a public value in bytes: an uncompressed point, a u-coordinate, a number as
    wide as the prime (TLS 1.2 may send fewer), a TLS 1.3 client's share; None where the group does not fix it.
    """

    code: NamedGroup
    name: str
    kind: GroupKind
    bits: int
    public_length: int | None


def group(code: int) -> Group | None:
    """The group with this number; None when it is GREASE or unknown."""
    return _groups().get(code)


def registered_group(name: str) -> NamedGroup | None:
    """The group of that name, as ``find_group`` has it, None for any other: it does not search for near ones."""
    return _groups_by_name().get(_plain(name))


def find_group(name: str) -> NamedGroup:
    """The group that IANA, NIST, X9.62, OpenSSL or Go calls so, in any case: ``x25519``, ``P-256``, ``prime256v1``.

    Raises :class:`ConfigurationError` for anything else, with the names that come near.
    """
    known = _groups_by_name()
    if (found := known.get(_plain(name))) is None:
        near = did_you_mean(_plain(name), {plain: member.name for plain, member in known.items()})
        raise ConfigurationError(f"unknown group {name!r}{near}")
    return found


# NIST's name -> SECG's (RFC 8422, appendix A)
_NIST = {
    "K-163": "sect163k1",
    "B-163": "sect163r2",
    "K-233": "sect233k1",
    "B-233": "sect233r1",
    "K-283": "sect283k1",
    "B-283": "sect283r1",
    "K-409": "sect409k1",
    "B-409": "sect409r1",
    "K-571": "sect571k1",
    "B-571": "sect571r1",
    "P-192": "secp192r1",
    "P-224": "secp224r1",
    "P-256": "secp256r1",
    "P-384": "secp384r1",
    "P-521": "secp521r1",
}
_OTHER_NAMES = {
    "prime192v1": "secp192r1",
    "prime256v1": "secp256r1",
    "curve25519": "x25519",
    "curve448": "x448",
    "SM2": "curveSM2",
}
_KEM_SHARE = {"512": 800, "768": 1184, "1024": 1568}  # a client's ML-KEM share: FIPS 203, table 3
_KEM = re.compile(r"(?P<curve>.*?)(?:MLKEM|Kyber)(?P<parameter>\d+)(?:Draft00)?")


@cache
def _groups() -> Mapping[int, Group]:
    return {int(code): _describe(code, code.name) for code in NamedGroup}


def _describe(code: NamedGroup, name: str) -> Group:
    """What the name of a group says about it."""
    if kem := _KEM.fullmatch(name):
        return _kem(code, kem["curve"], _KEM_SHARE[kem["parameter"]])
    if name.startswith("arbitrary"):
        return Group(code, name, GroupKind.explicit, 0, None)
    if name in ("x25519", "x448"):
        bits, length = (255, 32) if name == "x25519" else (448, 56)
        return Group(code, name, GroupKind.montgomery, bits, length)
    bits = 256 if name == "curveSM2" else int(re.findall(r"\d+", name)[0])
    size = (bits + 7) // 8
    if name.startswith("ffdhe"):
        return Group(code, name, GroupKind.finite_field, bits, size)
    kind = GroupKind.binary_curve if name.startswith("sect") else GroupKind.elliptic_curve
    return Group(code, name, kind, bits, None if name.startswith("GC") else 1 + 2 * size)


def _kem(code: NamedGroup, curve: str, share: int) -> Group:
    """ML-KEM on its own, or joined with a curve whose public value comes beside the share."""
    if not curve:
        return Group(code, code.name, GroupKind.other, 0, share)
    part = next(member for member in NamedGroup if member.name.lower() == curve.lower())
    described = _describe(part, part.name)
    return Group(code, code.name, GroupKind.hybrid, described.bits, (described.public_length or 0) + share)


@cache
def _groups_by_name() -> Mapping[str, NamedGroup]:
    """Every name in plain form; NIST's with the prefixes of ``nistp256`` and Go's ``CurveP256`` too."""
    names = {_plain(member.name): member for member in NamedGroup}
    names |= {_plain(alias): NamedGroup[name] for alias, name in _OTHER_NAMES.items()}
    for prefix in ("", "nist", "curve"):
        names |= {_plain(prefix + alias): NamedGroup[name] for alias, name in _NIST.items()}
    return names


def _plain(name: str) -> str:
    """``P-256`` and ``p256`` alike."""
    return re.sub(r"[-_ ]", "", name).casefold()
