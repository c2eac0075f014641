"""Text in a picture without a font at hand: how wide it is at most, where lines break, and how it is written as XML.

Widths are those of DejaVu Sans and Sans Mono, the widest of the fonts that the style sheet asks for: what fits in them
fits in all the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape as _escape

from hellodone.diagram.wrap import columns

_WIDTHS = {
    28: "'ijl",
    32: "IJ ,.·",
    36: "/:;\\|f",
    40: "-()[]t⟨⟩",
    42: "!r",
    50: '"*_`',
    54: "sz?",
    58: "cLFk•",
    62: "vxyPTYaeo",
    65: "0123456789$ESbdghnpqu{}K",
    70: "ABVXZCR",
    75: "UN",
    79: "H&DGOQ",
    84: "w#+<=>^~→←✓✗−",
    87: "M",
    100: "%mW@…",
}  # in hundredths of the size
_WIDTH_OF = {character: width for width, characters in _WIDTHS.items() for character in characters}
_OTHER = 0.7
_MONO = 0.605
_BOLD = 1.12
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"  # writing in which any two characters may be parted
_OPENING, _CLOSING = "（「『《“", "、。，：；！？）」』》”"  # but for these and their neighbour
# a pseudonym of a secret stays whole, and a short answer with its question
_WORD = re.compile(rf"[{_OPENING}]*(?:(?:⟨[^⟩]*⟩|: (?=(?:yes|no|none)\b)|[^\s{_WIDE}])+|[{_WIDE}])[{_CLOSING}]*\s*|\s+")
_PART = re.compile(r"⟨[^⟩]*⟩\s*|[^\s,/=()+^⟨]*[,/=()+^]*\s*|\s+|⟨")  # of what is longer than a line
_PIECE = re.compile(r"⟨[^⟩]*⟩\s*|[^\s_.:⟨-]*[_.:-]*\s*|\s+|⟨")  # of a part that still is
_SHORTEST = 12  # characters of a long name that may stand alone at the end of a line
_UNSAFE = re.compile(r"[^ !#-%(-;=?-~\xa0-\ud7ff]")  # what may have to be written otherwise
_NOTHING_BEHIND = re.compile(r"\.0(?!\d)")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Font:
    """Size in pixels, and the kind of face."""

    size: float
    mono: bool = False
    bold: bool = False

    def width(self, text: str) -> float:
        """Pixels that the text takes at most."""
        return self.size * _ems(text, self.mono) * (_BOLD if self.bold and not self.mono else 1)


@lru_cache(maxsize=8192)
def _ems(text: str, mono: bool) -> float:
    if mono:
        return _MONO * columns(text)
    return sum([_WIDTH_OF.get(c, 0) / 100 or (1.05 if columns(c) > 1 else _OTHER * columns(c)) for c in text])


def broken(text: str, font: Font, width: float, indent: float = 0) -> list[str]:
    """The text in lines of that width; those after the first have ``indent`` less.

    Lines break at spaces, and in names longer than a line behind their separators; such a name begins on a line of its
    own rather than with a scrap at the end of another.
    """
    lines: list[str] = []
    line, room = "", width
    for piece in _pieces(text, font, width - indent):
        start = piece.text
        while font.width((line + start).rstrip()) > room or (piece.first and _scrap(line, piece, font, room)):
            if line.strip() and font.width(line) > 2 * indent:
                lines.append(line.rstrip())
                line = ""
            else:
                count = _fitting(line + start, font, room)
                lines.append((line + start)[:count].rstrip())
                line, start = "", (line + start)[count:]
            room = width - indent
        line += start
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stays together. ``first`` is its whole name, if it begins one longer than a line."""

    text: str
    first: str = ""


def _pieces(text: str, font: Font, width: float) -> Iterator[_Piece]:
    for word in _WORD.findall(text):
        if font.width(word.rstrip()) <= width:
            yield _Piece(word)
            continue
        for part in filter(None, _PART.findall(word)):
            if font.width(part.rstrip()) <= width:
                yield _Piece(part)
                continue
            pieces = list(filter(None, _PIECE.findall(part)))
            yield _Piece(pieces[0], part if len(pieces) > 1 else "")
            yield from map(_Piece, pieces[1:])


def _scrap(line: str, piece: _Piece, font: Font, room: float) -> bool:
    """Whether only the beginning of a long name would stand behind what is in the line already."""
    if len(line) < _SHORTEST:
        return False
    left = room - font.width(line)
    return left < font.width(piece.first[:_SHORTEST])


def shortened(text: str, font: Font, width: float) -> str:
    """The text in one line, cut with an ellipsis where there is no room."""
    if font.width(text) <= width:
        return text
    return text[: _fitting(text, font, width - font.width("…"))].rstrip() + "…"


def escaped(text: str) -> str:
    """The text for XML, between tags and in attributes."""
    return _escape(_NOT_XML.sub("\ufffd", text)) if _UNSAFE.search(text) else text


def tag(name: str, content: str = "", **attributes: object) -> str:
    """An element; ``content`` is XML already. Attributes are named as in Python: ``class_``, ``stroke_width``."""
    given = "".join([f' {_named(key)}="{_attribute(key, value)}"' for key, value in attributes.items()])
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


@cache
def _named(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _attribute(key: str, value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    text = escaped(str(value))
    return _NOTHING_BEHIND.sub("", text) if key in ("d", "transform") else text


def _fitting(text: str, font: Font, room: float) -> int:
    """How many characters there is room for, one at least."""
    count = 1
    while count < len(text) and font.width(text[: count + 1]) <= room:
        count += 1
    return count
