"""The rows of a chart as bands: strips as wide as the picture, each drawn by itself, to be put below one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from hellodone.diagram.knowing import as_note
from hellodone.diagram.rows import Arrow, Detail, Divider, Fragment, Knowledge, Loop, Note, Row, Topic, Words
from hellodone.diagram.svg_arrows import BADGE, arrow_box, badge, screen
from hellodone.diagram.svg_frame import CHANNEL, INSET, MARGIN, Frame
from hellodone.diagram.svg_notes import Box, across, classes, note_box, words
from hellodone.diagram.svg_stems import Flights, Stems
from hellodone.diagram.svg_text import Font, broken, escaped, shortened, tag
from hellodone.trace.model import Party

GAP = 14.0  # below every band
PHASE = Font(13, bold=True)
FRAME = Font(12, bold=True)


@dataclass(frozen=True, slots=True)
class Band:
    """One strip. ``number`` is its step; ``behind`` is drawn below all others, under the lanes' other content.

    ``at`` is the step with which it comes: its own, the one before it, or for a heading the next one.
    """

    height: float
    markup: str
    number: int = 0
    behind: str = ""
    at: int = 0


@dataclass(slots=True)
class Bands:
    """Makes the bands of a chart."""

    frame: Frame
    detail: Detail
    words: Words
    stems: Stems = field(init=False)
    flights: Flights = field(init=False)
    depth: int = 0
    last: int = 0  # the step that was drawn last
    numbered: set[int] = field(default_factory=set)  # steps that have their number in the picture
    alone: bool = False  # whether steps without an arrow are among them

    def __post_init__(self) -> None:
        self.stems = Stems(self.frame)
        self.flights = Flights(self.frame, self.words)

    def all(self, rows: Sequence[Row], *, flights: bool) -> Iterator[Band]:
        """From top to bottom; ``flights`` are held together where the rows are one run and not all there can be."""
        if flights:
            self.flights.learn(rows)
        yield from self.of(rows)

    def of(self, rows: Iterable[Row]) -> Iterator[Band]:
        """Those of some rows, which may be within a frame."""
        for row, beside in grouped(rows):
            match row:
                case Fragment():
                    yield from self.fragment(row)
                case Divider(title, begins):
                    if begins:
                        self.stems.forget()
                    yield self.divider(title)
                case Loop():
                    yield self.loop(row)
                case Note(topic=Topic.numbering) if self.alone:
                    continue
                case Note() if row.party is None:
                    yield self.outcome(row)
                case _:
                    yield from self.arrow(row if isinstance(row, Arrow) else None, beside)

    # --- kinds of rows

    def divider(self, title: str) -> Band:
        """The heading of a phase."""
        left = MARGIN + INSET * self.depth
        width = self.frame.width - 2 * left
        shown = shortened(title, PHASE, width - 40)
        back = tag("rect", class_="phase", x=left, y=10, width=width, height=26, rx=5)
        label = tag("text", escaped(shown), class_="phase-name", x=self.frame.middle, y=27.5)
        return replace(self.band(36 + GAP, tag("g", back + label, class_="divider")), at=self.last + 1)

    def outcome(self, note: Note) -> Band:
        """A note that concerns both sides: in the middle of the channel."""
        box = note_box(note, CHANNEL - 24, head=across(note))
        return self.band(box.height + GAP, self.placed(box, self.frame.middle - box.width / 2, 0, classes(note)))

    def loop(self, loop: Loop) -> Band:
        """A frame around what was repeated."""
        y, drawn = 30.0, []
        for arrow in loop.rows:
            box = arrow_box(arrow, self.frame)
            drawn.append(tag("g", box.markup, transform=f"translate(0 {y:.1f})"))
            y += box.height + 10
        left, width = self.frame.left - 16, CHANNEL + 32
        back = tag("rect", class_="frame", x=left, y=0, width=width, height=y, rx=6)
        label = f"loop: {shortened(loop.title, FRAME, width - 80)}"
        name = tag("text", escaped(label), class_="frame-name", x=left + 28, y=18)
        number = loop.rows[0].number
        self.numbered.update(arrow.number for arrow in loop.rows)
        inside = self.step(back + name + "".join(drawn), number)
        return self.band(y + GAP, tag("g", inside, class_="loop"), number)

    def fragment(self, fragment: Fragment) -> Iterator[Band]:
        """The sides of the frame run along every band of its branches."""
        self.depth += 1
        inset = INSET * self.depth
        left, right = MARGIN + inset - INSET, self.frame.width - MARGIN - inset + INSET
        for index, branch in enumerate(fragment.branches):
            kind = "else" if index else str(fragment.kind)
            corner = left + 20 + FRAME.width(kind)
            start = corner + 12
            titles = broken(branch.title, FRAME, right - start - 10)
            height = 16 + 16.0 * len(titles)
            edge = tag("path", class_="side" if not index else "side else", d=f"M{left:.1f} 0H{right:.1f}")
            shape = f"M{left:.1f} 0H{corner:.1f}V18l-7 7H{left:.1f}Z"
            label = tag("path", class_="tab", d=shape) + tag("text", kind, class_="frame-kind", x=left + 8, y=17)
            behind = screen(start, 3, max(map(FRAME.width, titles)), 16.0 * len(titles))
            heading = label + edge + behind + words(titles, start, 17, "frame-name", step=16)
            yield self.band(height + 8, heading + self.sides(left, right, height + 8))
            for band in self.of(branch.rows):
                yield replace(band, markup=band.markup + self.sides(left, right, band.height))
        yield self.band(GAP, tag("path", class_="side", d=f"M{left:.1f} 0H{right:.1f}"))
        self.depth -= 1

    @staticmethod
    def sides(left: float, right: float, height: float) -> str:
        """The left and right edge of a frame."""
        return tag("path", class_="side", d=f"M{left:.1f} 0V{height:.1f}M{right:.1f} 0V{height:.1f}")

    def arrow(self, arrow: Arrow | None, beside: list[Note | Knowledge]) -> Iterator[Band]:
        """An arrow, and beside it what it made the parties do and know."""
        drawn, height, anchor = "", 0.0, 0.0
        number = arrow.number if arrow is not None else next((n.number for n in beside if n.number), 0)
        if arrow is not None:
            box = arrow_box(arrow, self.frame, self.flights.caption(arrow))
            if beside and self.frame.passes_notes(arrow.sender, arrow.receiver):
                yield self.band(box.height + GAP, self.step(box.markup, number), number, arrow, box.anchor)
                arrow = None
            else:
                drawn, height, anchor = box.markup, box.height, box.anchor
        elif number and number not in self.numbered:
            self.alone = True
            drawn, height = badge(number, self.frame.lanes[_party(beside)], BADGE + 1), 2 * BADGE + 2
        if number:
            self.numbered.add(number)
        ends = {Party.eavesdropper: height + 8 if height else 0.0}
        for row in beside:
            note = as_note(row, self.detail, self.words) if isinstance(row, Knowledge) else row
            if note.party is not None and note.lines:
                y = ends.get(note.party, 0.0)
                box = note_box(note, self.frame.room(note.party), mirrored=note.party is Party.client)
                drawn += self.placed(box, self.frame.note_left(note.party, box.width), y, classes(note))
                ends[note.party] = y + box.height + 5
                height = max(height, y + box.height)
        learned = [row for row in beside if isinstance(row, Knowledge)]
        yield self.band(height + GAP, self.step(drawn, number), number, arrow, anchor, learned)

    # --- parts

    def band(
        self,
        height: float,
        markup: str,
        number: int = 0,
        arrow: Arrow | None = None,
        anchor: float = 0,
        learned: Iterable[Knowledge] = (),
    ) -> Band:
        """A strip with what grows along its lanes."""
        behind = self.stems.grow(learned, height) + self.flights.bar(arrow, anchor, height)
        self.last = number or self.last
        return Band(height, markup, number, behind, self.last)

    @staticmethod
    def placed(box: Box, x: float, y: float, kind: str) -> str:
        """The box at its place."""
        return tag("g", box.markup, class_=kind, transform=f"translate({x:.1f} {y:.1f})")

    @staticmethod
    def step(markup: str, number: int) -> str:
        """The group of a step, which links lead to."""
        return tag("g", markup, class_="step", id=f"step-{number}", data_step=number) if number else markup


def nesting(rows: Iterable[Row]) -> int:
    """How many frames lie in one another."""
    return max((1 + nesting(b.rows) for row in rows if isinstance(row, Fragment) for b in row.branches), default=0)


def grouped(rows: Iterable[Row]) -> Iterator[tuple[Row | None, list[Note | Knowledge]]]:
    """Each row with what stands beside it; what follows no arrow, or is of another step, stands by itself."""
    current: Row | None = None
    beside: list[Note | Knowledge] = []
    for row in rows:
        if isinstance(row, Knowledge) or (isinstance(row, Note) and row.party is not None):
            if _of_another(row, current, beside):
                yield current, beside
                current, beside = None, []
            beside.append(row)
            continue
        if current is not None or beside:
            yield current, beside
        current, beside = row, []
    if current is not None or beside:
        yield current, beside


def _of_another(row: Note | Knowledge, current: Row | None, beside: list[Note | Knowledge]) -> bool:
    """Whether it cannot stand with what came before."""
    if current is not None and not isinstance(current, Arrow):
        return True
    number = current.number if isinstance(current, Arrow) else next((other.number for other in beside), 0)
    return bool(current is not None or beside) and row.number not in (0, number)


def _party(beside: Iterable[Note | Knowledge]) -> Party:
    """Who acts in a step without an arrow."""
    return next((row.party for row in beside if row.party is not None), Party.client)
