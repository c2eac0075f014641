"""The few types of DER (X.690) that we read or write ourselves, read strictly and within bounds.

The library's loaders test every unknown group for primality before they hand it out, for up to half a minute: keys
of such groups must be read without them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

_LONGEST_LENGTH: Final = 4
_LONGEST_IDENTIFIER: Final = 64


class Tag(IntEnum):
    """The first octet of an element, for the types that occur."""

    BOOLEAN = 0x01
    INTEGER = 0x02
    BIT_STRING = 0x03
    OCTET_STRING = 0x04
    OBJECT_IDENTIFIER = 0x06
    ENUMERATED = 0x0A
    GENERALIZED_TIME = 0x18
    SEQUENCE = 0x30
    IMPLICIT_0 = 0x80
    IMPLICIT_2 = 0x82
    EXPLICIT_0 = 0xA0
    EXPLICIT_1 = 0xA1
    EXPLICIT_2 = 0xA2
    EXPLICIT_3 = 0xA3


class DerError(ValueError):
    """Octets that are not the DER expected; the text is one sentence for people."""


class Elements:
    """The elements of one constructed value, taken one after the other. Every method raises :class:`DerError`."""

    __slots__ = ("_data", "_position")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def next_tag(self) -> int | None:
        """The first octet of the next element, None at the end."""
        return self._data[self._position] if self._position < len(self._data) else None

    def take(self, tag: Tag) -> bytes:
        """The contents of the next element, which must be of this type."""
        if self.next_tag != tag:
            found = "nothing" if self.next_tag is None else f"an element with tag {self.next_tag:#04x}"
            raise DerError(f"{found} stands where {_words(tag)} was expected")
        start, length = self._length(self._position + 1)
        end = start + length
        if end > len(self._data):
            raise DerError(f"{_words(tag)} says that it is longer than what holds it")
        self._position = end
        return self._data[start:end]

    def skip(self) -> bytes:
        """The whole next element, whatever its type; its tag must be one octet."""
        first = self._position
        start, length = self._length(first + 1)
        if start + length > len(self._data):
            raise DerError("an element says that it is longer than what holds it")
        self._position = start + length
        return self._data[first : self._position]

    def inside(self, tag: Tag = Tag.SEQUENCE) -> Elements:
        """The elements of the next element."""
        return Elements(self.take(tag))

    def natural(self, maximum_bits: int) -> int:
        """The next element, an INTEGER of at least 0 and of at most so many bits."""
        contents = self.take(Tag.INTEGER)
        if not contents or (len(contents) > 1 and contents[0] == 0 and contents[1] < 0x80):
            raise DerError("an INTEGER is not written in its shortest form")
        if contents[0] >= 0x80:
            raise DerError("an INTEGER is negative")
        if len(contents) > maximum_bits // 8 + 1 or (number := int.from_bytes(contents, "big")) >> maximum_bits:
            raise DerError(f"an INTEGER is longer than {maximum_bits} bits")
        return number

    def finish(self) -> None:
        """Nothing may follow."""
        if self.next_tag is not None:
            raise DerError("something follows after the last element")

    def _length(self, position: int) -> tuple[int, int]:
        """Where the contents begin and how long they are (X.690, 8.1.3 and 10.1)."""
        first = self._data[position] if position < len(self._data) else 0x80
        if first < 0x80:
            return position + 1, first
        octets = self._data[position + 1 : position + 1 + (first & 0x7F)]
        length = int.from_bytes(octets, "big")
        complete = 0 < len(octets) == first & 0x7F <= _LONGEST_LENGTH
        if not complete or length < 0x80 or octets[0] == 0:
            raise DerError("a length is cut short, too long or not written in its shortest form")
        return position + 1 + len(octets), length


def element(tag: Tag, *contents: bytes) -> bytes:
    """One element holding ``contents``."""
    body = b"".join(contents)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def sequence(*contents: bytes) -> bytes:
    """A SEQUENCE of elements."""
    return element(Tag.SEQUENCE, *contents)


def integer(number: int) -> bytes:
    """An INTEGER of at least 0."""
    return element(Tag.INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def object_identifier(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER from its dotted form."""
    first, second, *rest = map(int, dotted.split("."))
    return element(Tag.OBJECT_IDENTIFIER, b"".join(map(_base128, (40 * first + second, *rest))))


def dotted(contents: bytes) -> str:
    """The dotted form of the contents of an OBJECT IDENTIFIER. Raises :class:`DerError`."""
    if not contents or contents[-1] >= 0x80 or len(contents) > _LONGEST_IDENTIFIER:
        raise DerError("an OBJECT IDENTIFIER is empty, cut short or too long")
    arcs, arc = [], 0
    for octet in contents:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def _base128(number: int) -> bytes:
    digits: Iterable[int] = range(max(1, (number.bit_length() + 6) // 7))
    return bytes((number >> 7 * digit & 0x7F) | (0x80 if digit else 0) for digit in reversed(list(digits)))


def _words(tag: Tag) -> str:
    return f"{'an' if tag.name[0] in 'AEIOU' else 'a'} {tag.name.replace('_', ' ')}"
