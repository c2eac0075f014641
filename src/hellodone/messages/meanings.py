"""What the fields of a dissection mean: a sentence for each, and where it is defined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hellodone.messages.meanings_table import MEANINGS

LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One sentence, and the section that it is taken from."""

    sentence: str
    reference: str


def field_meaning(path: Sequence[str]) -> Meaning | None:
    """What the field means; ``path`` is the names from the message to it. None for names that no message has."""
    *outer, name = path
    if name == LENGTH:
        return _length(outer) or _found(outer, name)
    return _found(outer, name)


def _found(outer: Sequence[str], name: str) -> Meaning | None:
    """The nearest field around it decides what a name means."""
    for around in reversed(outer):
        if found := MEANINGS.get(f"{around}.{name}"):
            return Meaning(*found)
    found = MEANINGS.get(name)
    return Meaning(*found) if found else None


def _length(outer: Sequence[str]) -> Meaning | None:
    """A length is that of what holds it."""
    if not outer or f"{outer[-1]}.{LENGTH}" in MEANINGS:
        return None
    holder = outer[-1]
    if len(outer) == 1:
        return Meaning(f"How many bytes of the {holder} follow.", "RFC 5246, 7.4")
    known = _found(outer[:-1], holder)
    if known is None:
        return Meaning(f"How many bytes of {holder} follow.", "RFC 5246, 4.3; 7.4.1.4")
    return Meaning(f"How many bytes of {holder} follow.", f"RFC 5246, 4.3; {known.reference}")
