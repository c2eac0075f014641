"""The first and the last of things that may come without end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import chain
from math import inf
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Keeps the first ``first`` items, as long as they have at most ``most_bytes`` together, and the last ``last``."""

    __slots__ = ("_first", "_last", "_left", "_room", "count", "size")

    def __init__(self, first: int, last: int, most_bytes: int | None = None) -> None:
        self._room = first
        self._left: float = inf if most_bytes is None else most_bytes
        self._first: list[T] = []
        self._last: deque[T] = deque(maxlen=last)
        self.count = 0  # of all that were added
        self.size = 0  # bytes of all that were added

    def add(self, item: T, size: int = 0, *, always: bool = False) -> None:
        """Keep an item of ``size`` bytes for now, or for good when ``always``."""
        self.count += 1
        self.size += size
        if always or (self._room > 0 and size <= self._left):
            self._room -= 1
            self._left -= size
            self._first.append(item)
        else:
            self._last.append(item)

    @property
    def left_out(self) -> int:
        """How many are not kept."""
        return self.count - len(self._first) - len(self._last)

    def __iter__(self) -> Iterator[T]:
        return chain(self._first, self._last)
