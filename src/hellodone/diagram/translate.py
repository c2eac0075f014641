"""A chart in another language: the words of its rows, which were made in English. Names of the RFCs stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hellodone.diagram.language import Language
from hellodone.diagram.rows import (
    Arrow,
    Branch,
    Chart,
    Divider,
    Fragment,
    Line,
    Loop,
    Note,
    Participant,
    Row,
    Style,
    Topic,
)


def translated(chart: Chart, words: Language) -> Chart:
    """The chart in that language; renderers turn their own words by its ``words``."""
    return replace(
        chart,
        title=words.text(chart.title),
        participants=tuple([_participant(participant, words) for participant in chart.participants]),
        rows=_rows(chart.rows, words),
        words=words.text,
    )


def _participant(participant: Participant, words: Language) -> Participant:
    return replace(participant, name=words.say(f"lanes.{participant.party}"), place=words.text(participant.place))


def _rows(rows: Iterable[Row], words: Language) -> tuple[Row, ...]:
    return tuple([_row(row, words) for row in rows])


def _row(row: Row, words: Language) -> Row:
    """Rows of knowledge stay as they are: who draws them makes sentences of them first."""
    match row:
        case Arrow():
            return _arrow(row, words)
        case Note():
            return replace(row, lines=tuple(_lines(row, words)))
        case Divider(title):
            return Divider(words.text(title))
        case Loop(title, arrows):
            return Loop(words.text(title), tuple([_arrow(arrow, words) for arrow in arrows]))
        case Fragment(kind, branches):
            return Fragment(kind, tuple([Branch(words.text(b.title), _rows(b.rows, words)) for b in branches]))
    return row


def _arrow(arrow: Arrow, words: Language) -> Arrow:
    """Application data stays what it is; of arrows that stand for several, the lines count it."""
    data = arrow.style is Style.data and not arrow.last
    lines = arrow.lines if data else tuple([words.text(line) for line in arrow.lines])
    protection, kernel = words.text(arrow.protection), words.text(arrow.kernel)
    return replace(arrow, title=words.text(arrow.title), lines=lines, protection=protection, kernel=kernel)


def _lines(note: Note, words: Language) -> Iterable[Line]:
    """Of a failure the reason is in the exception's words, which there may be no others for."""
    for index, line in enumerate(note.lines):
        reason = note.topic is Topic.failure and index > 0
        yield replace(line, text=words.reason(line.text) if reason else words.text(line.text))
