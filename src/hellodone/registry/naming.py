"""Names of code points for people: registered, GREASE (RFC 8701) or unknown."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from types import MappingProxyType

from hellodone.registry.codes import PskKeyExchangeMode

GREASE8 = frozenset({0x0B, 0x2A, 0x49, 0x68, 0x87, 0xA6, 0xC5, 0xE4})


def is_grease(value: int) -> bool:
    """Whether a 16-bit code point is one of the sixteen 0x?A?A values that mean nothing on purpose (RFC 8701, 2)."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF


def is_grease8(value: int) -> bool:
    """Whether a PskKeyExchangeMode is one of the eight values that mean nothing on purpose (RFC 8701, 2)."""
    return value in GREASE8


def name_of(kind: type[IntEnum], value: int) -> str:
    """The name of ``value`` in ``kind``: ``x25519``, ``GREASE(0x0a0a)`` or ``unknown(0x1234)``."""
    if kind is PskKeyExchangeMode and is_grease8(value):
        return f"GREASE(0x{value:02x})"
    return _names(kind).get(value) or unregistered(value, bits=_bits(kind))


def code_name(kind: type[IntEnum], value: int) -> str:
    """The name of ``value`` with its number, as the RFCs write it: ``x25519(29)``; never the number twice."""
    name = _names(kind).get(value)
    return f"{name}({value})" if name else name_of(kind, value)


def unregistered(value: int, bits: int = 16) -> str:
    """What to call a number that has no name: ``GREASE(0x0a0a)`` or ``unknown(0x1234)``, as wide as its field."""
    word = "GREASE" if bits == 16 and is_grease(value) else "unknown"
    return f"{word}(0x{value:0{bits // 4}x})"


def did_you_mean(word: str, names: Mapping[str, str]) -> str:
    """The end of a sentence about an unknown word: up to three of ``names`` (as people type it -> as it is shown)."""
    from difflib import get_close_matches  # only when something went wrong: it would double the time to import this

    near = dict.fromkeys(names[match] for match in get_close_matches(word, names, n=3))
    return f"; did you mean {' or '.join(near)}?" if near else ""


@cache
def _names(kind: type[IntEnum]) -> Mapping[int, str]:
    """One dictionary a kind: a look-up here costs a seventh of ``kind(value)``, and unknown values raise nothing."""
    return MappingProxyType({member.value: member.name for member in kind})


@cache
def _bits(kind: type[IntEnum]) -> int:
    return 16 if max(kind) > 0xFF else 8
