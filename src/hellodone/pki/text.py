"""Text that came from a certificate or a file, made fit for a sentence on a terminal or a page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hellodone.crypto.signatures import KeyType

CUT = 120
_NAMES_SHOWN = 6
_KEY_NAMES = {
    "rsa": "RSA",
    "rsa_pss": "RSA-PSS",
    "ec": "EC",
    "dsa": "DSA",
    "dh": "DH",
    "ed25519": "Ed25519",
    "ed448": "Ed448",
    "x25519": "X25519",
    "x448": "X448",
}
_CURVES = {"secp192r1": "P-192", "secp224r1": "P-224", "secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


def printable(text: str, limit: int = CUT) -> str:
    """``text`` without control, format or bidirectional characters (escaped instead) and at most ``limit`` long.

    Certificates are written by strangers: an escape sequence in a subject must not reach a terminal.
    """
    if len(text) <= limit and text.isprintable():
        return text
    shown = "".join(c if c.isprintable() else _escaped(c) for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def pin_text(digest: bytes) -> str:
    """A pin as curl writes it: ``sha256//`` and base64."""
    return f"sha256//{b64encode(digest).decode('ascii')}"


def listed(names: Sequence[str], empty: str = "none") -> str:
    """The first few of ``names`` with commas, and how many more there are."""
    if not names:
        return empty
    shown = ", ".join(printable(name) for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown


def moment(at: datetime) -> str:
    """A time in UTC as every sentence writes it: ``2026-11-21 10:00:00Z``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def span(length: timedelta) -> str:
    """A length of time in its largest whole unit: ``3 days``, ``5 hours``, ``12 minutes``, ``1 second``."""
    seconds = abs(int(length.total_seconds()))
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return counted(seconds // size, unit)
    return counted(seconds, "second")


def counted(number: int, thing: str) -> str:
    """``1 certificate``, ``2 certificates``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def key_text(key: KeyType) -> str:
    """A kind of key for people: ``RSA 2048 bits``, ``EC P-256``, ``Ed25519``."""
    name = _KEY_NAMES.get(key.algorithm, key.algorithm)
    if key.curve is not None and key.algorithm == "ec":
        return f"{name} {_CURVES.get(key.curve, key.curve)}"
    return f"{name} {key.bits} bits" if key.algorithm in {"rsa", "rsa_pss", "dsa", "dh"} else name
