"""What a party knows, as notes and as calls to itself: what it saw, what it chose, what it computed, what it read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from hellodone.diagram.rows import Arrow, Detail, Item, Knowledge, Line, Mark, Note, Reading, Style, Topic
from hellodone.trace.known import How

_VERBS = {How.chosen: "chooses", How.configured: "has", How.computed: "concludes"}


def spread(row: Knowledge, detail: Detail) -> Iterator[Arrow | Note]:
    """For notations in which somebody may call himself: first what was seen, then what was computed from it."""
    seen, computed = _parted(row.items)
    lines = tuple(_lines(seen, detail))
    if lines:
        yield Note(row.party, lines, Topic.knowledge)
    for items in _together(computed, detail):
        yield Arrow(0, row.party, row.party, f"computes {_names(items)}", _how(items, detail), Style.computation)
    read = tuple(_readings(row.readings))
    if read:
        yield Note(row.party, read, Topic.knowledge)


def as_note(row: Knowledge, detail: Detail) -> Note:
    """The same as one note."""
    seen, computed = _parted(row.items)
    lines = list(_lines(seen, detail))
    for items in _together(computed, detail):
        first, *more = _how(items, detail)
        lines.append(Line(f"{_names(items)} {first}", Mark.key if items[0].secret else Mark.none))
        lines.extend(Line(line, Mark.value) for line in more)
    return Note(row.party, (*lines, *_readings(row.readings)), Topic.knowledge)


def _parted(items: Iterable[Item]) -> tuple[list[Item], list[Item]]:
    """What needs no computing, and what does."""
    seen: list[Item] = []
    computed: list[Item] = []
    for item in items:
        (computed if item.formula and item.how is How.computed else seen).append(item)
    return seen, computed


def _lines(items: Iterable[Item], detail: Detail) -> Iterator[Line]:
    """In full a line each; else those that have the same reason in one."""
    if detail is Detail.full:
        for item in items:
            yield Line(f"{item.name}: {item.value}" if item.value else item.name, _mark([item]))
            yield Line(f"({item.why})", Mark.value)
        return
    for secret, group in groupby(sorted(items, key=_secret), key=_secret):
        for (how, why), same in _by_reason(group):
            verb = "sees" if how is How.seen else _VERBS[how]
            place = f", {why}" if how is How.seen else ""
            yield Line(f"{verb} {_names(same)}{place}", Mark.key if secret else Mark.none)


def _by_reason(items: Iterable[Item]) -> Iterator[tuple[tuple[How, str], list[Item]]]:
    reasons: dict[tuple[How, str], list[Item]] = {}
    for item in items:
        reasons.setdefault((item.how, item.why if item.how is How.seen else ""), []).append(item)
    yield from reasons.items()


def _together(items: Sequence[Item], detail: Detail) -> Iterator[list[Item]]:
    """What follows from the same formula is one computation, unless every value is to be shown."""
    if detail is Detail.full:
        yield from ([item] for item in items)
        return
    for _, group in groupby(items, key=lambda item: item.formula):
        yield list(group)


def _how(items: list[Item], detail: Detail) -> tuple[str, ...]:
    formula = f"= {items[0].formula}"
    return (formula, f"= {items[0].value}") if detail is Detail.full and items[0].value else (formula,)


def _readings(readings: Iterable[Reading]) -> Iterator[Line]:
    for reading in readings:
        what = f"step {reading.number}, {reading.title}"
        if not reading.readable:
            yield Line(f"cannot read {what}: {reading.why}", Mark.failed)
            continue
        yield Line(f"reads {what}: {reading.why}", Mark.passed)
        yield from (Line(line, Mark.value) for line in reading.lines)


def _mark(items: Sequence[Item]) -> Mark:
    return Mark.key if any(item.secret for item in items) else Mark.none


def _secret(item: Item) -> bool:
    return item.secret


def _names(items: Iterable[Item]) -> str:
    return ", ".join(item.name for item in items)
