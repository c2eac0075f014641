"""Structs: a class whose annotated fields read like the RFC's presentation language (RFC 5246, 4.5).

From the one declaration come the constructor, ``parse``, ``encode`` and ``dissect``::

    class ClientHello(Handshake, msg_type=HandshakeType.client_hello):
        client_version: Annotated[int, uint16(version_name)]
        random: Annotated[bytes, fixed(32)]
        session_id: Annotated[bytes, opaque(0, 32)]

A field whose type is itself a Struct needs no annotation; ``select`` gives the variants of section 4.6.1. Modules that
declare structs do without ``from __future__ import annotations``, which would compile every annotation at every start.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Self, dataclass_transform, get_type_hints

from hellodone.errors import DecodeError, EncodeError
from hellodone.wire.codec import Reader, malformed, rest
from hellodone.wire.field import Field
from hellodone.wire.straight import UNUSUAL, Careful, StraightLine, straight_line

MOST_FRAMED: Final = 2**24 - 1
"""Bytes that a framed struct has at most (RFC 5246, 7.4)."""


class Select:
    """``select (field) { case value: form; ... }``: the form of a field follows from an earlier one."""

    __slots__ = ("cases", "default", "field")

    def __init__(self, field: str, cases: Mapping[Any, Any], default: Any = rest) -> None:
        self.field = field
        self.cases = cases
        self.default = default

    def choose(self, values: Mapping[str, Any]) -> Any:
        """The codec for the value that the field has."""
        return as_codec(self.cases.get(values[self.field], self.default))


def select(field: str, cases: Mapping[Any, Any], default: Any = rest) -> Select:
    """A variant: ``cases`` maps values of ``field`` to forms, ``default`` takes the others."""
    return Select(field, cases, default)


@dataclass_transform(frozen_default=True)
class Struct:
    """Base of everything with a declared form. Instances are immutable and compare by value."""

    _codecs: ClassVar[tuple[tuple[str, Any], ...]]
    _names: ClassVar[tuple[str, ...]]
    _kind: ClassVar[int | None]  # of a message: what stands before its length
    _straight: ClassVar[StraightLine | None]  # made when first needed: most classes never are

    def __init_subclass__(cls, kind: int | None = None, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        hints = get_type_hints(cls, include_extras=True)
        cls._codecs = tuple((name, as_codec(hint)) for name, hint in hints.items() if _is_field(hint))
        cls._names = tuple(name for name, _ in cls._codecs)
        cls._kind, cls._straight = kind, None
        for name in ("__init__", "parse", "encode", "frame"):  # not those of a struct it is derived from
            if name not in cls.__dict__:
                type.__setattr__(cls, name, Struct.__dict__[name])

    def __init__(self, *values: Any, **named: Any) -> None:
        """All fields, by position or name, as of a dataclass; those with defaults may be left out. Raises TypeError."""
        self._straight_line().methods["__init__"](self, *values, **named)

    @classmethod
    def _straight_line(cls) -> StraightLine:
        """The functions of this struct; once they are made they are its constructor, ``parse`` and ``encode``."""
        known = cls._straight
        if known is None:
            defaults = {name: getattr(cls, name) for name in cls._names if hasattr(cls, name)}
            careful = Careful(_parse_carefully, _encode_carefully, _frame_carefully)
            known = straight_line(cls, defaults, cls._kind, careful)
            for name, function in known.methods.items():
                if cls.__dict__[name] is Struct.__dict__[name]:  # and none of its own
                    type.__setattr__(cls, name, function)
            cls._straight = known  # last: who finds it, another thread perhaps, finds the methods too
        return known

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} does not change once it is made")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} does not change once it is made")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def replace(self, **changes: Any) -> Self:
        """The same with other values in some fields."""
        return type(self)(**{**self.__dict__, **changes})

    @classmethod
    def parse(cls, data: bytes, start: int = 0) -> Self:
        """The struct that ``data`` holds from ``start`` to its end. Raises DecodeError naming struct and field."""
        cls._straight_line()
        return cls.parse(data, start)

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """The struct at the cursor. Raises DecodeError naming struct and field."""
        try:
            value: Self
            value, pos = (cls._straight or cls._straight_line()).scan(reader.data, reader.pos, reader.end)
            if pos <= reader.end:
                reader.pos = pos
                return value
        except UNUSUAL:
            pass  # the codecs will say what it is
        values: dict[str, Any] = {}
        name = ""
        try:
            for name, codec in cls._codecs:
                values[name] = (codec.choose(values) if type(codec) is Select else codec).read(reader)
        except DecodeError as fault:
            raise DecodeError(f"{cls.__name__}.{name}: {fault.reason}") from None
        return cls(**values)

    def encode(self) -> bytes:
        """The struct as bytes. Raises EncodeError naming struct and field."""
        self._straight_line()
        return self.encode()

    def frame(self) -> bytes:
        """The struct as a message: its kind, its length in three bytes, the struct. Raises EncodeError; TypeError
        when it is no message."""
        if self._kind is None:
            raise TypeError(f"{type(self).__name__} is no message")
        self._straight_line()
        return self.frame()

    def write(self, out: bytearray) -> None:
        """Append the struct to ``out``. Raises EncodeError naming struct and field."""
        out += self.encode()

    def _write_checked(self, out: bytearray) -> None:
        values = self.__dict__
        name = ""
        try:
            for name, codec in self._codecs:
                (codec.choose(values) if type(codec) is Select else codec).write(values[name], out)
        except EncodeError as fault:
            raise EncodeError(f"{type(self).__name__}.{name}: {fault.reason}") from None

    @classmethod
    def dissect(cls, reader: Reader, name: str = "") -> Field:
        """Every byte at the cursor that the struct declares, named; never raises."""
        start = reader.pos
        values: dict[str, Any] = {}
        parts = []
        for field_name, codec in cls._codecs:
            field_start = reader.pos
            chosen = codec.choose(values) if type(codec) is Select else codec
            try:
                values[field_name] = chosen.read(Reader(reader.data, reader.pos, reader.end))
            except DecodeError as fault:
                part = chosen.dissect(reader, field_name)
                parts.append(part)
                if part.end < reader.end:
                    parts.append(malformed(part.end, reader, fault.reason))
                return Field(name or cls.__name__, start, reader.end, fault.reason, tuple(parts))
            parts.append(chosen.dissect(reader, field_name))
            if reader.pos == field_start:
                parts.pop()
        return Field(name or cls.__name__, start, reader.pos, cls.describe(values), tuple(parts))

    @classmethod
    def describe(cls, values: Mapping[str, Any]) -> str:
        """A short text for lists and labels, "" when the fields speak for themselves."""
        return ""


def _parse_carefully(cls: type[Struct], data: bytes, start: int) -> Struct:
    """By the codecs, who say what is wrong."""
    reader = Reader(data, start)
    value = cls.read(reader)
    try:
        reader.finish()
    except DecodeError as fault:
        raise DecodeError(f"{cls.__name__}: {fault.reason}") from None
    return value


def _encode_carefully(value: Struct) -> bytes:
    """By the codecs, who say what is wrong."""
    out = bytearray()
    value._write_checked(out)
    return bytes(out)


def _frame_carefully(value: Struct) -> bytes:
    """The same behind its kind and its length."""
    body = _encode_carefully(value)
    if len(body) > MOST_FRAMED:
        raise EncodeError(f"{type(value).__name__}: {len(body)} bytes, at most {MOST_FRAMED} allowed")
    return bytes((value._kind or 0, *len(body).to_bytes(3, "big"))) + body


def dissect(struct: type[Struct], data: bytes, start: int = 0, end: int | None = None, name: str = "") -> Field:
    """All of ``data[start:end]`` as the struct's fields; what is left over is a leaf ``trailing``."""
    reader = Reader(data, start, end)
    field = struct.dissect(reader, name)
    if reader.pos == reader.end:
        return field
    trailing = Field("trailing", reader.pos, reader.end, "bytes left over")
    return Field(field.name, start, reader.end, field.meaning, (*field.children, trailing))


def as_codec(form: Any) -> Any:
    """The codec that an annotation names: ``Annotated[type, codec]``, or a Struct, which is a codec by itself."""
    metadata = getattr(form, "__metadata__", None)
    return form if metadata is None else metadata[-1]


def _is_field(hint: Any) -> bool:
    return getattr(hint, "__origin__", None) is not ClassVar
