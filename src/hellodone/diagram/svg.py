"""Charts as SVG, in a layout of our own: legible in light and dark, with text that can be selected and read aloud."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from math import ceil

from hellodone.diagram.rows import Arrow, Chart, Knowledge, Loop, Participant
from hellodone.diagram.svg_arrows import readable
from hellodone.diagram.svg_frame import CHANNEL, GUTTER, Frame
from hellodone.diagram.svg_rows import Band, Bands, nesting
from hellodone.diagram.svg_signs import Sign, definitions, sign
from hellodone.diagram.svg_text import Font, broken, escaped, shortened, tag
from hellodone.trace.model import Party

HEAD = Font(15, bold=True)
PLACE = Font(11.5, mono=True)
TITLE = Font(19, bold=True)
SMALL = Font(11)
HEAD_HEIGHT = 54.0


_CLASSES = re.compile(r' class="([^"]*)"')
_CLASS = re.compile(r"\.([a-z][\w-]*)")
_RULE = re.compile(r"(?:(?<=[{}])|(?<=[^,]\n)) *(\.chart [^{},:]+)\{[^{}]*\}")  # of one selector


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart laid out: its frame, what stands on top, and the bands below."""

    chart: Chart
    frame: Frame
    bands: tuple[Band, ...]


def layout(chart: Chart) -> Drawing:
    """Everything at its place, nothing put together yet."""
    frame = Frame.of(chart.participants, nesting(chart.rows))
    return Drawing(chart, frame, tuple(Bands(frame, chart.detail, chart.words).all(chart.rows, flights=chart.numbered)))


def render(chart: Chart) -> str:
    """The chart as the text of an .svg file."""
    drawing = layout(chart)
    top, y = _title(drawing.chart.title, drawing.frame)
    body = [top, tag("g", heads(drawing), transform=f"translate(0 {y:.1f})")]
    y += HEAD_HEIGHT
    stacked, height = stack(drawing.frame, drawing.bands)
    body.append(tag("g", stacked, transform=f"translate(0 {y:.1f})"))
    y += height
    signs_told, height = legend(drawing.chart, drawing.frame)
    body.append(tag("g", signs_told, transform=f"translate(0 {y:.1f})"))
    y += height
    about = tag("title", escaped(chart.title)) + tag("desc", escaped(description(chart)))
    drawn = definitions() + tag("rect", class_="paper", width="100%", height="100%") + "".join(body)
    style = tag("style", used(stylesheet(), drawn))
    return picture(about + style + drawn, drawing.frame.width, y + 16, title=chart.title) + "\n"


def picture(content: str, width: float, height: float, title: str) -> str:
    """An SVG of that size, which shrinks with what holds it."""
    return tag(
        "svg",
        content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=f"{width:.0f}",
        height=f"{height:.0f}",
        class_="chart",
        role="group",
        aria_label=title,
    )


def stylesheet() -> str:
    """How charts look, for pictures and pages alike."""
    return (resources.files("hellodone.diagram") / "page" / "chart.css").read_text(encoding="utf-8")


def used(style: str, drawn: str) -> str:
    """The rules of a style sheet that are about classes of what is drawn."""
    there = {"chart"}.union(*(found.split() for found in _CLASSES.findall(drawn)))
    kept = _RULE.sub(lambda rule: rule[0] if there.issuperset(_CLASS.findall(rule[1])) else "", style)
    return "\n".join([line for line in kept.splitlines() if line.strip()])


def description(chart: Chart) -> str:
    """The chart in one sentence, for who does not see it."""
    parties = chart.words(" and ").join(participant.name for participant in chart.participants)
    arrows = [row for row in chart.rows if isinstance(row, Arrow | Loop)]
    names = [row.title for row in arrows if isinstance(row, Arrow)]
    ends = f": from {names[0]} to {names[-1]}" if names else ""
    return chart.words(f"A sequence chart of {parties} with {len(arrows)} arrows{ends}.")


def heads(drawing: Drawing) -> str:
    """Who stands at the top of each lane."""
    return "".join([_head(participant, drawing.frame) for participant in drawing.chart.participants])


def stack(frame: Frame, bands: Iterable[Band], *, walked: bool = False) -> tuple[str, float]:
    """The bands below one another over their lanes, and their height.

    In what is ``walked`` through, what is not within the group of a step tells with which step it comes.
    """
    y, behind, drawn = 0.0, [], []
    for band in bands:
        place = {"transform": f"translate(0 {y:.1f})"}
        coming = {**place, "data_at": band.at} if walked else place
        if band.behind:
            behind.append(tag("g", band.behind, **coming))
        drawn.append(tag("g", band.markup, **(place if band.number else coming)))
        y += band.height
    return lanes(frame, y) + "".join(behind) + "".join(drawn), y


def signs(chart: Chart) -> tuple[tuple[str, str], ...]:
    """What stands for what in the chart: a drawing about 34 wide, its base line at 0, and its meaning."""
    arrows = [row for row in chart.rows if isinstance(row, Arrow)]
    line, tube = "M0 -4H26", "M0 -11H26L34 -4L26 3H0Z"
    clear = tag("path", class_="shaft", d=line) + tag("path", class_="head", d="M34 -4l-10 -5v10z")
    found = [(clear, "in the clear"), (tag("path", class_="tube", d=tube), "sealed")]
    if any(readable(arrow) for arrow in arrows):
        open_ = tag("g", tag("path", class_="tube", d=tube), class_="readable")
        found.append((open_, "authenticated, but not encrypted"))
    kernel = tag("g", tag("path", class_="shaft", d="M0 -4H34"), class_="kernel")
    found += [
        (kernel, "sent by the kernel"),
        (tag("text", "✓", class_="passed", x=20, y=0), "checked"),
        (sign(Sign.key, "key", 22, -9), "a secret"),
    ]
    if any(isinstance(row, Knowledge) for row in chart.rows):
        public = tag("path", class_="stem by-client", d="M20 -13H26V5H20Z")
        hidden = tag("path", class_="stem secrets", d="M26 -13H30V5H26Z")
        found.append((public + hidden, "known so far, secrets in gold"))
    if chart.numbered:
        found.append((tag("rect", class_="bar by-client", x=22, y=-13, width=8, height=18), "a flight"))
    return tuple([(sample, chart.words(meaning)) for sample, meaning in found])


def legend(chart: Chart, frame: Frame) -> tuple[str, float]:
    """What the signs mean, below the chart, and its height: in as few rows as have room for them."""
    samples = [(sample, text, 60 + SMALL.width(text)) for sample, text in signs(chart)]
    rows = ceil(sum(width for _, _, width in samples) / (frame.width - 16))
    most = ceil(len(samples) / rows)
    drawn = []
    for row in range(rows):
        here = samples[row * most : (row + 1) * most]
        x = (frame.width - sum(width for _, _, width in here)) / 2
        for sample, text, width in here:
            place = f"translate({x:.1f} {24 + 22 * row})"
            drawn.append(tag("g", sample + tag("text", escaped(text), class_="small", x=42, y=0), transform=place))
            x += width
    return tag("g", "".join(drawn), class_="legend"), 18.0 + 22 * rows


def lanes(frame: Frame, height: float, top: float = 0) -> str:
    """The lanes alone."""
    return "".join(
        [
            tag("path", class_=f"lane by-{party}", d=f"M{x:.1f} {top:.0f}V{height:.1f}")
            for party, x in frame.lanes.items()
        ]
    )


def _title(title: str, frame: Frame) -> tuple[str, float]:
    lines = broken(title, TITLE, frame.width - 60)
    spans = [
        tag("tspan", escaped(line) + " ", x=frame.width / 2, y=34 + 24 * index) for index, line in enumerate(lines)
    ]
    return tag("text", "".join(spans), class_="chart-title"), 26 + 24.0 * len(lines)


def _head(participant: Participant, frame: Frame) -> str:
    x = frame.lanes[participant.party]
    crowded = Party.eavesdropper in frame.lanes or Party.ca in frame.lanes
    room = (CHANNEL / 2 - 20) if crowded else GUTTER
    name = shortened(participant.name, HEAD, room - 20)
    place = shortened(participant.place, PLACE, room - 20)
    width = max(HEAD.width(name), PLACE.width(place)) + 24
    back = tag("rect", class_="head-box", x=x - width / 2, y=6, width=width, height=42, rx=8)
    drawn = back + tag("text", escaped(name), class_="head-name", x=x, y=24 if place else 32)
    if place:
        drawn += tag("text", escaped(place), class_="head-place", x=x, y=40)
    return tag("g", drawn, class_=f"participant by-{participant.party}")
