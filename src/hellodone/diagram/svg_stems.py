"""What grows along the lanes: stems as thick as what a party knows, secrets in gold, and bars where it has the word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hellodone.diagram.rows import Arrow, Divider, Fragment, Knowledge, Loop, Row, Style, Words
from hellodone.diagram.svg_frame import Frame
from hellodone.diagram.svg_text import tag
from hellodone.trace.model import Party

FEWEST = 3  # messages of one sender that are called a flight
_ALL, _SECRETS = 0.24, 0.8  # pixels for each thing known, and more for each secret among them
_MOST_ALL, _MOST_SECRETS = 12.0, 8.0
_BAR = 8.0
_NO_FLIGHT = (Style.data, Style.alert, Style.fatal)


@dataclass(slots=True)
class Stems:
    """How much each party knows so far, in the connection that is being drawn."""

    frame: Frame
    known: dict[Party, tuple[int, int]] = field(default_factory=dict)  # all, secrets

    def grow(self, rows: Iterable[Knowledge], height: float) -> str:
        """The stems along a strip in which the parties learn this."""
        before = dict(self.known)
        for row in rows:
            _, secrets = self.known.get(row.party, (0, 0))
            self.known[row.party] = (row.total, secrets + sum(item.secret for item in row.items))
        return "".join([self._stem(party, before.get(party, (0, 0)), now, height) for party, now in self.known.items()])

    def forget(self) -> None:
        """Another connection begins."""
        self.known.clear()

    def _stem(self, party: Party, before: tuple[int, int], now: tuple[int, int], height: float) -> str:
        if party not in self.frame.lanes:
            return ""
        lane = self.frame.lanes[party]
        way = -1 if party is Party.client else 1
        (old_all, old_secret), (all_, secret) = _widths(before), _widths(now)
        bend = min(height, 24.0)
        public = _ribbon(lane, way, (0, 0), (old_all, all_), bend, height)
        hidden = _ribbon(lane, way, (old_all, all_), (old_all + old_secret, all_ + secret), bend, height)
        drawn = tag("path", class_=f"stem by-{party}", d=public)
        return drawn + (tag("path", class_="stem secrets", d=hidden) if old_secret or secret else "")


@dataclass(slots=True)
class Flights:
    """Which messages of a handshake follow one another from the same sender, and whether such a run is under way."""

    frame: Frame
    words: Words = str
    counts: dict[int, int] = field(default_factory=dict)  # by identity of the first arrow: how many there are
    last: set[int] = field(default_factory=set)
    speaker: Party | None = None

    def learn(self, rows: Iterable[Row]) -> None:
        """Find the runs among the rows."""
        run: list[Arrow] = []
        for arrow in [*_arrows(rows), None]:
            if run and (arrow is None or arrow.sender is not run[0].sender):
                self.counts[id(run[0])] = len(run)
                self.last.add(id(run[-1]))
                run = []
            if arrow is not None:
                run.append(arrow)

    def caption(self, arrow: Arrow) -> str:
        """What stands at the first arrow of a flight."""
        count = self.counts.get(id(arrow), 0)
        return self.words(f"flight of {count} messages") if count >= FEWEST else ""

    def bar(self, arrow: Arrow | None, anchor: float, height: float) -> str:
        """The bar on the speaker's lane along a strip, with this arrow in it at that height, or none."""
        begins = arrow is not None and self.counts.get(id(arrow), 0) > 1
        ends = arrow is not None and id(arrow) in self.last
        speaker = arrow.sender if begins and arrow is not None else self.speaker
        top, bottom = anchor if begins else 0.0, anchor if ends else height
        if begins:
            self.speaker = speaker
        if ends:
            self.speaker = None
        if speaker is None or bottom <= top:
            return ""
        x = self.frame.lanes[speaker] - _BAR / 2
        return tag("rect", class_=f"bar by-{speaker}", x=x, y=top, width=_BAR, height=bottom - top)


def _arrows(rows: Iterable[Row]) -> Iterator[Arrow | None]:
    """Those of messages, in order, None where a run ends; what may or may not happen ends none."""
    for row in rows:
        match row:
            case Arrow() if row.style in _NO_FLIGHT:
                yield None
            case Arrow() if row.style is not Style.kernel and row.sender is not row.receiver:
                yield row
            case Loop() | Divider(begins=True):
                yield None
            case Fragment(_, branches):
                for branch in branches:
                    yield from _arrows(branch.rows)


def _widths(known: tuple[int, int]) -> tuple[float, float]:
    return min(_MOST_ALL, _ALL * known[0]), min(_MOST_SECRETS, _SECRETS * known[1])


def _ribbon(
    lane: float, way: int, inner: tuple[float, float], outer: tuple[float, float], bend: float, height: float
) -> str:
    """From one width to another, then straight on."""
    a, b, c, d = (lane + way * width for width in (inner[0], inner[1], outer[1], outer[0]))
    if (a, d) == (b, c):
        return f"M{a:.1f} 0V{height + 0.4:.1f}H{c:.1f}V0Z"
    return f"M{a:.1f} 0L{b:.1f} {bend:.0f}V{height + 0.4:.1f}H{c:.1f}V{bend:.0f}L{d:.1f} 0Z"
