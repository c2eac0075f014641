"""Charts in the notation of sequencediagram.org."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hellodone.diagram.knowing import spread
from hellodone.diagram.numbering import Numbering
from hellodone.diagram.rows import (
    Arrow,
    Chart,
    Divider,
    Fragment,
    FragmentKind,
    Knowledge,
    Loop,
    Mark,
    Note,
    Row,
    Style,
    Topic,
)
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
    Style.computation: "-[#indigo]>",
    Style.other: "-[#gray]>",
}
SIDES = {Party.client: "left of", Party.server: "right of", Party.eavesdropper: "right of"}
NOTES = {
    Topic.activation: " #honeydew",
    Topic.success: " #honeydew",
    Topic.failure: " #mistyrose",
    Topic.remark: " #ivory",
    Topic.knowledge: " #lavender",
}
FRAGMENTS = {FragmentKind.alt: "alt", FragmentKind.opt: "opt", FragmentKind.ends: "opt {}"}  # it has no break
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
    if chart.numbered:
        lines.append("autonumber 1")
    numbers = Numbering("autonumber {}", "autonumber off", upcoming=int(chart.numbered))
    lines.extend(_rows(chart.rows, numbers, chart))
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """The text with invisible spaces where characters would be markup together."""
    return _MARKUP.sub(lambda match: match[0] + BREAK, text)


def _unstarred(text: str) -> str:
    """A text that may stand between the stars that make it bold."""
    return (BREAK if text.startswith("*") else "") + text + (BREAK if text.endswith("*") else "")


def _unquoted(text: str) -> str:
    return text.replace('"', "'")


def _rows(rows: Iterable[Row], numbers: Numbering, chart: Chart) -> Iterator[str]:
    for row in rows:
        match row:
            case Arrow():
                yield from numbers.before(row.number)
                yield _arrow(row)
            case Note():
                yield _note(row)
            case Knowledge():
                yield from _rows(spread(row, chart.detail, chart.words), numbers, chart)
            case Divider(title):
                yield f"=={escape(title)}=="
            case Loop(title, arrows):
                yield f"loop {escape(title)}"
                yield from _rows(arrows, numbers, chart)
                yield "end"
            case Fragment(kind, branches):
                for index, branch in enumerate(branches):
                    keyword = "else" if index else FRAGMENTS[kind].format(chart.words("ends with:"))
                    yield f"{keyword} {escape(branch.title)}"
                    yield from _rows(branch.rows, numbers, chart)
                yield "end"


def _arrow(arrow: Arrow) -> str:
    title = f"**{_unstarred(escape(arrow.title))}**" + (escape(f" [{arrow.tag}]") if arrow.tag else "")
    details = map(escape, wrap_all(arrow.lines, LABEL_WIDTH))
    return f"{arrow.sender}{ARROWS[arrow.style]}{arrow.receiver}:" + "\\n".join([title, *details])


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
