"""What the fields of a dissection mean: a sentence for each, and where it is defined."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hellodone.messages.handshake import HANDSHAKE_MESSAGES
from hellodone.messages.meanings_extensions import EXTENSIONS
from hellodone.messages.meanings_table import MEANINGS
from hellodone.messages.record import Alert, ChangeCipherSpec
from hellodone.registry.codes import ExtensionType
from hellodone.wire.struct import Struct

LENGTH = "length"
_REFERENCE = re.compile(r"\s*\(((?:RFC \d+, [^()]*|[\d.]+ and [\d.]+|[\d.]+))\)\s*\.?$")
_MESSAGES = {form.__name__: form for form in (*HANDSHAKE_MESSAGES.values(), Alert, ChangeCipherSpec)}


@dataclass(frozen=True, slots=True)
class Meaning:
    """One sentence, and the section that it is taken from."""

    sentence: str
    reference: str


def field_meaning(path: Sequence[str]) -> Meaning | None:
    """What the field means; ``path`` is the names from the message to it. None for names that no message has."""
    *outer, name = path
    if not outer and name in _MESSAGES:
        return struct_meaning(_MESSAGES[name])
    if outer and outer[-1] == "extensions" and name in ExtensionType.__members__:
        return Meaning(*EXTENSIONS[ExtensionType[name]])
    if name == LENGTH:
        return _length(outer) or _found(outer, name)
    return _found(outer, name)


def struct_meaning(form: type[Struct]) -> Meaning:
    """The first paragraph of a struct's own words, and the section that they name."""
    first = (inspect.getdoc(form) or "").partition("\n\n")[0].replace("\n", " ").replace("``", "")
    found = _REFERENCE.search(first)
    if found is None:
        return Meaning(first, "")
    reference = found[1] if found[1].startswith("RFC") else f"RFC 5246, {found[1]}"
    return Meaning(first[: found.start()].rstrip(".") + ".", reference)


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
