"""Where the known answers are, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent.parent / "data" / "vectors"
ILLUSTRATED = DATA / "illustrated-tls12"


def wycheproof(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each test of a file with the group it belongs to."""
    for group in json.loads((DATA / "wycheproof" / f"{name}.json").read_text()):
        for test in group["tests"]:
            yield group, test


def illustrated() -> dict[str, bytes]:
    """The values derived in the illustrated handshake."""
    values = json.loads((ILLUSTRATED / "derived.json").read_text())
    return {name: bytes.fromhex(value) for name, value in values.items()}


def record(name: str) -> bytes:
    """One record of the illustrated handshake, header included."""
    return (ILLUSTRATED / "caps" / name).read_bytes()
