"""Diffie-Hellman groups that can be trusted by name (RFC 7919, appendix A; RFC 3526).

All are safe primes with generator 2 and nothing up their sleeve: 64 one bits at either end, the digits of e or pi in
between, and the smallest offset that makes prime. So they are written here as the RFCs define them, and a prime is
computed when it is first asked for (a millisecond or less at 2048 bits).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import isqrt
from typing import Final, NamedTuple

from hellodone.registry.groups import NamedGroup


@dataclass(frozen=True, slots=True)
class DHGroup:
    """A prime ``p``, a generator ``g`` and how many bits a private exponent needs to be as strong as the prime."""

    name: str
    p: int
    g: int
    exponent_bits: int
    named_group: int | None


def identify(p: int, g: int) -> DHGroup | None:
    """The known group with this prime and generator, None when the pair is of somebody's own making."""
    candidates = (name for name, recipe in _RECIPES.items() if recipe.bits == p.bit_length())
    return next((group for group in map(_build, candidates) if (group.p, group.g) == (p, g)), None)


def e(bits: int) -> int:
    """[2^bits e], the integer part: the sum of 1/k!, with 64 bits to spare for what the divisions cut off."""
    total, term, k = 0, 1 << (bits + 64), 0
    while term:
        total += term
        k += 1
        term //= k
    return total >> 64


def pi(bits: int) -> int:
    """[2^bits pi], the integer part, by the arithmetic-geometric mean of Gauss and Legendre."""
    one = 1 << (bits + 64)
    a, b, t, p = one, isqrt(one * one // 2), one // 4, 1
    while a - b > 1:
        middle = (a + b) // 2
        t -= p * (a - middle) ** 2 // one
        a, b, p = middle, isqrt(a * b), 2 * p
    return (a + b) ** 2 // (4 * t) >> 64


class _Recipe(NamedTuple):
    bits: int
    constant: Callable[[int], int]
    offset: int
    exponent_bits: int
    named_group: NamedGroup | None


# Exponents: RFC 7919, appendix A; RFC 3526, 8 (the higher estimate).
# fmt: off
_RECIPES = {
    "ffdhe2048": _Recipe(2048, e,  560316,   225, NamedGroup.ffdhe2048),
    "ffdhe3072": _Recipe(3072, e,  2625351,  275, NamedGroup.ffdhe3072),
    "ffdhe4096": _Recipe(4096, e,  5736041,  325, NamedGroup.ffdhe4096),
    "ffdhe6144": _Recipe(6144, e,  15705020, 375, NamedGroup.ffdhe6144),
    "ffdhe8192": _Recipe(8192, e,  10965728, 400, NamedGroup.ffdhe8192),
    "modp1536":  _Recipe(1536, pi, 741804,   240, None),
    "modp2048":  _Recipe(2048, pi, 124476,   320, None),
    "modp3072":  _Recipe(3072, pi, 1690314,  420, None),
    "modp4096":  _Recipe(4096, pi, 240904,   480, None),
    "modp6144":  _Recipe(6144, pi, 929484,   540, None),
    "modp8192":  _Recipe(8192, pi, 4743158,  620, None),
}
# fmt: on


@cache
def _build(name: str) -> DHGroup:
    """p = 2^b - 2^(b-64) + ([2^(b-130) constant] + offset) 2^64 - 1 (RFC 7919, A; RFC 3526 says the same with pi)."""
    bits, constant, offset, exponent_bits, named_group = _RECIPES[name]
    p = 2**bits - 2 ** (bits - 64) + (constant(bits - 130) + offset) * 2**64 - 1
    return DHGroup(name, p, 2, exponent_bits, named_group)


class _KnownGroups(Mapping[str, DHGroup]):
    """Name -> group; a prime comes into being when its group is looked up."""

    def __getitem__(self, name: str) -> DHGroup:
        return _build(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_RECIPES)

    def __len__(self) -> int:
        return len(_RECIPES)


KNOWN_GROUPS: Final[Mapping[str, DHGroup]] = _KnownGroups()
