"""Forms made of other forms: with a length of its own, absent at the end, opaque with a known inside, unassigned,
and those that stand for a value of another type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hellodone.errors import DecodeError, EncodeError
from hellodone.wire.codec import Opaque, Reader, length_width, malformed
from hellodone.wire.field import Field


class Sized:
    """A form behind a length that it must fill: ``uint16 data_length; select (type) {...}`` (RFC 4680, 2)."""

    __slots__ = ("ceiling", "form", "width")

    def __init__(self, form: Any, ceiling: int) -> None:
        self.form = form
        self.ceiling = ceiling
        self.width = length_width(ceiling)

    def read(self, reader: Reader) -> Any:
        """See Codec."""
        inner = reader.sub(reader.uint(self.width))
        value = self.form.read(inner)
        inner.finish()
        return value

    def write(self, value: Any, out: bytearray) -> None:
        """See Codec."""
        start = len(out)
        out += bytes(self.width)
        self.form.write(value, out)
        length = len(out) - start - self.width
        if length > self.ceiling:
            raise EncodeError(f"{length} bytes, at most {self.ceiling} allowed")
        out[start : start + self.width] = length.to_bytes(self.width, "big")

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        start = reader.pos
        try:
            prefix = Field("length", start, start + self.width, str(reader.uint(self.width)))
            inner = reader.sub(int(prefix.meaning))
        except DecodeError as fault:
            reader.pos = start
            return Field(name, start, reader.end, fault.reason, (malformed(start, reader, fault.reason),))
        return _within(prefix, self.form.dissect(inner, name), inner)


class Maybe:
    """A form or nothing: None when the bytes end before it, as ``implicit`` values do (RFC 5246, 7.4.7.2)."""

    __slots__ = ("form",)

    def __init__(self, form: Any) -> None:
        self.form = form

    def read(self, reader: Reader) -> Any:
        """See Codec."""
        return None if reader.pos == reader.end else self.form.read(reader)

    def write(self, value: Any, out: bytearray) -> None:
        """See Codec."""
        if value is not None:
            self.form.write(value, out)

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        if reader.pos == reader.end:
            return Field(name, reader.pos, reader.pos)
        field: Field = self.form.dissect(reader, name)
        return field


class Embedded(Opaque):
    """``opaque name<floor..ceiling>`` whose bytes have a form of their own: kept as bytes, dissected as that form.

    Bytes that do not have the form stay opaque, for the outer struct is well-formed without it (RFC 6962, 3.3).
    """

    __slots__ = ("form",)

    def __init__(self, form: Any, floor: int, ceiling: int) -> None:
        super().__init__(floor, ceiling)
        self.form = form

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        start, end = reader.pos, reader.end
        field = super().dissect(reader, name)
        try:
            inner = Reader(reader.data, start + self.width, field.end)
            self.form.read(inner)
            inner.finish()
        except DecodeError:
            return field
        prefix = Field("length", start, start + self.width, str(field.end - start - self.width))
        inner = Reader(reader.data, prefix.end, min(field.end, end))
        return _within(prefix, self.form.dissect(inner, name), inner)


class Meaning:
    """A form that stands for a value of another type: text, a time, a truth, a secret.

    ``load`` and ``store`` raise ValueError, LookupError or OverflowError for what has no such meaning; ``expected``
    says in words what has one.
    """

    __slots__ = ("expected", "form", "load", "store")

    def __init__(self, form: Any, load: Callable[[Any], Any], store: Callable[[Any], Any], expected: str) -> None:
        self.form = form
        self.load = load
        self.store = store
        self.expected = expected

    def read(self, reader: Reader) -> Any:
        """See Codec."""
        read = self.form.read(reader)
        try:
            return self.load(read)
        except (ValueError, LookupError, OverflowError):
            found = f"{read} is" if isinstance(read, int) else "these bytes are"
            raise DecodeError(f"{found} not {self.expected}") from None

    def write(self, value: Any, out: bytearray) -> None:
        """See Codec."""
        try:
            stored = self.store(value)
        except (ValueError, LookupError, OverflowError):
            raise EncodeError(f"it cannot be written as {self.expected}") from None
        self.form.write(stored, out)

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        field: Field = self.form.dissect(reader, name)
        return field


class Unassigned:
    """The form of a variant that no specification gives: nobody can read what follows it."""

    __slots__ = ()

    def read(self, reader: Reader) -> Any:
        """See Codec."""
        raise DecodeError("its kind is not assigned, so its form is unknown")

    def write(self, value: Any, out: bytearray) -> None:
        """See Codec."""
        raise EncodeError("its kind is not assigned, so its form is unknown")

    def dissect(self, reader: Reader, name: str) -> Field:
        """See Codec."""
        start = reader.pos
        reason = "its kind is not assigned, so its form is unknown"
        return Field(name, start, reader.end, reason, (malformed(start, reader, reason),))


unassigned = Unassigned()


def sized(form: Any, ceiling: int) -> Sized:
    """``form`` behind a length of its own, at most ``ceiling`` bytes."""
    return Sized(form, ceiling)


def maybe(form: Any) -> Maybe:
    """``form``, or None when the bytes end before it."""
    return Maybe(form)


def embedded(form: Any, floor: int, ceiling: int) -> Embedded:
    """``opaque name<floor..ceiling>`` that holds a ``form``."""
    return Embedded(form, floor, ceiling)


def _within(prefix: Field, content: Field, inner: Reader) -> Field:
    """Length and content as one field; what the content left of its length is a leaf ``trailing``."""
    parts = content.children or ((content,) if content.end > content.start else ())
    if inner.pos < inner.end:
        parts = (*parts, Field("trailing", inner.pos, inner.end, "bytes left over"))
    return Field(content.name, prefix.start, inner.end, content.meaning, (prefix, *parts))
