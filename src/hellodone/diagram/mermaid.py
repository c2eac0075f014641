"""Charts as Mermaid sequence diagrams, within the 50,000 characters that Mermaid reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from hellodone.diagram.rows import Arrow, Chart, Detail, Divider, Line, Loop, Mark, Note, Row, Style, Topic
from hellodone.diagram.wrap import wrap, wrap_all
from hellodone.trace.model import Party

MAXIMUM_LENGTH = 50_000  # "Maximum text size" of Mermaid's default configuration
LABEL_WIDTH = 72
NOTE_WIDTH = 60
NARROWEST = 40  # of notes across both lanes, which do not grow with their text
EN_SPACE = "\u2002"  # is kept at the beginning of a line; a no-break space would become an entity that SVG lacks

ARROWS = {Style.kernel: "-->>"}
SIDES = {Party.client: "left of", Party.server: "right of"}
CONFIGURATION = '%%{init: {"sequence": {"messageAlign": "left", "noteAlign": "left"}}}%%'
GREY, GREEN, RED = (f"rect rgba({colour}, 0.10)" for colour in ("128, 128, 128", "0, 160, 60", "220, 0, 0"))
TOPICS = {Topic.activation: GREEN, Topic.success: GREEN, Topic.failure: RED}
MARKS = {Mark.none: "", Mark.passed: "✓ ", Mark.failed: "✗ ", Mark.value: "  ", Mark.key: "• "}

_SPECIAL = re.compile(r"[#;<>%$\\&]|(?:no)?wrap:", re.IGNORECASE)
_INDENT = re.compile(r"^ +")


def render(chart_at: Callable[[Detail], Chart], detail: Detail | str) -> str:
    """The chart as the text of a .mmd file, in the richest detail up to ``detail`` that Mermaid can still read.

    ``chart_at`` makes the chart of a detail. Where even the poorest is too long, steps in the middle are left out.
    What was left out is said in a note at the top.
    """
    levels = list(Detail)
    wanted = Detail(detail)
    for level in reversed(levels[: levels.index(wanted) + 1]):
        chart = chart_at(level)
        text = _render(chart, _apology(wanted, level))
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
        text = _render(_middle_left_out(chart, kept), _apology(wanted, chart.detail, len(chart.rows) - kept))
        if len(text) <= MAXIMUM_LENGTH:
            best, low = text, kept
        else:
            high = kept - 1
    return best


def _middle_left_out(chart: Chart, kept: int) -> Chart:
    left_out = len(chart.rows) - kept
    gap = Note(None, (Line(f"{left_out:,} rows left out"),), Topic.remark)
    return replace(chart, rows=(*chart.rows[: kept - kept // 2], gap, *chart.rows[len(chart.rows) - kept // 2 :]))


def _apology(wanted: Detail, level: Detail, left_out: int = 0) -> str:
    if level is wanted and not left_out:
        return ""
    said = [f"detail {level} instead of {wanted}"] if level is not wanted else []
    missing = [f"{left_out:,} rows left out"] if left_out else []
    return f"{', '.join(said + missing)}: Mermaid reads {MAXIMUM_LENGTH:,} characters"


def _render(chart: Chart, remark: str) -> str:
    lines = [CONFIGURATION, "sequenceDiagram", f"  accTitle: {escape(chart.title)}", "  autonumber"]
    for participant in chart.participants:
        place = f"<br/>{escape(participant.place)}" if participant.place else ""
        lines.append(f"  participant {participant.party} as {escape(participant.name)}{place}")
    rows: tuple[Row, ...] = chart.rows
    if remark:
        rows = (Note(None, (Line(remark),), Topic.remark), *rows)
    lines.extend(_rows(rows, _lane_distance(rows)))
    return "\n".join(lines) + "\n"


def _lane_distance(rows: tuple[Row, ...]) -> int:
    """How many characters a line has between the lanes: those of the longest label, which keeps them apart."""
    arrows = [arrow for row in rows for arrow in (row.rows if isinstance(row, Loop) else [row])]
    labels = (len(line) for arrow in arrows if isinstance(arrow, Arrow) for line in (arrow.label, *arrow.lines))
    return min(max(labels, default=0), LABEL_WIDTH)


def _rows(rows: tuple[Row, ...], distance: int) -> Iterator[str]:
    expected = 1
    for row in rows:
        match row:
            case Arrow():
                yield from _numbered(row, expected, "  ")
                expected = row.number + 1
            case Note():
                yield from _note(row, distance)
            case Divider(title):
                yield from _across(f"━━━━━ {escape(title)} ━━━━━", GREY)
            case Loop(title, arrows):
                yield f"  loop {escape(title)}"
                for arrow in arrows:
                    yield from _numbered(arrow, expected, "    ")
                    expected = arrow.number + 1
                yield "  end"


def _note(note: Note, distance: int) -> Iterator[str]:
    text = _note_text(note, NOTE_WIDTH if note.party else max(NARROWEST, distance))
    if note.party is None:
        yield from _across(text, TOPICS.get(note.topic, GREY))
    else:
        yield f"  Note {SIDES.get(note.party, 'over')} {note.party}: {text}"


def _across(text: str, background: str) -> Iterator[str]:
    """A note over both lanes, on a background that is seen on light and on dark paper."""
    yield f"  {background}"
    yield f"    Note over {Party.client},{Party.server}: {text}"
    yield "  end"


def _numbered(arrow: Arrow, expected: int, indent: str) -> Iterator[str]:
    if arrow.number != expected:
        yield f"{indent}autonumber {arrow.number} 1"
    steps = (f"steps {arrow.number} to {arrow.last}",) if arrow.last else ()
    lines = [arrow.label, *wrap_all((*arrow.lines, *steps), LABEL_WIDTH)]
    head = ARROWS.get(arrow.style, "->>")
    yield f"{indent}{arrow.sender}{head}{arrow.receiver}: " + "<br/>".join(map(escape, lines))


def _note_text(note: Note, width: int) -> str:
    lines = [part for line in note.lines for part in wrap(MARKS[line.mark] + line.text, width)]
    if note.number:
        lines[0] = f"{note.number}. {lines[0]}"
    return "<br/>".join(map(escape, lines))
