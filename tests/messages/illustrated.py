"""The messages of the illustrated TLS 1.2 connection (tests/data/vectors): one record a file."""

from __future__ import annotations

from pathlib import Path

CAPS = Path(__file__).parent.parent / "data" / "vectors" / "illustrated-tls12" / "caps"


def record(name: str) -> bytes:
    """The record, header included."""
    return (CAPS / name).read_bytes()


def message(name: str) -> bytes:
    """What the record carries."""
    return record(name)[5:]
