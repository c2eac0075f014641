"""What a party knows, as notes and as calls to itself: what it saw, what it chose, what it computed, what it read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from hellodone.diagram.notes import ONE_LINE
from hellodone.diagram.rows import Arrow, Detail, Item, Knowledge, Line, Mark, Note, Style, Topic, Words
from hellodone.trace.known import How

_VERBS = {How.seen: "sees", How.chosen: "chooses", How.configured: "has", How.computed: "concludes"}
_TELLING = ("yes", "no", "none")


def spread(row: Knowledge, detail: Detail, words: Words) -> Iterator[Arrow | Note]:
    """For notations in which somebody may call himself: first what was seen, then what was computed from it."""
    seen, computed = _parted(row.items)
    lines = _said(_lines(seen, row.number, detail), words)
    if lines:
        yield Note(row.party, lines, Topic.knowledge)
    for items in _together(computed, detail):
        how = tuple(map(words, _how(items, detail)))
        yield Arrow(0, row.party, row.party, words(f"computes {_names(items)}"), how, Style.computation)
    read = _said(_readings(row), words)
    if read:
        yield Note(row.party, read, Topic.knowledge)


def as_note(row: Knowledge, detail: Detail, words: Words) -> Note:
    """The same as one note."""
    seen, computed = _parted(row.items)
    lines = list(_lines(seen, row.number, detail))
    for items in _together(computed, detail):
        first, *more = _how(items, detail)
        lines.append(Line(f"{_names(items)} {first}", _mark(items[0])))
        lines.extend(Line(line, Mark.value) for line in more)
    return Note(row.party, (*_said(lines, words), *_said(_readings(row), words)), Topic.knowledge)


def _said(lines: Iterable[Line], words: Words) -> tuple[Line, ...]:
    """The lines in the language of the chart."""
    return tuple([line if words is str else Line(words(line.text), line.mark) for line in lines])


def _parted(items: Iterable[Item]) -> tuple[list[Item], list[Item]]:
    """What needs no computing, and what does."""
    seen: list[Item] = []
    computed: list[Item] = []
    for item in items:
        (computed if item.formula and item.how is How.computed else seen).append(item)
    return seen, computed


def _lines(items: Iterable[Item], number: int, detail: Detail) -> Iterator[Line]:
    """In full a line each; else those that have the same reason in one. What was seen just now needs no place."""
    if detail is Detail.full:
        for item in items:
            shown = f"{item.name}: {item.value}" if item.value else item.name
            why = f"({_origin(item, number)})"
            if len(shown) + len(why) < ONE_LINE:
                yield Line(f"{shown} {why}", _mark(item))
                continue
            yield Line(shown, _mark(item))
            yield Line(why, Mark.value)
        return
    reasons: dict[tuple[bool, How, str], list[Item]] = {}
    for item in items:
        place = f" ({item.why})" if item.how is How.seen and item.message != number else ""
        reasons.setdefault((item.secret, item.how, place), []).append(item)
    for (_, _, place), same in sorted(reasons.items(), key=lambda reason: reason[0][0]):
        yield Line(f"{_verb(same[0])} {_names(same)}{place}", _mark(same[0]))


def _origin(item: Item, number: int) -> str:
    """Where it comes from; what was seen just now needs no place."""
    if item.how is not How.seen:
        return item.why
    return "seen" if item.message == number else f"seen {item.why}"


def _verb(item: Item) -> str:
    return _VERBS[item.how]


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


def _readings(row: Knowledge) -> Iterator[Line]:
    """What is in the step that the row stands below is called it."""
    for reading in row.readings:
        what = "it" if reading.number == row.number else f"step {reading.number}, {reading.title}"
        if not reading.readable:
            yield Line(f"cannot read {what}: {reading.why}", Mark.failed)
            continue
        yield Line(f"reads {what}: {reading.why}", Mark.passed)
        yield from (Line(line, Mark.value) for line in reading.lines)


def _mark(item: Item) -> Mark:
    return Mark.key if item.secret else Mark.none


def _names(items: Iterable[Item]) -> str:
    """What is known to be so or not so says which: a name alone would read as if it were."""
    return ", ".join(f"{item.name}: {item.value}" if item.value in _TELLING else item.name for item in items)
