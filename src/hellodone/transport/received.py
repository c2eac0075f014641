"""Application data that came and was not read yet."""

from __future__ import annotations

from collections import deque


class Received:
    """Bytes in the pieces they came in, which are put together, or cut, when somebody takes them."""

    __slots__ = ("_pieces", "_taken")

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._taken = 0  # bytes of the first piece

    def __bool__(self) -> bool:
        return bool(self._pieces)

    def add(self, piece: bytes) -> None:
        """Bytes that come behind the others."""
        if piece:
            self._pieces.append(piece)

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes, or as many as there are."""
        if not self._pieces or size <= 0:
            return b""
        if len(self._pieces[0]) - self._taken >= size:
            return self._cut(size)
        taken = [self._cut(size)]
        size -= len(taken[0])
        while size > 0 and self._pieces:
            taken.append(self._cut(size))
            size -= len(taken[-1])
        return b"".join(taken)

    def _cut(self, size: int) -> bytes:
        """Of the first piece."""
        first, start = self._pieces[0], self._taken
        end = start + size
        if end < len(first):
            self._taken = end
        else:
            self._taken = 0
            self._pieces.popleft()
        return first[start:end]
