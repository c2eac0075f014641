"""Charts as Mermaid sequence diagrams, within the 50,000 characters that Mermaid reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from hellodone.diagram.knowing import spread
from hellodone.diagram.numbering import Numbering
from hellodone.diagram.rows import (
    Arrow,
    Chart,
    ChartAt,
    Detail,
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
from hellodone.diagram.wrap import wrap, wrap_all
from hellodone.trace.model import Party

MAXIMUM_LENGTH = 50_000  # "Maximum text size" of Mermaid's default configuration
LABEL_WIDTH = 72
SELF_WIDTH = 44  # of a party's call to itself, which Mermaid makes no room for
NOTE_WIDTH = 60
NARROWEST = 40  # of notes across both lanes, which do not grow with their text
EN_SPACE = "\u2002"  # is kept at the beginning of a line; a no-break space would become an entity that SVG lacks

ARROWS = {Style.kernel: "-->>"}
SIDES = {Party.client: "left of", Party.server: "right of", Party.eavesdropper: "right of"}
CONFIGURATION = '%%{init: {"sequence": {"messageAlign": "left", "noteAlign": "left"}}}%%'
GREY, GREEN, RED = (f"rect rgba({colour}, 0.10)" for colour in ("128, 128, 128", "0, 160, 60", "220, 0, 0"))
TOPICS = {Topic.activation: GREEN, Topic.success: GREEN, Topic.failure: RED}
MARKS = {Mark.none: "", Mark.passed: "✓ ", Mark.failed: "✗ ", Mark.value: "  ", Mark.key: "• "}

_SPECIAL = re.compile(r"[#;<>%$\\&]|(?:no)?wrap:", re.IGNORECASE)
_INDENT = re.compile(r"^ +")


def render(chart_at: ChartAt, detail: Detail | str) -> str:
    """The chart as the text of a .mmd file, in the richest detail up to ``detail`` that Mermaid can still read.

    ``chart_at`` makes the chart of a detail. Where even the poorest is too long, steps in the middle are left out.
    What was left out is said in a note at the top.
    """
    levels = list(Detail)
    wanted = Detail(detail)
    for level in reversed(levels[: levels.index(wanted) + 1]):
        chart = chart_at(level)
        text = _render(chart, _apology(chart, wanted))
        if len(text) <= MAXIMUM_LENGTH:
            return text
    return _shortened(chart, wanted)


def escape(text: str) -> str:
    """The text with everything that Mermaid would act on as character references, and its indentation kept."""
    escaped = _SPECIAL.sub(_references, text)
    return escaped if escaped[:1] != " " else _INDENT.sub(lambda spaces: EN_SPACE * len(spaces[0]), escaped)


def _references(match: re.Match[str]) -> str:
    found = match[0]
    return f"#{ord(found)};" if len(found) == 1 else f"{found[:-1]}#58;"


def _shortened(chart: Chart, wanted: Detail) -> str:
    """The beginning and the end of the rows, as many as there is room for."""
    low, high = 0, len(chart.rows)
    best = ""
    while low < high:
        kept = (low + high + 1) // 2
        text = _render(_middle_left_out(chart, kept), _apology(chart, wanted, len(chart.rows) - kept))
        if len(text) <= MAXIMUM_LENGTH:
            best, low = text, kept
        else:
            high = kept - 1
    return best


def _middle_left_out(chart: Chart, kept: int) -> Chart:
    left_out = len(chart.rows) - kept
    gap = Note(None, (Line(chart.words(f"{left_out:,} rows left out")),), Topic.remark)
    return replace(chart, rows=(*chart.rows[: kept - kept // 2], gap, *chart.rows[len(chart.rows) - kept // 2 :]))


def _apology(chart: Chart, wanted: Detail, left_out: int = 0) -> str:
    if chart.detail is wanted and not left_out:
        return ""
    said = [f"detail {chart.detail} instead of {wanted}"] if chart.detail is not wanted else []
    missing = [f"{left_out:,} rows left out"] if left_out else []
    return chart.words(f"{', '.join(said + missing)}: Mermaid reads {MAXIMUM_LENGTH:,} characters")


def _render(chart: Chart, remark: str) -> str:
    lines = [CONFIGURATION, "sequenceDiagram", f"  accTitle: {escape(chart.title)}"]
    if chart.numbered:
        lines.append("  autonumber")
    for participant in chart.participants:
        place = f"<br/>{escape(participant.place)}" if participant.place else ""
        lines.append(f"  participant {participant.party} as {escape(participant.name)}{place}")
    rows: tuple[Row, ...] = chart.rows
    if remark:
        rows = (Note(None, (Line(remark),), Topic.remark), *rows)
    numbers = Numbering("autonumber {} 1", "autonumber off", upcoming=int(chart.numbered))
    lines.extend(_Lines(_lane_distance(rows), numbers, chart).of(rows))
    return "\n".join(lines) + "\n"


def _lane_distance(rows: Iterable[Row]) -> int:
    """How many characters a line has between the lanes: those of the longest label, which keeps them apart."""
    labels = (len(line) for arrow in _arrows(rows) for line in (arrow.label, *arrow.lines))
    return min(max(labels, default=0), LABEL_WIDTH)


def _arrows(rows: Iterable[Row]) -> Iterator[Arrow]:
    """Those between lanes, wherever they are."""
    for row in rows:
        match row:
            case Arrow():
                yield row
            case Loop(_, arrows):
                yield from arrows
            case Fragment(_, branches):
                for branch in branches:
                    yield from _arrows(branch.rows)


class _Lines:
    """The lines of the rows; ``distance`` is the room between the lanes."""

    def __init__(self, distance: int, numbers: Numbering, chart: Chart) -> None:
        self.distance = distance
        self.numbers = numbers
        self.chart = chart

    def of(self, rows: Iterable[Row], indent: str = "  ") -> Iterator[str]:
        """Of these rows, indented."""
        for row in rows:
            match row:
                case Arrow():
                    yield from (indent + line for line in self.numbers.before(row.number))
                    yield indent + _arrow(row)
                case Note():
                    yield from (indent + line for line in _note(row, self.distance))
                case Knowledge():
                    yield from self.of(spread(row, self.chart.detail, self.chart.words), indent)
                case Divider(title):
                    yield from (indent + line for line in _across(f"━━━━━ {escape(title)} ━━━━━", GREY))
                case Loop(title, arrows):
                    yield f"{indent}loop {escape(title)}"
                    yield from self.of(arrows, indent + "  ")
                    yield f"{indent}end"
                case Fragment(kind, branches):
                    for index, branch in enumerate(branches):
                        yield f"{indent}{'else' if index else kind} {escape(branch.title)}"
                        yield from self.of(branch.rows, indent + "  ")
                    yield f"{indent}end"


def _note(note: Note, distance: int) -> Iterator[str]:
    text = _note_text(note, NOTE_WIDTH if note.party else max(NARROWEST, distance))
    if note.party is None:
        yield from _across(text, TOPICS.get(note.topic, GREY))
    else:
        yield f"Note {SIDES.get(note.party, 'over')} {note.party}: {text}"


def _across(text: str, background: str) -> Iterator[str]:
    """A note over both lanes, on a background that is seen on light and on dark paper."""
    yield background
    yield f"  Note over {Party.client},{Party.server}: {text}"
    yield "end"


def _arrow(arrow: Arrow) -> str:
    if arrow.style is Style.computation:
        lines = wrap_all((arrow.label, *arrow.lines), SELF_WIDTH)
    else:
        lines = [arrow.label, *wrap_all(arrow.lines, LABEL_WIDTH)]
    head = ARROWS.get(arrow.style, "->>")
    return f"{arrow.sender}{head}{arrow.receiver}: " + "<br/>".join(map(escape, lines))


def _note_text(note: Note, width: int) -> str:
    lines = [part for line in note.lines for part in wrap(MARKS[line.mark] + line.text, width)]
    if note.number:
        lines[0] = f"{note.number}. {lines[0]}"
    return "<br/>".join(map(escape, lines))
