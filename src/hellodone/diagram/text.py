"""Charts for terminals: two lanes, arrows between them, notes at the lane of whoever acts; a third for the authority.

Below WIDE columns notes stand between the lanes, under the arrow that made them necessary; from there on they stand
outside the lanes, beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from hellodone.diagram.knowing import as_note
from hellodone.diagram.paint import Paint, Role, painter
from hellodone.diagram.rows import (
    Arrow,
    Chart,
    Detail,
    Divider,
    Fragment,
    Knowledge,
    Line,
    Loop,
    Mark,
    Note,
    Participant,
    Row,
    Style,
    Topic,
)
from hellodone.diagram.wrap import columns, wrap
from hellodone.trace.model import Party

DEFAULT_WIDTH = 100
NARROWEST = 60
WIDE = 150
WIDEST = 220

ACROSS_WIDTH = 84  # columns of a note that concerns both sides
MARGIN = 2  # columns outside the lanes
LANES = 2  # columns of the client's and the server's lane
GAP, NARROW_GAP = 16, 8  # columns between the lanes of server and authority
MARKS = {Mark.none: "", Mark.passed: "✓ ", Mark.failed: "✗ ", Mark.value: "  ", Mark.key: "• "}
NOTE_ROLES = {Mark.passed: Role.passed, Mark.failed: Role.failed, Mark.key: Role.key, Mark.value: Role.value}
ARROW_ROLES = {Style.kernel: Role.kernel, Style.alert: Role.alert, Style.fatal: Role.fatal}
TOPIC_ROLES = {Topic.success: Role.success, Topic.failure: Role.failed, Topic.remark: Role.alert}

_ENDS = (Party.client, Party.server)  # who has a lane here

Painted = tuple[str, Role]


def render(chart: Chart, *, width: int = DEFAULT_WIDTH, colour: bool = False) -> str:
    """The chart in lines of at most ``width`` columns (at least NARROWEST), with ANSI colours where wanted."""
    width = max(NARROWEST, min(width, WIDEST))
    paper = _Paper(width, painter(colour), chart.participants, airy=chart.detail is not Detail.brief)
    lines = [paper.title(chart.title), ""]
    lines.extend(paper.heads(chart.participants))
    lines.extend(paper.rows(chart.rows, chart))
    lines.append(paper.lanes())
    return "\n".join([line.rstrip() for line in lines]) + "\n"


def _with_notes(rows: Iterable[Row], chart: Chart) -> Iterator[tuple[Row | None, list[Note]]]:
    """Each row with the reactions that follow it; reactions that follow no arrow stand by themselves."""
    current: Row | None = None
    notes: list[Note] = []
    for row in (as_note(row, chart.detail, chart.words) if isinstance(row, Knowledge) else row for row in rows):
        if isinstance(row, Note) and row.party is not None and not row.number:
            notes.append(row)
            continue
        if current is not None or notes:
            yield current, notes
        own = isinstance(row, Note) and row.party is not None
        current, notes = (None, [row]) if own and isinstance(row, Note) else (row, [])
    if current is not None or notes:
        yield current, notes


class _Paper:
    """Lines of one width, with the lanes where they belong."""

    def __init__(self, width: int, paint: Paint, participants: tuple[Participant, ...], airy: bool) -> None:
        self.names = {participant.party: participant.name for participant in participants}
        authority = Party.ca in self.names
        self.width = width
        self.paint = paint
        self.airy = airy
        self.beside = width >= WIDE
        self.gap = 0 if not authority else GAP if width >= DEFAULT_WIDTH else NARROW_GAP
        lanes = LANES + self.gap + bool(authority)
        inner = width * 2 // 5 if self.beside else width - 2 * MARGIN - lanes
        self.side = (width - inner - lanes) // 2 if self.beside else MARGIN
        self.inner = width - 2 * self.side - lanes
        self.note_width = self.side - 4 if self.beside else min(self.inner - 8, max(48, self.inner * 3 // 4))

    # --- rows

    def rows(self, rows: Iterable[Row], chart: Chart) -> Iterator[str]:
        """All of them, with the notes that belong to each."""
        for row, notes in _with_notes(rows, chart):
            if isinstance(row, Fragment):
                yield from self.fragment(row, chart)
                row = None
            if row is not None or notes:
                yield from self.row(row, notes)

    def fragment(self, fragment: Fragment, chart: Chart) -> Iterator[str]:
        """Lines between the lanes, above and below each branch."""
        for index, branch in enumerate(fragment.branches):
            title = f"{'├' if index else '┌'}─ {'else' if index else fragment.kind} {branch.title} "
            shown = wrap(title, self.inner - 2)[0]
            yield self.line(self.paint(Role.lane, shown + "─" * (self.inner - columns(shown) - 1)) + " ")
            yield from self.rows(branch.rows, chart)
        yield self.line(self.paint(Role.lane, "└" + "─" * (self.inner - 2)) + " ")

    def row(self, row: Row | None, notes: list[Note]) -> Iterator[str]:
        """One row and the notes that belong to it."""
        end = self.end()
        match row:
            case Divider(title):
                yield self.lanes()
                yield self.divider(title)
                middle: list[str] = []
            case Arrow():
                middle, end = self.arrow(row), self.end(row)
            case Loop():
                middle = self.loop(row)
            case Note():
                middle = self.across(row)
            case None:
                middle = []
        if self.airy and not isinstance(row, Divider):
            yield self.lanes()
        if self.beside:
            yield from self.with_sides(middle, notes, end)
            return
        for index, text in enumerate(middle):
            yield self.line(text, end if index == 0 else None)
        for note in notes:
            yield from self.inside(note)

    def arrow(self, arrow: Arrow) -> list[str]:
        """The arrow with its label in it, and its lines below, all as wide as the room between the lanes."""
        role = ARROW_ROLES.get(arrow.style, Role.sealed if arrow.protection else Role.clear)
        dash = "┄" if arrow.style is Style.kernel else "═" if arrow.protection else "─"
        right = arrow.sender is Party.client
        label = f"{arrow.number} {arrow.title}"
        first, *more = wrap(label, self.inner - 8, "")
        indent = 4 + len(str(arrow.number))
        texts = [part for text in (*more, *arrow.lines) for part in wrap(text, self.inner - indent - 2)]
        if {arrow.sender, arrow.receiver} == {Party.server, Party.ca}:  # it does not touch the room of the others
            return self.at_right(first, [" " * (indent - 3) + text for text in texts])
        shaft = self.shaft(first, arrow.tag, dash, role, right, head=arrow.receiver is not Party.ca)
        return [shaft, *(self.padded(" " * indent + text, self.inner) for text in texts)]

    def at_right(self, label: str, lines: list[str]) -> list[str]:
        """A block beside the server's lane."""
        widest = max(map(columns, (label, *lines)))
        indent = " " * (self.inner - widest - 1)
        first = indent + " " * (widest - columns(label)) + self.paint(Role.heading, label) + " "
        return [first, *(self.padded(indent + line, self.inner) for line in lines)]

    def shaft(self, label: str, tag: str, dash: str, role: Role, right: bool, head: bool = True) -> str:
        """``── 5 ClientHello (1) ─────▶`` or its mirror image; the tag stands at its end if there is room.

        Without ``head`` it goes on behind the server's lane.
        """
        room = self.inner - 6 - columns(label)
        end = f" {tag} {dash}{dash}" if tag and room > columns(tag) + 5 else ""
        line = dash * (room - columns(end)) + end
        paint = self.paint
        text = paint(Role.heading, label)
        if right:
            return f"{paint(role, dash * 2)} {text} {paint(role, dash + line + ('▶' if head else dash))}"
        return f"{paint(role, '◀' + dash * 2)} {text} {paint(role, line + dash)}"

    def end(self, arrow: Arrow | None = None) -> str:
        """The server's lane and what is to its right, where an arrow may lead to the authority or come from it."""
        lane = self.paint(Role.lane, "│")
        if not self.gap:
            return lane
        if arrow is None or Party.ca not in (arrow.sender, arrow.receiver):
            return f"{lane}{' ' * self.gap}{lane}"
        dash = "┄" if arrow.style is Style.other else "─"
        there = arrow.receiver is Party.ca
        role = ARROW_ROLES.get(arrow.style, Role.clear)
        if Party.server in (arrow.sender, arrow.receiver):
            crossing = "├" if there else "│"
            shaft = dash * (self.gap - 1) + "▶" if there else "◀" + dash * (self.gap - 1)
        else:
            crossing, shaft = "┼", dash * (self.gap - 1) + ("▶" if there else dash)
        return self.paint(role, crossing + shaft) + lane

    def loop(self, loop: Loop) -> list[str]:
        """A frame around what was repeated."""
        title = f"┌─ {wrap(loop.title, self.inner - 8)[0]} "
        frame = title + "─" * (self.inner - columns(title) - 1) + "┐"
        lines = [self.paint(Role.lane, frame)]
        for arrow in loop.rows:
            lines.extend(self.arrow(arrow))
        return [*lines, self.paint(Role.lane, "└" + "─" * (self.inner - 2) + "┘")]

    def across(self, note: Note) -> list[str]:
        """A note that concerns both sides: a block in the middle."""
        role = TOPIC_ROLES.get(note.topic, Role.key)
        lines = [part for line in note.lines for part in wrap(_marked(line), min(self.inner - 4, ACROSS_WIDTH), "")]
        indent = " " * ((self.inner - max(map(columns, lines))) // 2)
        return [self.paint(role, self.padded(indent + line, self.inner)) for line in lines]

    def inside(self, note: Note) -> Iterator[str]:
        """A note between the lanes, at that of its party; in the middle for who has none."""
        lines = self.note_lines(note)
        widest = max(columns(text) for text, _ in lines)
        bar = self.paint(Role.lane, "┃")
        rest = self.inner - widest - 3
        for text, role in lines:
            painted = self.paint(role, text) + " " * (widest - columns(text))
            if note.party not in _ENDS:
                yield self.line(f"{' ' * (rest // 2)} {bar} {painted}{' ' * (rest - rest // 2)}")
            elif _left(note):
                yield self.line(f" {bar} {painted}{' ' * rest}")
            else:
                yield self.line(f"{' ' * rest}{painted} {bar} ")

    def with_sides(self, middle: list[str], notes: list[Note], end: str) -> Iterator[str]:
        """The middle between the lanes, client's notes to the left, the others' to the right of all lanes."""
        left = [line for note in notes if _left(note) for line in self.note_lines(note)]
        right = [line for note in notes if not _left(note) for line in self.note_lines(note)]
        widest = max((columns(text) for text, _ in left), default=0)
        bar = self.paint(Role.lane, "┃")
        lane = self.paint(Role.lane, "│")
        for on_left, text, on_right in zip_longest(left, middle, right):
            before, after = " " * self.side, ""
            if on_left is not None:
                shown = self.paint(on_left[1], on_left[0]) + " " * (widest - columns(on_left[0]))
                before = " " * (self.side - widest - 3) + f"{shown} {bar} "
            if on_right is not None:
                after = f" {bar} {self.paint(on_right[1], on_right[0])}"
            yield f"{before}{lane}{text if text is not None else ' ' * self.inner}{end}{after}"
            end = self.end()

    def note_lines(self, note: Note) -> list[Painted]:
        """The lines of a note, wrapped. Whoever has no lane is named."""
        third = note.party is not None and note.party not in _ENDS
        lines: list[Painted] = [(self.names[note.party], Role.heading)] if note.party is not None and third else []
        for index, line in enumerate(note.lines):
            mark = f"{note.number} " if note.number and not index else ""
            text, role = mark + _marked(line), NOTE_ROLES.get(line.mark, Role.plain)
            lines.extend((part, role) for part in wrap(text, self.note_width))
        return lines

    # --- lines

    def title(self, title: str) -> str:
        """The title over the middle."""
        shown = wrap(title, self.width)[0]
        return self.paint(Role.heading, " " * ((self.width - columns(shown)) // 2) + shown)

    def heads(self, participants: tuple[Participant, ...]) -> Iterator[str]:
        """Names and places over the lanes."""
        there = {participant.party: participant for participant in participants}
        shown = [there[party] for party in (Party.client, Party.server, Party.ca) if party in there]
        for texts, role in (([p.name for p in shown], Role.heading), ([p.place for p in shown], Role.plain)):
            if any(texts):
                yield self.paint(role, self.over_lanes(texts))

    def over_lanes(self, texts: list[str]) -> str:
        """A text over each lane, centred where there is room, never over one another: those to the right come first."""
        server = self.side + 1 + self.inner
        lanes = (self.side, server, server + 1 + self.gap)
        line, start, end = "", 0, self.width
        for text, lane in reversed(list(zip(texts, lanes, strict=False))):
            shown = wrap(text, self.width // len(texts) - 2)[0]
            start = max(0, min(lane - columns(shown) // 2, end - columns(shown)))
            line = shown + " " * (end - start - columns(shown)) + ("  " if line else "") + line
            end = max(0, start - 2)
        return " " * start + line

    def lanes(self) -> str:
        """The lanes and nothing else."""
        return self.line(" " * self.inner)

    def line(self, inner: str, end: str | None = None) -> str:
        """A text of exactly the width between client and server, with the lanes."""
        return f"{' ' * self.side}{self.paint(Role.lane, '│')}{inner}{end or self.end()}"

    def divider(self, title: str) -> str:
        """A phase begins."""
        text = f" {wrap(title, self.inner - 6)[0]} "
        dashes = self.inner - columns(text)
        before, after = "━" * (dashes // 2), "━" * (dashes - dashes // 2)
        beyond = "━" * self.gap + "┿" if self.gap else ""
        edge = "━" * min(self.side, 3)
        space = " " * (self.side - len(edge))
        paint = self.paint
        return (
            space
            + paint(Role.lane, f"{edge}┿{before}")
            + paint(Role.heading, text)
            + paint(Role.lane, f"{after}┿{beyond}{edge}")
        )

    @staticmethod
    def padded(text: str, width: int) -> str:
        """The text with spaces up to that width."""
        return text + " " * (width - columns(text))


def _left(note: Note) -> bool:
    return note.party is Party.client


def _marked(line: Line) -> str:
    return MARKS[line.mark] + line.text
