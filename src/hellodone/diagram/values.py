"""Values as a chart can show them: printable, and no longer than there is room for."""

from __future__ import annotations

import re

ELLIPSIS = "…"

_DIVIDED = re.compile(r"(?<!\\)\\(?:x[0-9a-f]?|u[0-9a-f]{0,3}|U[0-9a-f]{0,7})?$")  # the beginning of an escape
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{2}){9,}")


def plain(text: str) -> str:
    """The text on one line, anything that does not print escaped: ``\\n``, ``\\x1b``, ``\\u202e``."""
    if text.isprintable():
        return text
    return "".join([c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text])


def short(value: str) -> str:
    """Long hexadecimal digits by their first four bytes and their number: ``5f3a9c01… (32 bytes)``."""
    return abbreviated(value, shown=4, most=8)


def moderate(value: str) -> str:
    """Hexadecimal digits in full up to 64 bytes, which holds every key share of the elliptic curves in use but one."""
    return abbreviated(value, shown=32, most=64)


def abbreviated(value: str, shown: int, most: int) -> str:
    """Hexadecimal digits of more than ``most`` bytes by their first ``shown`` bytes; other values as they are."""
    if len(value) <= 2 * most or not _HEXADECIMAL.fullmatch(value):
        return value
    return f"{value[: 2 * shown]}{ELLIPSIS} ({len(value) // 2} bytes)"


def cut(text: str, limit: int) -> str:
    """At most ``limit`` characters; the end says how many were left out."""
    if len(text) <= limit:
        return text
    left_out = len(text) - limit
    while True:
        end = f"{ELLIPSIS} ({left_out} characters more)"
        needed = len(text) - (limit - len(end))
        if needed == left_out:
            kept = _DIVIDED.sub("", text[: len(text) - left_out])
            return f"{kept}{ELLIPSIS} ({len(text) - len(kept)} characters more)"
        left_out = needed


def first_of(values: str) -> str:
    """A list by its length and its first item: ``8, first x25519``."""
    items = values.split(", ")
    return values if len(items) == 1 else f"{len(items)}, first {items[0]}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """``1 byte``, ``2 bytes``, ``1,024 bytes``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
