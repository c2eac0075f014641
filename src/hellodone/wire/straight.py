"""Straight-line code for what is well-formed: constructor, reader and writer of a struct, made once from its fields.

A declaration that is interpreted costs a call a field. So on its first use a struct gets functions that say the
same without a loop, as one would write them by hand::

    def scan(data, pos, end):
        server_version, random, n = unpack_H32sB(data, pos); pos += 35
        if n > 32: raise unusual
        session_id = data[pos : pos + n]; pos += n
        ...
        return ServerHello(server_version, random, session_id, ...), pos

They know nothing of what is wrong: on anything unusual they raise one of ``UNUSUAL``, or end behind ``end``, and then
the codecs are asked, who can say what is wrong and where (the careful halves of ``Struct``). The lines come from
``wire.lines``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from operator import methodcaller
from typing import Any, Final, cast

from hellodone.errors import DecodeError, EncodeError
from hellodone.wire.codec import Reader, Uint
from hellodone.wire.lines import Reading, Tools, Writing, inner, is_block, is_struct, tools

UNUSUAL: Final = (DecodeError, EncodeError, LookupError, OverflowError, ValueError, struct.error)

Fields = tuple[tuple[str, Any], ...]
Scan = Callable[[bytes, int, int], tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class Careful:
    """What the functions resort to: the codecs, who say what is wrong."""

    parse: Callable[[type, bytes, int], Any]
    encode: Callable[[Any], bytes]
    frame: Callable[[Any], bytes]


@dataclass(frozen=True, slots=True)
class StraightLine:
    """``scan(data, pos, end)`` gives the struct and where it ended; ``methods`` are those of a struct: ``__init__``,
    ``parse(data, start=0)``, ``encode(self)`` and, of a message, ``frame(self)``."""

    scan: Scan
    methods: Mapping[str, Any]


def straight_line(form: Any, defaults: Mapping[str, Any], kind: int | None, careful: Careful) -> StraightLine:
    """The functions for a struct of that form; ``kind`` is what stands before its length when it is a message."""
    names = tools() | {
        "cls": form,
        "defaults": defaults,
        "careful_parse": careful.parse,
        "careful_encode": careful.encode,
        "careful_frame": careful.frame,
        "UNUSUAL": UNUSUAL,
    }
    source = "\n".join(_source(form, defaults, kind, names))
    exec(compile(source, f"<struct {form.__name__}>", "exec"), names)  # noqa: S102 (our own text)
    names["init"].__qualname__ = f"{form.__name__}.__init__"  # what a TypeError says
    methods = {"__init__": names["init"], "parse": staticmethod(names["parse"]), "encode": names["encode"]}
    if kind is not None:
        methods["frame"] = names["frame"]
    return StraightLine(names["scan"], methods)


def _source(form: Any, defaults: Mapping[str, Any], kind: int | None, names: Tools) -> Iterator[str]:
    """The texts of the functions."""
    fields = [name for name, _ in form._codecs]
    parameters = [f"{name}=defaults[{name!r}]" if name in defaults else name for name in fields]
    setting = [f"facts[{name!r}] = {name}" for name in fields]
    yield _function(f"init({', '.join(['self', *parameters])})", ["facts = self.__dict__", *setting])
    yield _function("scan(data, pos, end)", [*_read(form, names).lines, "return value, pos"])
    yield _function("parse(data, start=0)", [*_trying(_parsing(form, names)), "return careful_parse(cls, data, start)"])
    yield _function("encode(self)", [*_trying(_written(form, names)), "return careful_encode(self)"])
    if kind is not None:
        yield _function("frame(self)", [*_trying(_written(form, names, kind)), "return careful_frame(self)"])


def _read(form: Any, names: Tools, whole: bool = False) -> Reading:
    reading = Reading(names, scan_of, whole)
    reading.fields(form)
    reading.make("value", form)
    return reading


def _parsing(form: Any, names: Tools) -> list[str]:
    reading = _read(form, names, whole=True)
    if reading.complete:
        return ["pos = start", *reading.lines, "return value"]
    return ["pos = start; end = len(data)", *reading.lines, "if pos == end: return value"]


def _written(form: Any, names: Tools, kind: int | None = None) -> list[str]:
    writing = Writing(names, _encoder, kind)
    writing.fields("self", form)
    return writing.taken()


def _trying(lines: list[str]) -> list[str]:
    return ["try:", *inner(lines), "except UNUSUAL:", "    pass"]


def _function(head: str, lines: list[str]) -> str:
    return "\n    ".join([f"def {head}:", *lines]) + "\n"


def scan_of(codec: Any) -> Scan:
    """``scan`` of a form by itself: a block's, a struct's, one that the codec brings, or what the codec reads."""
    if is_block(codec):
        names = tools()
        reading = Reading(names, scan_of)
        reading.read("value", codec)
        exec(_function("scan(data, pos, end)", [*reading.taken(), "return value, pos"]), names)  # noqa: S102 (our own text)
        return cast("Scan", names["scan"])
    if is_struct(codec):
        return cast("Scan", codec._straight_line().scan)
    return getattr(codec, "scan", None) or partial(_read_by, codec)


def _encoder(codec: Any) -> Callable[[Any], bytes | bytearray]:
    """The bytes of a value: as a block's, a struct's, as the codec gives them, or as it writes them."""
    if type(codec) is Uint:
        return methodcaller("to_bytes", codec.size, "big")
    if is_struct(codec):
        return methodcaller("encode")
    return getattr(codec, "encoded", None) or partial(_written_by, codec)


def _read_by(codec: Any, data: bytes, pos: int, end: int) -> tuple[Any, int]:
    """Whatever form has no straight line, by its codec."""
    if pos > end:
        raise DecodeError("behind the end")
    reader = Reader(data, pos, end)
    value = codec.read(reader)
    return value, reader.pos


def _written_by(codec: Any, value: Any) -> bytearray:
    out = bytearray()
    codec.write(value, out)
    return out
