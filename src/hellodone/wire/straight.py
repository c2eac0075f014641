"""Straight-line code for what is well-formed: constructor, reader and writer of a struct, made once from its fields.

A declaration that is interpreted costs a call a field. So on its first use a struct gets functions that say the
same without a loop, as one would write them by hand::

    def scan(data, pos, end):
        server_version = data[pos] << 8 | data[pos + 1]; pos += 2
        random = data[pos : pos + 32]; pos += 32
        ...
        return ServerHello(server_version, random, ...), pos

They know nothing of what is wrong: on anything unusual they raise one of ``UNUSUAL``, or end behind ``end``, and then
the codecs are asked, who can say what is wrong and where (the careful halves of ``Struct``).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import methodcaller
from typing import Any, Final, cast

from hellodone.errors import DecodeError, EncodeError
from hellodone.wire.codec import Fixed, Opaque, Reader, Rest, Uint, Uints, Vector
from hellodone.wire.forms import Maybe

UNUSUAL: Final = (DecodeError, EncodeError, IndexError, OverflowError, struct.error)

Fields = tuple[tuple[str, Any], ...]
Scan = Callable[[bytes, int, int], tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class StraightLine:
    """``init(self, ...)``; ``scan(data, pos, end)`` gives the struct and where it ended; ``parse(data)`` and
    ``encode(self)`` are those of ``Struct``."""

    init: Callable[..., None]
    scan: Scan
    parse: Callable[[bytes], Any]
    encode: Callable[[Any], bytes]


def straight_line(
    cls: type,
    fields: Fields,
    defaults: Mapping[str, Any],
    careful_parse: Callable[[type, bytes], Any],
    careful_encode: Callable[[Any], bytes],
) -> StraightLine:
    """The functions for a struct of these fields; what is unusual goes to the careful ones."""
    names: dict[str, Any] = {
        "cls": cls,
        "defaults": defaults,
        "new": object.__new__,
        "careful_parse": careful_parse,
        "careful_encode": careful_encode,
        "UNUSUAL": UNUSUAL,
        "unusual": DecodeError("to be read by the codecs"),
        "pack": struct.pack,
        "unpack": struct.unpack,
    }
    for name, codec in fields:
        names |= _tools(name, codec)
    exec(compile(_source(fields, defaults), f"<struct {cls.__name__}>", "exec"), names)  # noqa: S102 (our own text)
    names["init"].__qualname__ = f"{cls.__name__}.__init__"  # what a TypeError says
    return StraightLine(names["init"], names["scan"], names["parse"], names["encode"])


def _source(fields: Fields, defaults: Mapping[str, Any]) -> str:
    """The text of the module with the functions."""
    parameters = [f"{name}=defaults[{name!r}]" if name in defaults else name for name, _ in fields]
    setting = [f"facts[{name!r}] = {name}" for name, _ in fields]
    reading = [line for name, codec in fields for line in _reading(name, codec)]
    checks, pieces = [], []
    for name, codec in fields:
        check, piece = _writing(name, codec)
        checks += [f"{name} = self.{name}", *check]
        pieces.append(piece)
    making = ["value = new(cls); facts = value.__dict__", *setting]
    parsing = ["pos = 0; end = len(data)", *reading, "if pos == end:", *_inner(making), "    return value"]
    joined = f"return b''.join(({''.join(f'{piece}, ' for piece in pieces)}))"
    return "\n".join(
        (
            _function(f"init({', '.join(['self', *parameters])})", ["facts = self.__dict__", *setting]),
            _function("scan(data, pos, end)", [*reading, *making, "return value, pos"]),
            _function("parse(data)", [*_trying(parsing), "return careful_parse(cls, data)"]),
            _function("encode(self)", [*_trying([*checks, joined]), "return careful_encode(self)"]),
        )
    )


def _inner(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _trying(lines: list[str]) -> list[str]:
    return ["try:", *_inner(lines), "except UNUSUAL:", "    pass"]


def _function(head: str, lines: list[str]) -> str:
    return "\n    ".join([f"def {head}:", *lines]) + "\n"


def _reading(name: str, codec: Any) -> list[str]:
    """Statements that set ``name`` and move ``pos``."""
    kind = type(codec)
    if kind is Uint:
        return [f"{name} = {_number(codec.size)}; pos += {codec.size}"]
    if kind is Fixed:
        return [f"{name} = data[pos : pos + {codec.length}]; pos += {codec.length}"]
    if kind is Rest:
        return ["if pos > end: raise unusual", f"{name} = data[pos:end]; pos = end"]
    if isinstance(codec, Opaque):
        return [*_length(codec), f"{name} = data[pos : pos + n]; pos += n"]
    if kind is Uints:
        content = "data[pos : pos + n]"
        value = f"tuple({content})" if codec.number.size == 1 else f"unpack(f'>{{n >> 1}}H', {content})"
        return [*_length(codec), f"{name} = {value}; pos += n"]
    if kind is Vector and isinstance(codec.item, Opaque):
        item = _inner([*_reading("item", codec.item), "items.append(item)"])
        last = ["if pos != stop: raise unusual", f"{name} = tuple(items)"]
        return [*_length(codec), "stop = pos + n; items = []", "while pos < stop:", *item, *last]
    if kind is Maybe and _is_plain(codec.form):
        return [f"{name} = None", "if pos != end:", *_inner(_reading(name, codec.form))]
    if hasattr(codec, "choose"):  # a Select
        return [f"{name}, pos = scans_{name}.get({codec.field}, scan_{name})(data, pos, end)"]
    return [f"{name}, pos = scan_{name}(data, pos, end)"]


def _length(codec: Any) -> list[str]:
    return [
        f"n = {_number(codec.width)}; pos += {codec.width}",
        f"if not {codec.floor} <= n <= {codec.ceiling}: raise unusual",
    ]


def _number(size: int) -> str:
    if size <= 2:
        return "data[pos] << 8 | data[pos + 1]" if size == 2 else "data[pos]"
    return f"int.from_bytes(data[pos : pos + {size}], 'big')"


def _writing(name: str, codec: Any) -> tuple[list[str], str]:
    """What to check about ``name``, and the expressions for its bytes."""
    kind = type(codec)
    if kind is Uint:
        return [], f"{name}.to_bytes({codec.size}, 'big')"
    if kind is Fixed:
        return [f"if len({name}) != {codec.length}: raise unusual"], name
    if kind is Rest:
        return [], name
    if isinstance(codec, Opaque) or kind is Uints:
        size = codec.number.size if kind is Uints else 1
        bounds = f"if not {codec.floor} <= {size} * len({name}) <= {codec.ceiling}: raise unusual"
        content = name if kind is not Uints else f"pack(f'>{{len({name})}}{'BH'[size - 1]}', *{name})"
        return [bounds], f"({size} * len({name})).to_bytes({codec.width}, 'big'), {content}"
    if kind is Vector and isinstance(codec.item, Opaque):
        check, pieces = _writing("item", codec.item)
        each = ["for item in " + name + ":", *_inner([*check, f"pieces += ({pieces},)"])]
        bounds = f"if not {codec.floor} <= len({name}) <= {codec.ceiling}: raise unusual"
        lines = ["pieces = []", *each, f"{name} = b''.join(pieces)", bounds]
        return lines, f"len({name}).to_bytes({codec.width}, 'big'), {name}"
    if hasattr(codec, "choose"):
        return [], f"encoders_{name}.get({codec.field}, encoder_{name})({name})"
    return [], f"encoder_{name}({name})"


def _tools(name: str, codec: Any) -> dict[str, Any]:
    """What the functions call for a field that is no plain block: scan and encoder of its form, or of each case's."""
    if _is_plain(codec):
        return {}
    if not hasattr(codec, "choose"):
        return {f"scan_{name}": scan_of(codec), f"encoder_{name}": _encoder(codec)}
    cases = {value: codec.choose({codec.field: value}) for value in codec.cases}
    default = codec.choose({codec.field: None})
    return {
        f"scans_{name}": {value: scan_of(form) for value, form in cases.items()},
        f"encoders_{name}": {value: _encoder(form) for value, form in cases.items()},
        f"scan_{name}": scan_of(default),
        f"encoder_{name}": _encoder(default),
    }


def _is_plain(codec: Any) -> bool:
    return type(codec) in (Uint, Fixed, Rest, Uints) or isinstance(codec, Opaque)


def scan_of(codec: Any) -> Scan:
    """``scan`` of a form by itself: a block's, a struct's, one that the codec brings, or what the codec reads."""
    if _is_plain(codec):
        lines = [*_reading("value", codec), "return value, pos"]
        names = {"unusual": DecodeError("to be read by the codecs"), "unpack": struct.unpack}
        exec(_function("scan(data, pos, end)", lines), names)  # noqa: S102 (our own text)
        return cast("Scan", names["scan"])
    if hasattr(codec, "_straight_line"):
        return cast("Scan", codec._straight_line().scan)
    return getattr(codec, "scan", None) or partial(_read, codec)


def _encoder(codec: Any) -> Callable[[Any], bytes | bytearray]:
    """The bytes of a value: as a block's, a struct's, as the codec gives them, or as it writes them."""
    if type(codec) is Uint:
        return methodcaller("to_bytes", codec.size, "big")
    if hasattr(codec, "_straight_line"):
        return methodcaller("encode")
    return getattr(codec, "encoded", None) or partial(_written, codec)


def _read(codec: Any, data: bytes, pos: int, end: int) -> tuple[Any, int]:
    """Whatever form has no straight line, by its codec."""
    if pos > end:
        raise DecodeError("behind the end")
    reader = Reader(data, pos, end)
    value = codec.read(reader)
    return value, reader.pos


def _written(codec: Any, value: Any) -> bytearray:
    out = bytearray()
    codec.write(value, out)
    return out
