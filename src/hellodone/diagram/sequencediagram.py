"""Charts in the notation of sequencediagram.org."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hellodone.diagram.rows import Arrow, Chart, Divider, Loop, Mark, Note, Row, Style, Topic
from hellodone.diagram.wrap import wrap, wrap_all
from hellodone.trace.model import Party

LABEL_WIDTH = 72
NOTE_WIDTH = 60
ACROSS_WIDTH = 100

ARROWS = {
    Style.message: "->",
    Style.alert: "-[#orange]>",
    Style.fatal: "-[#red]>",
    Style.data: "->",
    Style.kernel: "--[#gray]>",
    Style.other: "-[#gray]>",
}
SIDES = {Party.client: "left of", Party.server: "right of"}
NOTES = {
    Topic.activation: " #honeydew",
    Topic.success: " #honeydew",
    Topic.failure: " #mistyrose",
    Topic.remark: " #ivory",
}
MARKS = {Mark.none: "", Mark.passed: "✓ ", Mark.failed: "✗ ", Mark.value: "   ", Mark.key: "• "}

BREAK = "\u200b"  # zero width space: parts what would be markup together, and is not seen
# Pairs that switch a style on and off, tags, and the backslash that begins an escape.
_MARKUP = re.compile(r"([*/_\-+\"~=])(?=\1)|<|\\|^(?=#)")


def render(chart: Chart) -> str:
    """The chart as text to be pasted into sequencediagram.org."""
    lines = [f"title {escape(chart.title)}"]
    for participant in chart.participants:
        place = f"\\n{escape(participant.place)}" if participant.place else ""
        lines.append(f'participant "{_unquoted(escape(participant.name))}{_unquoted(place)}" as {participant.party}')
    lines.append("autonumber 1")
    lines.extend(_rows(chart.rows))
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """The text with invisible spaces where characters would be markup together."""
    return _MARKUP.sub(lambda match: match[0] + BREAK, text)


def _unstarred(text: str) -> str:
    """A text that may stand between the stars that make it bold."""
    return (BREAK if text.startswith("*") else "") + text + (BREAK if text.endswith("*") else "")


def _unquoted(text: str) -> str:
    return text.replace('"', "'")


def _rows(rows: tuple[Row, ...]) -> Iterator[str]:
    expected = 1
    for row in rows:
        match row:
            case Arrow():
                yield from _numbered(row, expected)
                expected = row.number + 1
            case Note():
                yield _note(row)
            case Divider(title):
                yield f"=={escape(title)}=="
            case Loop(title, arrows):
                yield f"loop {escape(title)}"
                for arrow in arrows:
                    yield from _numbered(arrow, expected)
                    expected = arrow.number + 1
                yield "end"


def _numbered(arrow: Arrow, expected: int) -> Iterator[str]:
    if arrow.number != expected:
        yield f"autonumber {arrow.number}"
    steps = (f"steps {arrow.number} to {arrow.last}",) if arrow.last else ()
    title = f"**{_unstarred(escape(arrow.title))}**" + (escape(f" [{arrow.tag}]") if arrow.tag else "")
    details = map(escape, wrap_all((*arrow.lines, *steps), LABEL_WIDTH))
    yield f"{arrow.sender}{ARROWS[arrow.style]}{arrow.receiver}:" + "\\n".join([title, *details])


def _note(note: Note) -> str:
    width = NOTE_WIDTH if note.party else ACROSS_WIDTH
    lines = [part for line in note.lines for part in wrap(MARKS[line.mark] + line.text, width)]
    if note.number:
        lines[0] = f"{note.number}. {lines[0]}"
    return f"note {_where(note)}{NOTES.get(note.topic, '')}:" + "\\n".join(map(escape, lines))


def _where(note: Note) -> str:
    if note.party is None:
        return f"over {Party.client},{Party.server}"
    return f"{SIDES.get(note.party, 'over')} {note.party}"
