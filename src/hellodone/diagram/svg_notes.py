"""Notes of a picture: boxes of wrapped lines, each with its tick, cross or key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hellodone.diagram.rows import Line, Mark, Note, Topic
from hellodone.diagram.svg_signs import Sign, sign
from hellodone.diagram.svg_text import Font, broken, escaped, tag

SAID = Font(12.5)
COMPUTED = Font(11.5, mono=True)
STRONG = Font(13.5, bold=True)
LINE = 17.0  # from one line to the next
PADDING = 8.0
MARK = 17.0  # what stands before a line, with its space
SPACE = 5.0  # of a tree, for each level two or so
NEARLY = 30.0  # boxes that are almost as wide as they may be are as wide, so that their edges make a line

_GLYPHS = {Mark.passed: "✓", Mark.failed: "✗"}


@dataclass(frozen=True, slots=True)
class Box:
    """Something drawn, its upper left corner at 0, 0; of an arrow, ``anchor`` is where its shaft is."""

    width: float
    height: float
    markup: str
    anchor: float = 0


def note_box(note: Note, room: float, *, head: bool = False, mirrored: bool = False) -> Box:
    """The note in a box no wider than ``room``; ``head`` makes its first line strong.

    ``mirrored`` puts the coloured edge to the right, where the lane is.
    """
    fonts = [STRONG if head and not index else _font(line) for index, line in enumerate(note.lines)]
    marks = [_marked(line) for line in note.lines]
    margin = MARK if any(mark.glyph and not mark.inset for mark in marks) else 0
    inner = room - 2 * PADDING - margin
    parts = [broken(m.text, f, inner - m.inset, m.indent) for m, f in zip(marks, fonts, strict=True)]
    width = min(room, _widest(marks, fonts, parts) + 2 * PADDING + margin)
    if room - width < NEARLY:
        width = room
    drawn, y = [], PADDING
    for mark, font, lines in zip(marks, fonts, parts, strict=True):
        drawn.append(_line(mark, font, lines, PADDING + margin + mark.inset, y))
        y += LINE * len(lines)
    height = y + PADDING
    edge = tag("rect", class_="edge", x=width - 3 if mirrored else 0, y=0, width=3, height=height)
    back = tag("rect", class_="box", x=0, y=0, width=width, height=height, rx=5)
    return Box(width, height, back + (edge if note.party is not None else "") + "".join(drawn))


@dataclass(frozen=True, slots=True)
class _Marked:
    """A line to draw: ``glyph`` stands before it, ``inset`` is how far it begins, ``indent`` its later lines more."""

    text: str
    glyph: Mark
    inset: float
    indent: float


def _marked(line: Line) -> _Marked:
    """Branches of a tree are set in by their spaces, and have their marks in the text."""
    text = line.text.lstrip(" ")
    inset = SPACE * (len(line.text) - len(text))
    glyph = next((mark for mark, sign in _GLYPHS.items() if text.startswith(f"{sign} ")), None)
    if glyph is not None:
        return _Marked(text[2:], glyph, inset + MARK, 0)
    return _Marked(text, line.mark, inset, 0 if line.mark in _GLYPHS else 10)


def _widest(marks: Sequence[_Marked], fonts: Sequence[Font], parts: Sequence[Sequence[str]]) -> float:
    return max(
        mark.inset + font.width(part) + (mark.indent if index else 0)
        for mark, font, lines in zip(marks, fonts, parts, strict=True)
        for index, part in enumerate(lines)
    )


def words(lines: Iterable[str], x: float, y: float, kind: str, *, indent: float = 0, step: float = LINE) -> str:
    """Lines of one text, the first with its base line at ``y``; a space at their ends keeps copies readable."""
    first, *rest = lines
    below = [tag("tspan", escaped(line) + " ", x=x + indent, y=y + step * n) for n, line in enumerate(rest, 1)]
    return tag("text", f"{escaped(first)} " + "".join(below), class_=kind, x=x, y=y)


def classes(note: Note) -> str:
    """How the style sheet tells notes apart."""
    party = f" by-{note.party}" if note.party is not None else ""
    return f"note {note.topic}{party}"


def _font(line: Line) -> Font:
    return COMPUTED if line.mark in (Mark.key, Mark.value) or " = " in line.text else SAID


def _line(line: _Marked, font: Font, lines: Sequence[str], x: float, top: float) -> str:
    base = top + 12.5
    kind = "strong" if font is STRONG else "mono" if font.mono else "said"
    if line.glyph is Mark.value:
        kind += " value"
    text = words(lines, x, base, kind, indent=line.indent)
    if line.glyph is Mark.key:
        return sign(Sign.key, "key", x - 15, base - 8) + text
    glyph = _GLYPHS.get(line.glyph)
    return (tag("text", glyph, class_=line.glyph, x=x - 15, y=base) if glyph else "") + text


def across(note: Note) -> bool:
    """Whether it is an outcome, with a first line that stands out."""
    return note.topic in (Topic.success, Topic.failure)
