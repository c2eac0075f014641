"""Notes of a picture: boxes of wrapped lines, each with its tick, cross or key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hellodone.diagram.rows import Line, Mark, Note, Topic
from hellodone.diagram.svg_text import Font, broken, escaped, tag

SAID = Font(12.5)
COMPUTED = Font(11.5, mono=True)
STRONG = Font(13.5, bold=True)
LINE = 17.0  # from one line to the next
PADDING = 8.0
MARK = 17.0  # what stands before a line, with its space
KEY = (
    "M3.2 0a3.2 3.2 0 1 0 3 4.3h1.6v1.5h1.7V4.3h.9V2.6H6.2A3.2 3.2 0 0 0 3.2 0Z"
    "m0 2a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4Z"
)

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
    number = f"{note.number} " if note.number else ""
    texts = [(number if not index else "") + line.text for index, line in enumerate(note.lines)]
    margin = MARK if any(line.mark is not Mark.none for line in note.lines) else 0
    inner = room - 2 * PADDING - margin
    parts = [broken(text, font, inner, 10) for text, font in zip(texts, fonts, strict=True)]
    widest = max(
        font.width(part) + (10 if index else 0)
        for lines, font in zip(parts, fonts, strict=True)
        for index, part in enumerate(lines)
    )
    width = min(room, widest + 2 * PADDING + margin)
    drawn, y = [], PADDING
    for line, font, lines in zip(note.lines, fonts, parts, strict=True):
        drawn.append(_line(line, font, lines, PADDING + margin, y))
        y += LINE * len(lines)
    height = y + PADDING
    edge = tag("rect", class_="edge", x=width - 3 if mirrored else 0, y=0, width=3, height=height)
    back = tag("rect", class_="box", x=0, y=0, width=width, height=height, rx=5)
    return Box(width, height, back + (edge if note.party is not None else "") + "".join(drawn))


def words(lines: Iterable[str], x: float, y: float, kind: str, *, indent: float = 0, step: float = LINE) -> str:
    """Lines of one text, the first with its base line at ``y``; a space at their ends keeps copies readable."""
    spans = [
        tag("tspan", escaped(line) + " ", x=x + (indent if index else 0), y=y + step * index)
        for index, line in enumerate(lines)
    ]
    return tag("text", "".join(spans), class_=kind)


def classes(note: Note) -> str:
    """How the style sheet tells notes apart."""
    party = f" by-{note.party}" if note.party is not None else ""
    return f"note {note.topic}{party}"


def _font(line: Line) -> Font:
    return COMPUTED if line.mark in (Mark.key, Mark.value) or " = " in line.text else SAID


def _line(line: Line, font: Font, lines: Sequence[str], x: float, top: float) -> str:
    base = top + 12.5
    kind = "strong" if font is STRONG else "mono" if font.mono else "said"
    if line.mark is Mark.value:
        kind += " value"
    text = words(lines, x, base, kind, indent=10)
    if line.mark is Mark.key:
        return tag("path", class_="key", d=KEY, transform=f"translate({x - 15:.1f} {base - 8:.1f})") + text
    glyph = _GLYPHS.get(line.mark)
    return (tag("text", glyph, class_=line.mark, x=x - 15, y=base) if glyph else "") + text


def across(note: Note) -> bool:
    """Whether it is an outcome, with a first line that stands out."""
    return note.topic in (Topic.success, Topic.failure)
