"""The lines of straight-line code (``wire.straight``): statements that read or write one form after another.

Numbers and fixed bytes that stand side by side are unpacked, and packed, in one call; a struct within a struct is read
and written in line, and so is the case of a variant that is a plain block. Everything else is called by a name.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from hellodone.errors import DecodeError
from hellodone.wire.codec import Fixed, Opaque, Rest, Uint, Uints, Vector
from hellodone.wire.forms import Maybe, Meaning

_CODES: Final = {1: "B", 2: "H", 3: "BH", 4: "I", 8: "Q"}  # of numbers, by their bytes
_MOST_COUNTS: Final = 2**7  # lengths of vectors whose packing is remembered

Tools = dict[str, Any]
"""What the lines call, by the names they call it by."""


def tools() -> Tools:
    """What all lines use."""
    return {"new": object.__new__, "unusual": DecodeError("to be read by the codecs")}


def is_block(codec: Any) -> bool:
    """Whether it is read and written without a call of its own."""
    return type(codec) in (Uint, Fixed, Rest, Uints) or isinstance(codec, Opaque)


def is_struct(codec: Any) -> bool:
    """Whether it is a class of structs."""
    return hasattr(codec, "_codecs")


@lru_cache(maxsize=_MOST_COUNTS)
def _unpacker(count: int) -> Callable[[bytes], tuple[int, ...]]:
    return struct.Struct(f">{count}H").unpack


@lru_cache(maxsize=_MOST_COUNTS)
def _packer(count: int, code: str) -> Callable[..., bytes]:
    return struct.Struct(f">{count}{code}").pack


def inner(lines: list[str]) -> list[str]:
    """The same, one level deeper."""
    return [f"    {line}" for line in lines]


class Reading:
    """Statements that set a name for each form and move ``pos``; ``whole`` when ``end`` is that of the data."""

    def __init__(self, names: Tools, scan_of: Callable[[Any], Any], whole: bool = False) -> None:
        self.lines: list[str] = []
        self.complete = False  # whether the end was reached whatever the data are
        self._names = names
        self._scan_of = scan_of
        self._whole = whole
        self._within = whole  # whether pos is known to lie within the data
        self._words: list[tuple[tuple[str, ...], str, int]] = []
        self._then: list[str] = []  # what is to be done with them when they are unpacked

    def read(self, name: str, codec: Any, beside: str = "") -> None:
        """Set ``name`` to the value; ``beside`` stands before the names of the fields of the same struct."""
        kind = type(codec)
        if kind is Uint and codec.size in _CODES:
            self._number(name, codec.size)
        elif kind is Fixed:
            self._words.append(((name,), f"{codec.length}s", codec.length))
        elif kind is Meaning:
            self.read(name, codec.form, beside)
            self._after(f"{name} = {self._tool('load', name, codec.load)}({name})")
        elif is_struct(codec):
            self.struct(name, codec)
        else:
            self._read_long(name, codec, beside)

    def _read_long(self, name: str, codec: Any, beside: str) -> None:
        """What has a length, or another end."""
        kind = type(codec)
        if isinstance(codec, Opaque):
            self._length(codec)
            self._say(f"{name} = data[pos : pos + n]; pos += n")
        elif kind is Uints:
            self._length(codec)
            content = "data[pos : pos + n]"
            self._names["unpacker"] = _unpacker
            value = f"tuple({content})" if codec.number.size == 1 else f"unpacker(n >> 1)({content})"
            self._say(f"{name} = {value}; pos += n")
        elif kind is Vector and isinstance(codec.item, Opaque):
            self._length(codec)
            self._say("stop = pos + n; items = []", "while pos < stop:", *self._branch("item", codec.item))
            self._say("    items.append(item)", "if pos != stop: raise unusual", f"{name} = tuple(items)")
        elif kind is Rest:
            self._rest(name)
        elif kind is Maybe and is_block(codec.form):
            self._say("if pos == end:", f"    {name} = None", "else:", *self._branch(name, codec.form))
        elif hasattr(codec, "choose"):
            self._select(name, codec, beside)
        else:
            self._say(f"{name}, pos = {self._tool('scan', name, self._scan_of(codec))}(data, pos, end)")

    def struct(self, name: str, form: Any) -> None:
        """Set ``name`` to a struct of that form, whose fields are read under names of their own."""
        self.fields(form, f"{name}__")
        self.make(name, form, f"{name}__")

    def fields(self, form: Any, beside: str = "") -> None:
        """The fields of a struct one after another."""
        for field, codec in form._codecs:
            self.read(f"{beside}{field}", codec, beside)

    def make(self, name: str, form: Any, beside: str = "") -> None:
        """The struct of the fields that were read."""
        setting = [f"facts[{field!r}] = {beside}{field}" for field, _ in form._codecs]
        self._flush()
        self.lines += [
            f"{name} = new({self._tool('cls', name, form)}); facts = {name}.__dict__",
            *setting,
        ]  # does not move pos

    def _number(self, name: str, size: int) -> None:
        if size != 3:
            self._words.append(((name,), _CODES[size], size))
            return
        self._words.append(((f"{name}_high", name), _CODES[size], size))
        self._after(f"{name} |= {name}_high << 16")

    def _length(self, codec: Any) -> None:
        self._number("n", codec.width)
        self._flush()
        self.lines += _bounds("n", codec)

    def _rest(self, name: str) -> None:
        self._flush()
        if self._whole and self._within:
            self.lines.append(f"{name} = data[pos:]")
            self.complete = True
        else:
            self._say("if pos > end: raise unusual", f"{name} = data[pos:end]; pos = end")

    def _select(self, name: str, codec: Any, beside: str) -> None:
        """Numbered cases that are plain blocks in line, the others from a table."""
        told = f"{beside}{codec.field}"
        forms = {value: codec.choose({codec.field: value}) for value in codec.cases}
        plain = {value: form for value, form in forms.items() if isinstance(value, int) and is_block(form)}
        self._flush()
        branch = "if"
        for value, form in plain.items():
            self._say(f"{branch} {told} == {int(value)}:", *self._branch(name, form))
            branch = "elif"
        scans = {value: self._scan_of(form) for value, form in forms.items() if value not in plain}
        default = self._tool("scan", name, self._scan_of(codec.choose({codec.field: None})))
        scan = f"{self._tool('scans', name, scans)}.get({told}, {default})" if scans else default
        rest = [f"{name}, pos = {scan}(data, pos, end)"]
        self._say(*(["else:", *inner(rest)] if plain else rest))

    def _branch(self, name: str, codec: Any) -> list[str]:
        """The lines of a form that is not always read, or more than once."""
        branch = Reading(self._names, self._scan_of)
        branch.read(name, codec)
        return inner(branch.taken())

    def taken(self) -> list[str]:
        """All lines."""
        self._flush()
        return self.lines

    def _say(self, *lines: str) -> None:
        """Lines that read beyond what is known to be there."""
        self._flush()
        self.lines += lines
        self._within = False

    def _after(self, line: str) -> None:
        """What is to be done with the last name as soon as it is set."""
        (self._then if self._words else self.lines).append(line)

    def _flush(self) -> None:
        if not self._words:
            return
        targets = [name for names, _, _ in self._words for name in names]
        code, size = "".join(code for _, code, _ in self._words), sum(size for *_, size in self._words)
        if code == "B":
            self.lines.append(f"{targets[0]} = data[pos]; pos += 1")
        else:
            unpack = self._tool("unpack", code, struct.Struct(f">{code}").unpack_from)
            self.lines.append(f"{', '.join(targets)}, = {unpack}(data, pos); pos += {size}")
        self.lines += self._then
        self._words, self._then, self._within = [], [], self._whole

    def _tool(self, kind: str, name: str, tool: Any) -> str:
        self._names[f"{kind}_{name}"] = tool
        return f"{kind}_{name}"


class Writing:
    """Statements that check what is to be written, and the pieces of it; ``kind`` begins a message with a header."""

    def __init__(self, names: Tools, encoder_of: Callable[[Any], Any], kind: int | None = None) -> None:
        self.lines: list[str] = []
        self._names = names
        self._encoder_of = encoder_of
        self._framed = kind is not None
        self._pieces: list[str] = []
        self._words: list[tuple[str, str]] = []
        self._size = 0  # bytes of what has always the same length
        self._sizes: list[str] = []  # of the others
        if kind is not None:
            self._words += [("B", str(int(kind))), ("B", "size >> 16"), ("H", "size & 65535")]

    def fields(self, owner: str, form: Any, beside: str = "") -> None:
        """The fields of a struct, which is ``owner``."""
        for field, codec in form._codecs:
            self.write(f"{beside}{field}", codec, f"{owner}.{field}")

    def write(self, name: str, codec: Any, value: str) -> None:
        """Write ``value``, an expression, under ``name``."""
        kind = type(codec)
        if kind is Uint and codec.size in _CODES:
            self._number(codec.size, value if codec.size != 3 else self._set(name, value))
        elif kind is Fixed:
            self._set(name, value)
            self.lines.append(f"if len({name}) != {codec.length}: raise unusual")
            self._words.append((f"{codec.length}s", name))
            self._size += codec.length
        elif kind is Meaning:
            self._names[f"store_{name}"] = codec.store
            self.write(name, codec.form, f"store_{name}({value})")
        elif is_struct(codec):
            self.fields(self._set(name, value), codec, f"{name}__")
        else:
            self._write_long(name, codec, value)

    def _write_long(self, name: str, codec: Any, value: str) -> None:
        """What has a length, or another end."""
        kind = type(codec)
        if isinstance(codec, Opaque):
            self._prefixed(self._set(name, value), codec)
        elif kind is Uints:
            self._names["packer"] = _packer
            self._set(name, value)
            self._prefixed(self._set(name, f"packer(len({name}), {_CODES[codec.number.size]!r})(*{name})"), codec)
        elif kind is Vector and isinstance(codec.item, Opaque):
            self._items(name, codec, value)
        elif kind is Rest:
            self._piece(self._set(name, value))
        elif kind is Maybe and is_block(codec.form):
            self._set(name, value)
            self.lines += [f"if {name} is None:", f"    {name} = b''", "else:", *self._branch(name, codec.form, name)]
            self._piece(name)
        elif hasattr(codec, "choose"):
            self._select(name, codec, value)
        else:
            self._names[f"encoder_{name}"] = self._encoder_of(codec)
            self._piece(self._set(name, f"encoder_{name}({value})"))

    def _set(self, name: str, value: str) -> str:
        if name != value:
            self.lines.append(f"{name} = {value}")
        return name

    def _number(self, size: int, value: str) -> None:
        self._size += size
        if size == 3:
            self._words += [("B", f"{value} >> 16"), ("H", f"{value} & 65535")]
        else:
            self._words.append((_CODES[size], value))

    def _prefixed(self, name: str, codec: Any) -> None:
        size = self._set(f"n_{name}", f"len({name})")
        self.lines += _bounds(size, codec)
        self._number(codec.width, size)
        self._piece(name, size)

    def _piece(self, name: str, size: str = "") -> None:
        self._flush()
        self._pieces.append(name)
        self._sizes.append(size or f"len({name})")

    def _items(self, name: str, codec: Any, value: str) -> None:
        each = Writing(self._names, self._encoder_of)
        each.write("item", codec.item, "item")
        each._flush()
        pieces = "".join(f"{piece}, " for piece in each._pieces)
        self.lines += ["pieces = []", f"for item in {value}:", *inner([*each.lines, f"pieces += ({pieces})"])]
        self._prefixed(self._set(name, "b''.join(pieces)"), codec)

    def _select(self, name: str, codec: Any, value: str) -> None:
        """As in reading; the case that is taken gives one piece."""
        told = self._set(f"{name}__kind", f"{value.rpartition('.')[0]}.{codec.field}")
        forms = {case: codec.choose({codec.field: case}) for case in codec.cases}
        plain = {case: form for case, form in forms.items() if isinstance(case, int) and is_block(form)}
        branch = "if"
        for case, form in plain.items():
            self.lines += [f"{branch} {told} == {int(case)}:", *self._branch(name, form, value)]
            branch = "elif"
        self._names[f"encoders_{name}"] = {
            case: self._encoder_of(form) for case, form in forms.items() if case not in plain
        }
        self._names[f"encoder_{name}"] = self._encoder_of(codec.choose({codec.field: None}))
        rest = [f"{name} = encoders_{name}.get({told}, encoder_{name})({value})"]
        self.lines += ["else:", *inner(rest)] if plain else rest
        self._piece(name)

    def _branch(self, name: str, codec: Any, value: str) -> list[str]:
        """Lines that set ``name`` to the bytes of ``value``."""
        branch = Writing(self._names, self._encoder_of)
        branch.write(name, codec, value)
        return inner([*branch.lines, f"{name} = {branch._joined()}"])

    def taken(self) -> list[str]:
        """All lines, the last of which returns the bytes."""
        if self._framed and self._sizes:
            self.lines.append(f"size = {' + '.join([str(self._size), *self._sizes])}")
        elif self._framed:
            self._words[1:3] = [("B", str(self._size >> 16)), ("H", str(self._size & 65535))]
        return [*self.lines, f"return {self._joined()}"]

    def _joined(self) -> str:
        self._flush()
        if len(self._pieces) == 1 and not self._sizes:
            return self._pieces[0]
        return f"b''.join(({''.join(f'{piece}, ' for piece in self._pieces)}))"

    def _flush(self) -> None:
        if not self._words:
            return
        code = "".join(code for code, _ in self._words)
        self._names[f"pack_{code}"] = struct.Struct(f">{code}").pack
        self._pieces.append(f"pack_{code}({', '.join(value for _, value in self._words)})")
        self._words = []


def _bounds(size: str, codec: Any) -> list[str]:
    """Whether a length is one that was declared, as far as its width does not say so."""
    tests = [f"{size} < {codec.floor}"] if codec.floor else []
    if codec.ceiling < 2 ** (8 * codec.width) - 1:
        tests.append(f"{size} > {codec.ceiling}")
    return [f"if {' or '.join(tests)}: raise unusual"] if tests else []
