"""Every struct that the package declares, and what each test asks of a dissection."""

from __future__ import annotations

from collections.abc import Iterator

import hellodone.messages.dissection  # noqa: F401 - imports every module that declares structs
from hellodone.wire.field import Field
from hellodone.wire.struct import Struct


def subclasses(kind: type[Struct]) -> Iterator[type[Struct]]:
    """All descendants, in the order of their declaration."""
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


STRUCTS = [kind for kind in subclasses(Struct) if kind.__module__.startswith("hellodone.messages")]
STRUCTS = [kind for kind in STRUCTS if kind.__name__ != "HandshakeMessage"]


def check_leaves(field: Field, length: int) -> list[Field]:
    """The leaves of a dissection, after holding that they cover ``length`` bytes once each, in order, with a name."""
    leaves = list(field.leaves())
    at = 0
    for leaf in leaves:
        assert leaf.start == at, f"{leaf.name} begins at {leaf.start}, the leaf before it ended at {at}"
        assert leaf.name
        at = leaf.end
    assert at == length
    check_nesting(field)
    return leaves


def check_nesting(field: Field) -> None:
    """Hold that every child lies within its parent, after its elder sibling."""
    at = field.start
    for child in field.children:
        assert at == child.start
        assert child.end <= field.end
        at = child.end
        check_nesting(child)
    if field.children:
        assert at == field.end
