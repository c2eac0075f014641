"""The first and the last of things that may come without end."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from math import inf
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Keeps the first ``first`` items, as long as they have at most ``most_bytes`` together, and the last ``last``.

    One item may stand for several. It is not cut, so there may be a few more than wanted of the last: ``surplus``.
    """

    __slots__ = ("_first_count", "_last", "_last_count", "_left", "_most_last", "count", "first", "room", "size")

    def __init__(self, first: int, last: int, most_bytes: int | None = None) -> None:
        self.room = first  # for so many more among the first
        self._left: float = inf if most_bytes is None else most_bytes
        self.first: list[T] = []
        self._first_count = 0
        self._last: deque[tuple[T, int]] = deque()
        self._last_count = 0
        self._most_last = last
        self.count = 0  # of all that were added
        self.size = 0  # bytes of all that were added

    def add(self, item: T, size: int = 0, number: int = 1, *, always: bool = False) -> None:
        """Keep an item of ``size`` bytes that stands for ``number``: for now, or for good when ``always``."""
        self.count += number
        self.size += size
        if always or (number <= self.room and size <= self._left):
            self.room -= number
            self._left -= size
            self._first_count += number
            self.first.append(item)
            return
        self._last.append((item, number))
        self._last_count += number
        while self._last_count - self._last[0][1] >= self._most_last:
            self._last_count -= self._last.popleft()[1]

    @property
    def last(self) -> Iterator[T]:
        """What is kept besides the first."""
        return (item for item, _ in self._last)

    @property
    def surplus(self) -> int:
        """How many too many the first of the last stands for."""
        return max(0, self._last_count - self._most_last)

    @property
    def left_out(self) -> int:
        """How many are not kept, or surplus."""
        return self.count - self._first_count - min(self._last_count, self._most_last)
