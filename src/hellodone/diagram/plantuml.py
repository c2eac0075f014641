"""Charts as PlantUML, in the dialect of version 1.2020.2, which later versions understand too."""

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
    Knowledge,
    Line,
    Loop,
    Mark,
    Note,
    Row,
    Style,
    Topic,
)
from hellodone.diagram.wrap import limited, wrap, wrap_all
from hellodone.trace.model import Party

MAXIMUM_MESSAGE = 2000  # characters of the source of one message or note
LABEL_WIDTH = 72
NOTE_WIDTH = 64
ACROSS_WIDTH = 100

HEAD = """\
skinparam shadowing false
skinparam sequenceMessageAlign left
skinparam responseMessageBelowArrow false
skinparam roundCorner 6
skinparam ParticipantPadding 30
skinparam sequence {
  ParticipantBackgroundColor #F4F6F8
  ParticipantBorderColor #5B6770
  LifeLineBorderColor #9AA5AD
  ArrowColor #263238
  DividerBackgroundColor #ECEFF1
  DividerBorderColor #B0BEC5
  GroupBackgroundColor #ECEFF1
  GroupBorderColor #90A4AE
  GroupBorderThickness 1
}
skinparam noteBorderColor #B0BEC5
"""
ARROWS = {
    Style.message: "->",
    Style.alert: "-[#B26A00]>",
    Style.fatal: "-[#B71C1C]>",
    Style.data: "->",
    Style.kernel: "-[#78909C]->",
    Style.computation: "-[#5E35B1]>",
    Style.other: "-[#78909C]>",
}
PROTECTED = "-[#1B5E20]>"
SIDES = {Party.client: "left", Party.server: "right", Party.eavesdropper: "right"}
NOTES = {
    Topic.activation: "#E8F5E9",
    Topic.success: "#E8F5E9",
    Topic.failure: "#FFEBEE",
    Topic.remark: "#FFF8E1",
    Topic.numbering: "#ECEFF1",
    Topic.knowledge: "#F3EFFA",
}
REACTIONS = {Party.client: "#F3F8FD", Party.server: "#FDF8F0"}
MARKS = {Mark.none: "", Mark.passed: "✓ ", Mark.failed: "✗ ", Mark.value: "   ", Mark.key: "• "}

# Creole's markup and the preprocessor's signs: single characters anywhere, pairs, and what counts at a line's start.
# Names of facts and suites are not among them, so that the source stays readable.
_SPECIAL = re.compile(
    r"[\\<>~%&@]|/'|'/|^e(?=nd *[hr]?note)|\*\*|//|__|--|\"\"|\[\[|\]\]|\{\{|\}\}|\|\||''|\.\.\.|^[#=*|'!:.+;-]|^ +",
    re.IGNORECASE,
)
# A decimal reference to a backslash stops version 1.2020.2, one to "<" can become part of another reference.
_OTHERS = {"\\": "<U+005C>", "<": "<U+003C>"}


def render(chart: Chart) -> str:
    """The chart as the text of a .puml file."""
    lines = ["@startuml", f"title {_line(chart.title)}", HEAD.rstrip()]
    for participant in chart.participants:
        place = f"\\n{_quoted(participant.place)}" if participant.place else ""
        lines.append(f'participant "{_quoted(participant.name)}{place}" as {participant.party}')
    if chart.numbered:
        lines.append("autonumber")
    numbers = Numbering("autonumber {}", "autonumber stop", upcoming=int(chart.numbered))
    lines.extend(_rows(chart.rows, numbers, chart))
    lines.append("@enduml")
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """The text with everything that PlantUML would act on as character references."""
    return _SPECIAL.sub(_references, text)


def _references(match: re.Match[str]) -> str:
    if match[0].isspace():
        return "\u00a0" * len(match[0])  # at the beginning of a line ordinary spaces are not kept
    return "".join([_OTHERS.get(character) or f"&#{ord(character)};" for character in match[0]])


def _rows(rows: Iterable[Row], numbers: Numbering, chart: Chart) -> Iterator[str]:
    for row in rows:
        match row:
            case Arrow():
                yield from numbers.before(row.number)
                yield _arrow(row)
            case Note():
                yield from _note(row)
            case Knowledge():
                yield from _rows(spread(row, chart.detail, chart.words), numbers, chart)
            case Divider(title):
                yield f"== {_line(title)} =="
            case Loop(title, arrows):
                yield f"loop {_line(title)}"
                yield from _rows(arrows, numbers, chart)
                yield "end"
            case Fragment(kind, branches):
                for index, branch in enumerate(branches):
                    yield f"{'else' if index else kind} {_line(branch.title)}"
                    yield from _rows(branch.rows, numbers, chart)
                yield "end"


def _arrow(arrow: Arrow) -> str:
    title = f"**{_line(arrow.title)}**" + (_line(f" [{arrow.tag}]") if arrow.tag else "")
    details = _bounded(wrap_all(arrow.lines, LABEL_WIDTH), MAXIMUM_MESSAGE - len(title))
    head = PROTECTED if arrow.protection and arrow.style in (Style.message, Style.data) else ARROWS[arrow.style]
    return f"{arrow.sender} {head} {arrow.receiver} : " + "\\n".join([title, *details])


def _note(note: Note) -> Iterator[str]:
    colour = NOTES.get(note.topic) or REACTIONS.get(note.party or Party.ca, "#FFFFFF")
    yield f"note {_where(note)} {colour}"
    first = f"**{note.number}** " if note.number else ""
    lines = _bounded(
        [part for line in note.lines for part in _marked(line, NOTE_WIDTH if note.party else ACROSS_WIDTH)],
        MAXIMUM_MESSAGE,
    )
    if note.topic in (Topic.success, Topic.failure):
        lines[0] = f"**{lines[0]}**"
    yield first + lines[0]
    yield from lines[1:]
    yield "end note"


def _where(note: Note) -> str:
    if note.party is None:
        return f"over {Party.client}, {Party.server}"
    side = SIDES.get(note.party)
    return f"{side} of {note.party}" if side else f"over {note.party}"


def _marked(line: Line, width: int) -> list[str]:
    mark = MARKS[line.mark]
    first, *more = wrap(line.text, width, "")
    return [mark + first, *("   " + part for part in more)]


def _bounded(lines: list[str], most: int) -> list[str]:
    escaped = [_line(line) for line in lines]
    lengths = [len(line) + 2 for line in escaped]
    if sum(lengths) <= most:
        return escaped
    return [_line(line) for line in limited(lines, most, lengths)]


def _line(text: str) -> str:
    return escape(text) or " "


def _quoted(text: str) -> str:
    return escape(text).replace('"', "&#34;")
