"""What a drawn chart must show: the arrows of the rows it was drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hellodone.diagram.chart import chart_of
from hellodone.diagram.rows import Arrow, Chart, Detail, Line, Loop, Note, Participant
from hellodone.diagram.values import plain
from hellodone.trace.model import Party, Trace
from hellodone.trace.secrets import reveal, withhold
from tests.diagram import arrows as drawn
from tests.traces import SCENARIOS, trace

CLIENT, SERVER = Party.client, Party.server
CASES = [(name, detail) for name in SCENARIOS for detail in Detail]
WHOLE = ("client_auth", "failing")
DRAWN = [case for case in CASES if case[1] is Detail.normal or case[0] in WHOLE]  # by programs that are slow


class Shown(NamedTuple):
    """An arrow as a reader sees it. White space is left out: every notation breaks lines where it likes."""

    number: str
    text: str
    direction: str


def arrows(chart: Chart) -> list[Arrow]:
    """All arrows of a chart, those in loops included."""
    rows: list[Arrow] = []
    for row in chart.rows:
        if isinstance(row, Arrow):
            rows.append(row)
        elif isinstance(row, Loop):
            rows.extend(row.rows)
    return rows


def expected(chart: Chart) -> list[Shown]:
    """What a picture of the chart must show."""
    return [
        Shown(
            str(arrow.number),
            squeezed("".join((arrow.label, *arrow.lines))),
            "right" if arrow.sender is CLIENT else "left",
        )
        for arrow in arrows(chart)
    ]


def seen(found: Iterable[drawn.Arrow]) -> list[Shown]:
    """What was read out of a picture."""
    return [Shown(arrow.number, squeezed("".join(arrow.lines)), arrow.direction) for arrow in found]


def squeezed(text: str) -> str:
    """The text without white space and without what is not seen."""
    return "".join(text.replace("\u200b", "").split())


def chart(name: str, detail: Detail = Detail.normal, *, secrets: bool = False) -> Chart:
    """The chart of a scenario."""
    return chart_of(shown(trace(name), secrets), detail)


def shown(some: Trace, secrets: bool = False) -> Trace:
    """The trace as ``draw`` hands it to a chart."""
    return reveal(some) if secrets else withhold(some)


def chart_with(texts: Sequence[str]) -> Chart:
    """A chart in which each of the texts stands wherever a peer's text can stand."""
    rows: list[Arrow | Note | Loop] = []
    for number, text in enumerate(map(plain, texts), 1):
        rows.append(Arrow(number, CLIENT, SERVER, text, (text, f"named: {text}"), protection=text))
        rows.append(Note(SERVER, (Line(text), Line(text))))
        rows.append(Note(None, (Line(text),)))
    first = plain(texts[0])
    loop = Loop(first, (Arrow(len(texts) + 1, SERVER, CLIENT, first, last=len(texts) + 9),))
    return Chart(first, (Participant(CLIENT, "Client", first), Participant(SERVER, first)), (*rows, loop))
