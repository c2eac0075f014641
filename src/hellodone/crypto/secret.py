"""Bytes that do not print themselves.

Python cannot wipe memory, and a :class:`Secret` does not pretend to: it keeps secrets out of logs, tracebacks,
traces and pickles, nothing more.
"""

from __future__ import annotations

from typing import NoReturn, SupportsIndex, overload


class Secret(bytes):
    """Bytes whose ``repr``, ``str`` and ``format`` show only their length; slices and sums stay secret."""

    __slots__ = ()

    def reveal(self) -> bytes:
        """The same octets as plain bytes: the one deliberate way out."""
        return bytes(self)

    def __repr__(self) -> str:
        return f"<Secret: {len(self)} bytes>"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return format(repr(self), format_spec)

    @overload
    def __getitem__(self, key: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> Secret: ...
    def __getitem__(self, key: SupportsIndex | slice) -> int | Secret:
        if isinstance(key, slice):
            return Secret(super().__getitem__(key))
        return super().__getitem__(key)

    def __add__(self, other: object) -> Secret:
        if not isinstance(other, (bytes, bytearray, memoryview)):
            return NotImplemented
        return Secret(super().__add__(other))

    def __radd__(self, other: object) -> Secret:
        if not isinstance(other, bytes):
            return NotImplemented  # a bytearray grows in place: its owner knows what it holds
        return Secret(other + self.reveal())

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a Secret is not pickled; reveal() it if that is what you mean")
