"""Readers and writers for the basic blocks, numbers and vectors of RFC 5246, section 4.

A :class:`Codec` knows one form on the wire and does three things with it: ``read`` it, ``write`` it, and ``dissect``
it into named fields. Bounds are those of the declaration (``opaque SessionID<0..32>`` is ``opaque(0, 32)``); the width
of a length follows from the ceiling (section 4.3). Reading raises DecodeError, writing EncodeError; dissecting never
raises, it names what it cannot read ``malformed``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from hellodone.errors import DecodeError, EncodeError
from hellodone.wire.field import Field

T = TypeVar("T")
Name = Callable[[int], str]


class Reader:
    """A cursor over ``data[pos:end]``; every step is checked against the end."""

    __slots__ = ("data", "end", "pos")

    def __init__(self, data: bytes, pos: int = 0, end: int | None = None) -> None:
        self.data = data
        self.pos = pos
        self.end = len(data) if end is None else end

    def take(self, length: int) -> bytes:
        """The next ``length`` bytes."""
        start = self.pos
        stop = start + length
        if stop > self.end:
            raise DecodeError(f"{_bytes(length)} expected, {self.end - start} there")
        self.pos = stop
        return self.data[start:stop]

    def uint(self, size: int) -> int:
        """The next number of ``size`` bytes, big-endian (section 4.4)."""
        return int.from_bytes(self.take(size), "big")

    def sub(self, length: int) -> Reader:
        """A reader of the next ``length`` bytes, over the same data."""
        start = self.pos
        stop = start + length
        if stop > self.end:
            raise DecodeError(f"its length says {length}, but only {_bytes(self.end - start)} follow")
        self.pos = stop
        return Reader(self.data, start, stop)

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(self.end - self.pos)

    def finish(self) -> None:
        """Raise DecodeError unless everything has been read."""
        if self.pos != self.end:
            raise DecodeError(f"{_bytes(self.end - self.pos)} left over")


class Codec(Protocol[T]):
    """One form on the wire."""

    def read(self, reader: Reader) -> T:
        """The value at the cursor. Raises DecodeError."""
        ...

    def write(self, value: T, out: bytearray) -> None:
        """Append the value. Raises EncodeError when it does not fit the declaration."""
        ...

    def dissect(self, reader: Reader, name: str) -> Field:
        """The named fields at the cursor; never raises."""
        ...


class Uint:
    """``uint8``, ``uint16``, ``uint24`` ... with an optional table that names its values."""

    __slots__ = ("name", "size")

    def __init__(self, size: int, name: Name | None = None) -> None:
        self.size = size
        self.name = name

    def __call__(self, name: Name) -> Uint:
        """The same number with names: ``uint16(suite_name)``."""
        return Uint(self.size, name)

    def read(self, reader: Reader) -> int:
        """See Codec."""
        return int.from_bytes(reader.take(self.size), "big")

    def write(self, value: int, out: bytearray) -> None:
        """See Codec."""
        try:
            out += value.to_bytes(self.size, "big")
        except OverflowError:
            raise EncodeError(f"{value} does not fit in {_bytes(self.size)}") from None

    def meaning(self, value: int) -> str:
        """The value in words."""
        return str(value) if self.name is None else self.name(value)

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        return _dissect_leaf(self, reader, name, self.meaning)


uint8, uint16, uint24, uint32, uint64 = Uint(1), Uint(2), Uint(3), Uint(4), Uint(8)


class Fixed:
    """``opaque name[n]``: exactly ``n`` bytes."""

    __slots__ = ("length",)

    def __init__(self, length: int) -> None:
        self.length = length

    def read(self, reader: Reader) -> bytes:
        """See Codec."""
        return reader.take(self.length)

    def write(self, value: bytes, out: bytearray) -> None:
        """See Codec."""
        if len(value) != self.length:
            raise EncodeError(f"{_bytes(len(value))} where {self.length} are due")
        out += value

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        return _dissect_leaf(self, reader, name, bytes.hex)


class Rest:
    """All bytes up to the end of what holds it; ``show`` says them in words."""

    __slots__ = ("show",)

    def __init__(self, show: Callable[[bytes], str] = bytes.hex) -> None:
        self.show = show

    def read(self, reader: Reader) -> bytes:
        """See Codec."""
        return reader.rest()

    def write(self, value: bytes, out: bytearray) -> None:
        """See Codec."""
        out += value

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        return _dissect_leaf(self, reader, name, self.show)


rest = Rest()


class Opaque:
    """``opaque name<floor..ceiling>``: a length and that many bytes; ``show`` says them in words."""

    __slots__ = ("ceiling", "floor", "show", "width")

    def __init__(self, floor: int, ceiling: int, show: Callable[[bytes], str] = bytes.hex) -> None:
        self.floor = floor
        self.ceiling = ceiling
        self.width = length_width(ceiling)
        self.show = show

    def read(self, reader: Reader) -> bytes:
        """See Codec."""
        length = reader.uint(self.width)
        if not self.floor <= length <= self.ceiling:
            raise DecodeError(f"a length of {length}, {self.floor} to {self.ceiling} allowed")
        return reader.take(length)

    def write(self, value: bytes, out: bytearray) -> None:
        """See Codec."""
        length = len(value)
        if not self.floor <= length <= self.ceiling:
            raise EncodeError(f"{_bytes(length)}, {self.floor} to {self.ceiling} allowed")
        out += length.to_bytes(self.width, "big")
        out += value

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        return _dissect_prefixed(self.width, reader, name, self._content)

    def _content(self, inner: Reader, name: str) -> tuple[tuple[Field, ...], str]:
        start = inner.pos
        if start == inner.end:
            return (), ""
        meaning = self.show(inner.rest())
        return (Field(name, start, inner.end, meaning),), meaning


class Vector(Generic[T]):
    """``Item name<floor..ceiling>``: a length in bytes and items until it is used up."""

    __slots__ = ("ceiling", "floor", "item", "label", "width")

    def __init__(self, item: Codec[T], floor: int, ceiling: int, label: str = "") -> None:
        self.item = item
        self.floor = floor
        self.ceiling = ceiling
        self.width = length_width(ceiling)
        self.label = label

    def read(self, reader: Reader) -> tuple[T, ...]:
        """See Codec."""
        length = reader.uint(self.width)
        if not self.floor <= length <= self.ceiling:
            raise DecodeError(f"a length of {length}, {self.floor} to {self.ceiling} allowed")
        inner = reader.sub(length)
        read, end = self.item.read, inner.end
        items = []
        while inner.pos < end:
            items.append(read(inner))
        return tuple(items)

    def write(self, value: tuple[T, ...], out: bytearray) -> None:
        """See Codec."""
        start = len(out)
        out += bytes(self.width)
        for item in value:
            self.item.write(item, out)
        length = len(out) - start - self.width
        if not self.floor <= length <= self.ceiling:
            raise EncodeError(f"{_bytes(length)}, {self.floor} to {self.ceiling} allowed")
        out[start : start + self.width] = length.to_bytes(self.width, "big")

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        return _dissect_prefixed(self.width, reader, name, self._content)

    def _content(self, inner: Reader, name: str) -> tuple[tuple[Field, ...], str]:
        label = self.label or _singular(name)
        items = []
        while inner.pos < inner.end:
            items.append(self.item.dissect(inner, label))
        return tuple(items), ", ".join(item.meaning or item.name for item in items)


class Uints(Vector[int]):
    """A vector of plain numbers, read with one unpack: cipher suites, groups, signature schemes."""

    __slots__ = ("number",)

    def __init__(self, number: Uint, floor: int, ceiling: int, label: str = "") -> None:
        super().__init__(number, floor, ceiling, label)
        self.number = number

    def read(self, reader: Reader) -> tuple[int, ...]:
        """See Codec."""
        length = reader.uint(self.width)
        if not self.floor <= length <= self.ceiling:
            raise DecodeError(f"a length of {length}, {self.floor} to {self.ceiling} allowed")
        data = reader.take(length)
        if self.number.size == 1:
            return tuple(data)
        if length % 2:
            raise DecodeError(f"a length of {length} does not divide into items of 2 bytes")
        return struct.unpack(f">{length // 2}H", data)


def opaque(floor: int, ceiling: int, show: Callable[[bytes], str] = bytes.hex) -> Opaque:
    """``opaque name<floor..ceiling>``."""
    return Opaque(floor, ceiling, show)


def fixed(length: int) -> Fixed:
    """``opaque name[length]``."""
    return Fixed(length)


def vector(item: Any, floor: int, ceiling: int, label: str = "") -> Vector[Any]:
    """``Item name<floor..ceiling>``; ``label`` names one item where it is shown."""
    if isinstance(item, Uint) and item.size <= 2:
        return Uints(item, floor, ceiling, label)
    return Vector(item, floor, ceiling, label)


def text(data: bytes) -> str:
    """Bytes shown as the characters they mean, for names: anything unprintable is escaped."""
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")


def length_width(ceiling: int) -> int:
    """How many bytes the length of a vector takes: as many as its ceiling needs (RFC 5246, 4.3)."""
    return (ceiling.bit_length() + 7) // 8


def malformed(start: int, reader: Reader, reason: str) -> Field:
    """The leaf for bytes that could not be read, from ``start`` to the end of what holds them."""
    reader.pos = reader.end
    return Field("malformed", start, reader.end, reason)


def _dissect_leaf(codec: Any, reader: Reader, name: str, show: Callable[[Any], str]) -> Field:
    start = reader.pos
    try:
        value = codec.read(reader)
    except DecodeError as fault:
        return Field(name, start, reader.end, fault.reason, (malformed(start, reader, fault.reason),))
    return Field(name, start, reader.pos, show(value))


def _dissect_prefixed(
    width: int, reader: Reader, name: str, content: Callable[[Reader, str], tuple[tuple[Field, ...], str]]
) -> Field:
    start = reader.pos
    try:
        length = reader.uint(width)
        prefix = Field("length", start, reader.pos, str(length))
        inner = reader.sub(length)
    except DecodeError as fault:
        return Field(name, start, reader.end, fault.reason, (malformed(start, reader, fault.reason),))
    parts, meaning = content(inner, name)
    return Field(name, start, inner.end, meaning, (prefix, *parts))


def _singular(name: str) -> str:
    plural = name.removesuffix("_list")
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s") or name


def _bytes(count: int) -> str:
    return "1 byte" if count == 1 else f"{count} bytes"
