"""The dissection of bytes: a tree of named stretches in which every byte belongs to exactly one leaf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A named stretch ``[start, end)`` of a message; ``meaning`` is its value in words, ``children`` its parts."""

    name: str
    start: int
    end: int
    meaning: str = ""
    children: tuple[Field, ...] = ()

    def leaves(self) -> Iterator[Field]:
        """The innermost fields in order; empty stretches are passed over, for they own no byte."""
        if self.children:
            for child in self.children:
                yield from child.leaves()
        elif self.end > self.start:
            yield self

    def find(self, name: str) -> Field | None:
        """The first field of that name, searched depth first, or None."""
        if self.name == name:
            return self
        for child in self.children:
            found = child.find(name)
            if found is not None:
                return found
        return None
