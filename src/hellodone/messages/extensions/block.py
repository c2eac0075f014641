"""The block of extensions at the end of a hello (RFC 5246, 7.4.1.4)."""

import struct
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Self, overload

from hellodone.errors import DecodeError, EncodeError
from hellodone.messages.extensions.forms import extension_form
from hellodone.messages.types import numbered
from hellodone.registry.codes import ExtensionType, HandshakeType
from hellodone.registry.naming import name_of
from hellodone.wire.codec import Reader, malformed, opaque, uint16
from hellodone.wire.field import Field
from hellodone.wire.struct import Struct, dissect

_TYPE = numbered(uint16, ExtensionType)
_header = struct.Struct(">HH")  # type and length of an extension
_WORTH_KEEPING = 2**10  # bytes of a block that is read once for all hellos that have it
_HEADER_LENGTH, _pack, _unpack = _header.size, _header.pack, _header.unpack_from


class Extension(Struct):
    """``struct { ExtensionType extension_type; opaque extension_data<0..2^16-1>; } Extension`` (RFC 5246, 7.4.1.4)."""

    extension_type: Annotated[int, _TYPE]
    extension_data: Annotated[bytes, opaque(0, 2**16 - 1)]


class Extensions(Sequence[Extension]):
    """``Extension extensions<0..2^16-1>``, or nothing at all: a hello may end before the block.

    ``present`` tells the two empty ones apart; unless told, a block is there when it holds something. Immutable.
    """

    __slots__ = ("_encoded", "_first", "_hash", "_other", "_pairs", "_replaced", "present", "size")

    _pairs: tuple[tuple[int, bytes], ...]  # an Extension is made for whoever wants to see one
    _first: Mapping[int, bytes]  # by type, the first of each
    _encoded: bytes | None  # the block, once it was asked for: a configuration sends the same one again and again
    _hash: int
    _replaced: tuple[int, bytes, Self] | None  # what was last put in whose place: a ticket serves for several hellos
    _other: tuple[int, Hashable] | None  # what was last asked for besides some type
    present: bool
    size: int  # bytes on the wire, without the length of the block

    def __init__(self, entries: Iterable[Extension] = (), present: bool | None = None) -> None:
        self._set(tuple((entry.extension_type, entry.extension_data) for entry in entries), present)

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, bytes]], present: bool | None = None) -> Self:
        """From types and data."""
        self = cls.__new__(cls)
        self._set(tuple(pairs), present)
        return self

    def _set(self, pairs: tuple[tuple[int, bytes], ...], present: bool | None) -> None:
        put = object.__setattr__
        put(self, "_pairs", pairs)
        put(self, "_first", dict(reversed(pairs)))
        put(self, "present", bool(pairs) if present is None else present)
        put(self, "size", sum([_HEADER_LENGTH + len(data) for _, data in pairs]))
        put(self, "_hash", hash((pairs, self.present)))
        put(self, "_encoded", None)
        put(self, "_replaced", None)
        put(self, "_other", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("extensions do not change once they are made")

    def get(self, extension_type: int) -> bytes | None:
        """The data of the first extension of that type, or None."""
        return self._first.get(extension_type)

    @property
    def pairs(self) -> tuple[tuple[int, bytes], ...]:
        """Type and data of each, in order."""
        return self._pairs

    def replace(self, extension_type: int, data: bytes) -> Self:
        """The same with other data in the extensions of that type."""
        last = self._replaced
        if last is not None and last[0] == extension_type and last[1] == data:
            return last[2]
        pairs = [(kind, data) if kind == extension_type else (kind, before) for kind, before in self._pairs]
        replaced = self.of(pairs, self.present)
        object.__setattr__(self, "_replaced", (extension_type, data, replaced))
        return replaced

    def besides(self, extension_type: int) -> Hashable:
        """What all blocks have in common that differ in the data of that type alone."""
        other = self._other
        if other is None or other[0] != extension_type:
            pairs = tuple([pair if pair[0] != extension_type else extension_type for pair in self._pairs])
            other = extension_type, (pairs, self.present)
            object.__setattr__(self, "_other", other)
        return other[1]

    @property
    def encoded(self) -> bytes:
        """The block as bytes, nothing when it is absent. Raises EncodeError."""
        if self._encoded is None:
            object.__setattr__(self, "_encoded", self._encode())
        return self._encoded or b""

    def _encode(self) -> bytes:
        if not self.present:
            if self:
                raise EncodeError("extensions in a block that is absent")
            return b""
        try:
            content = b"".join([_pack(kind, len(data)) + data for kind, data in self._pairs])
            return len(content).to_bytes(2, "big") + content
        except (struct.error, OverflowError):
            largest = max(self.types)
            raise EncodeError(f"{self.size} bytes of extensions of types up to {largest}; both have 16 bits") from None

    @property
    def types(self) -> tuple[int, ...]:
        """The types, in order."""
        return tuple(kind for kind, _ in self._pairs)

    def duplicates(self) -> tuple[int, ...]:
        """The types that occur more than once, which none may (RFC 5246, 7.4.1.4)."""
        if len(self._first) == len(self._pairs):
            return ()
        types = self.types
        return tuple(kind for kind in dict.fromkeys(types) if types.count(kind) > 1)

    @overload
    def __getitem__(self, index: int) -> Extension: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Extension, ...]: ...
    def __getitem__(self, index: int | slice) -> Extension | tuple[Extension, ...]:
        if isinstance(index, slice):
            return tuple(Extension(*pair) for pair in self._pairs[index])
        return Extension(*self._pairs[index])

    def __contains__(self, item: object) -> bool:
        """Whether an extension of that type, or that very extension, is there."""
        if isinstance(item, int):
            return item in self._first
        return isinstance(item, Extension) and (item.extension_type, item.extension_data) in self._pairs

    def __len__(self) -> int:
        return len(self._pairs)

    def __iter__(self) -> Iterator[Extension]:
        return (Extension(*pair) for pair in self._pairs)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Extensions):
            return NotImplemented
        return self._pairs == other._pairs and self.present == other.present

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        names = ", ".join(name_of(ExtensionType, kind) for kind in self.types)
        return f"Extensions({names})" if self.present else "Extensions(absent)"


_ABSENT = Extensions()


def _block(block: bytes) -> Extensions:
    """All of ``block``, its length included. Raises DecodeError."""
    reader = Reader(block)
    end = reader.sub(reader.uint(2)).end
    pos, pairs = 2, []
    while end - pos >= _HEADER_LENGTH:
        kind, length = _unpack(block, pos)
        start = pos + _HEADER_LENGTH
        pos = start + length
        pairs.append((kind, block[start:pos]))
    if pos != end:
        raise DecodeError(f"the last extension ends {abs(end - pos)} bytes {'before' if pos < end else 'behind'} it")
    reader.finish()
    value = Extensions.of(pairs, present=True)
    object.__setattr__(value, "_encoded", block)
    return value


_known_block = lru_cache(maxsize=2**8)(_block)
"""Peers say the same things again and again: a block of usual length is not read anew each time."""


class ExtensionBlock:
    """The codec of ``Extensions`` in one kind of message, which decides the forms its extensions are dissected by."""

    __slots__ = ("message",)

    encoded: ClassVar[Callable[[Extensions], bytes]] = attrgetter("encoded")
    """A block as bytes: what :meth:`write` appends."""

    def __init__(self, message: HandshakeType) -> None:
        self.message = message

    def read(self, reader: Reader) -> Extensions:
        """See Codec. The block must reach the end of the message."""
        value, reader.pos = self.scan(reader.data, reader.pos, reader.end)
        return value

    def scan(self, data: bytes, pos: int, end: int) -> tuple[Extensions, int]:
        """The block that begins at ``pos``, and where it ends."""
        if pos == end:
            return _ABSENT, end
        block = data[pos:end]
        return _known_block(block) if len(block) <= _WORTH_KEEPING else _block(block), end

    def write(self, value: Extensions, out: bytearray) -> None:
        """See Codec."""
        out += value.encoded

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec. Every extension with a known form is dissected by it."""
        start = reader.pos
        if start == reader.end:
            return Field(name, start, start, "absent")
        try:
            length = reader.uint(2)
            inner = reader.sub(length)
        except DecodeError as fault:
            reader.pos = start
            return Field(name, start, reader.end, fault.reason, (malformed(start, reader, fault.reason),))
        parts = [Field("length", start, start + 2, str(length))]
        names = []
        while inner.pos < inner.end:
            parts.append(self._extension(inner))
            names.append(parts[-1].name)
        return Field(name, start, inner.end, ", ".join(names), tuple(parts))

    def _extension(self, reader: Reader) -> Field:
        start = reader.pos
        try:
            kind = reader.uint(2)
            length = reader.uint(2)
            body = reader.sub(length)
        except DecodeError as fault:
            reader.pos = start
            return malformed(start, reader, fault.reason)
        parts = (
            Field("extension_type", start, start + 2, _TYPE.meaning(kind)),
            Field("length", start + 2, start + 4, str(length)),
        )
        data, meaning = self._data(kind, body)
        return Field(name_of(ExtensionType, kind), start, body.end, meaning, parts + data)

    def _data(self, kind: int, body: Reader) -> tuple[tuple[Field, ...], str]:
        """The fields of the extension's data, and what they say in one line."""
        form = extension_form(kind, self.message)
        if form is None:
            meaning = body.data[body.pos : body.end].hex()
            return (Field("extension_data", body.pos, body.end, meaning),) if meaning else (), meaning
        field = dissect(form, body.data, body.pos, body.end)
        return field.children, field.meaning or ", ".join(part.meaning for part in field.children if part.meaning)


def extension_block(message: HandshakeType) -> Any:
    """The codec for the extensions of that message."""
    return ExtensionBlock(message)
