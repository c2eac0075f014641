"""Many runs into one tree: what all of them have is mandatory, what some have is optional, and where they part is a
choice. Nothing here knows TLS: conditions come from what was decided in each run.

Runs are brought into one order first (``order``). Where that cannot be done, because some have contrary orders, the
decision is looked for by which they fall into parts that have one each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from hellodone.general.conditions import NO, QUESTIONS, condition
from hellodone.general.order import Runs, Slot, aligned
from hellodone.general.runs import Event, Key, Run

UNKNOWN = "sometimes"


@dataclass(frozen=True, slots=True)
class Message:
    """An event in all runs of its scope; ``events`` are what it is in each."""

    key: Key
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """What happens in some of the runs of a scope."""

    condition: str
    runs: Runs
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """It happens or not."""

    way: Way


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the ways is taken."""

    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class End:
    """A failure: this happens, and nothing of what comes behind it."""

    way: Way


Node = Message | Option | Choice | End


@dataclass
class _Scope:
    """Runs, and of each the stretch of events that is looked at."""

    runs: Runs
    sequences: dict[int, tuple[Key, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, runs: Iterable[Run], keys: Iterable[Key] | None = None) -> _Scope:
        some = tuple(runs)
        wanted = None if keys is None else frozenset(keys)
        return cls(
            some, {i: tuple([k for k in run.keys if wanted is None or k in wanted]) for i, run in enumerate(some)}
        )


def merged(runs: Sequence[Run]) -> tuple[Node, ...]:
    """The tree of these runs; those that fail branch off where they leave the others."""
    good = tuple([run for run in runs if not run.failure])
    nodes = _merge(_Scope.of(good))
    for run in runs:
        if run.failure:
            nodes = _with_failure(nodes, run)
    return nodes


def _merge(scope: _Scope) -> tuple[Node, ...]:
    first = _common(scope.sequences.values())
    rest = [sequence[len(first) :] for sequence in scope.sequences.values()]
    last = _common([sequence[::-1] for sequence in rest])[::-1]
    middle = {i: sequence[len(first) : len(sequence) - len(last)] for i, sequence in scope.sequences.items()}
    slots = aligned(middle, scope.runs)
    inner = _parted(scope.runs, middle) if slots is None else _grouped(slots, scope.runs)
    ends = [[node for key in keys for node in _message(key, scope.runs)] for keys in (first, last)]
    return (*ends[0], *inner, *ends[1])


def _common(sequences: Iterable[Sequence[Key]]) -> tuple[Key, ...]:
    """The longest beginning that all have."""
    common: list[Key] = []
    for keys in zip(*sequences, strict=False):
        if len(set(keys)) > 1:
            break
        common.append(keys[0])
    return tuple(common)


# --- contrary orders


def _parted(runs: Runs, sequences: dict[int, tuple[Key, ...]]) -> tuple[Node, ...]:
    """A choice by the one decision that leaves parts with one order each."""
    for question in QUESTIONS:
        parts: list[dict[int, tuple[Key, ...]]] = []
        for answer in dict.fromkeys(run.features.get(question, NO) for run in runs):
            part = {i: keys for i, keys in sequences.items() if runs[i].features.get(question, NO) == answer}
            mate = next((p for p in parts if aligned({**p, **part}, runs) is not None), None)
            if mate is not None:
                mate.update(part)
            else:
                parts.append(part)
        if all(aligned(part, runs) is not None for part in parts):
            return (_choice(parts, runs),)
    raise ValueError("runs with contrary orders that no one decision explains")


def _choice(parts: Sequence[dict[int, tuple[Key, ...]]], runs: Runs) -> Choice:
    ways = []
    for part in parts:
        some = tuple([runs[i] for i in part])
        scope = _Scope(some, dict(enumerate(part.values())))
        ways.append(Way(condition(some, runs) or UNKNOWN, some, _merge(scope)))
    return Choice(tuple(ways))


# --- one order


def _grouped(slots: Sequence[Slot], runs: Runs) -> tuple[Node, ...]:
    """Stretches that all runs have, and between them what only some have."""
    nodes: list[Node] = []
    stretch: list[Slot] = []
    for slot in slots:
        if len(slot.runs) < len(runs):
            stretch.append(slot)
            continue
        nodes += _optional(stretch, runs)
        stretch = []
        nodes += _message(slot.key, runs)
    return (*nodes, *_optional(stretch, runs))


def _optional(stretch: Sequence[Slot], runs: Runs) -> tuple[Node, ...]:
    """The slot that most runs have, with its neighbours that only these have, is one option; then what is left."""
    if not stretch:
        return ()
    widest = max(range(len(stretch)), key=lambda i: len(stretch[i].runs))
    some = stretch[widest].runs
    start, end = widest, widest + 1
    while start and _within(stretch[start - 1].runs, some):
        start -= 1
    while end < len(stretch) and _within(stretch[end].runs, some):
        end += 1
    start, end = _with_rivals(stretch, start, end)
    before, inside, after = stretch[:start], stretch[start:end], stretch[end:]
    return (*_optional(before, runs), _option(inside, runs), *_optional(after, runs))


def _with_rivals(stretch: Sequence[Slot], start: int, end: int) -> tuple[int, int]:
    """Neighbours that never happen together with these are another way to the same end."""
    inside = {id(run) for slot in stretch[start:end] for run in slot.runs}
    while end < len(stretch) and not inside & {id(run) for run in stretch[end].runs}:
        inside |= {id(run) for run in stretch[end].runs}
        end += 1
    return start, end


def _option(slots: Sequence[Slot], runs: Runs) -> Node:
    members = {id(run) for slot in slots for run in slot.runs}
    some = tuple([run for run in runs if id(run) in members])
    scope = _Scope.of(some, (slot.key for slot in slots))
    groups = _exclusive(slots)
    if len(groups) > 1:
        choice = Choice(tuple(_ways([(_united(group), [s.key for s in group]) for group in groups], some)))
        return choice if len(some) == len(runs) else Option(Way(condition(some, runs) or UNKNOWN, some, (choice,)))
    return Option(Way(condition(some, runs) or UNKNOWN, some, _merge(scope)))


def _exclusive(slots: Sequence[Slot]) -> list[list[Slot]]:
    """Slots in groups of which no two share a run."""
    groups: list[list[Slot]] = []
    for slot in slots:
        mates = [group for group in groups if _share([slot], group)]
        for mate in mates:
            groups.remove(mate)
        groups.append([*(s for mate in mates for s in mate), slot])
    return groups


def _share(some: Sequence[Slot], others: Sequence[Slot]) -> bool:
    mine = {id(run) for slot in some for run in slot.runs}
    return any(id(run) in mine for slot in others for run in slot.runs)


def _united(slots: Sequence[Slot]) -> Runs:
    return tuple({id(run): run for slot in slots for run in slot.runs}.values())


def _within(some: Runs, others: Runs) -> bool:
    return {id(run) for run in some} <= {id(run) for run in others}


def _ways(parts: Sequence[tuple[Runs, list[Key]]], runs: Runs) -> list[Way]:
    """Ways in an order in which each can be told from those that come behind it by one decision."""
    left, scope, ways = list(parts), list(runs), []
    while left:
        told = next((part for part in left if condition(part[0], scope, 1) is not None), left[0])
        left.remove(told)
        some, keys = told
        words = condition(some, runs, 1) or (condition(some, scope) if left else None) or condition(some, runs)
        nodes = _merge(_Scope.of(some, keys)) if len(keys) > 1 else _one(keys[0], some)
        ways.append(Way(words or UNKNOWN, some, nodes))
        gone = {id(run) for run in some}
        scope = [run for run in scope if id(run) not in gone]
    return ways


def _message(key: Key, runs: Runs) -> tuple[Node, ...]:
    """One event; where its content takes several forms, a choice among them."""
    forms: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        forms.setdefault(run.event(key).form, []).append(run)
    if len(forms) == 1:
        return _one(key, runs)
    return (Choice(tuple(_ways([(tuple(some), [key]) for some in forms.values()], runs))),)


def _one(key: Key, runs: Runs) -> tuple[Node, ...]:
    return (Message(key, tuple([run.event(key) for run in runs])),)


# --- failures


def _with_failure(nodes: tuple[Node, ...], run: Run) -> tuple[Node, ...]:
    """The tree with the end of this run behind the event at which it fails."""
    known = set(_keys(nodes))
    own = [event for event in run.events if event.key not in known]
    if run.failed_at not in known or not own:
        raise ValueError(f"a failure that cannot be placed: {run.failure}")
    end = End(Way(run.failure, (run,), tuple([Message(event.key, (event,)) for event in own])))
    return _inserted(nodes, run.failed_at, end)


def _keys(nodes: Iterable[Node]) -> Iterable[Key]:
    """Of all events that are no end."""
    for node in nodes:
        match node:
            case Message(key):
                yield key
            case Option(way):
                yield from _keys(way.nodes)
            case Choice(ways):
                for way in ways:
                    yield from _keys(way.nodes)


def _inserted(nodes: tuple[Node, ...], key: Key | None, end: End) -> tuple[Node, ...]:
    """Behind the event of that key, in the first way that has it, and behind earlier ends there."""
    index = next((i for i, node in enumerate(nodes) if key in set(_keys((node,)))), None)
    if index is None:
        return nodes
    node = nodes[index]
    match node:
        case Option(way):
            return (*nodes[:index], Option(replace(way, nodes=_inserted(way.nodes, key, end))), *nodes[index + 1 :])
        case Choice(ways) if not forms_of_one(node):
            first = next(way for way in ways if key in set(_keys(way.nodes)))
            changed = replace(first, nodes=_inserted(first.nodes, key, end))
            choice = Choice(tuple([changed if way is first else way for way in ways]))
            return (*nodes[:index], choice, *nodes[index + 1 :])
    while index + 1 < len(nodes) and isinstance(nodes[index + 1], End):
        index += 1
    return (*nodes[: index + 1], end, *nodes[index + 1 :])


def forms_of_one(choice: Choice) -> bool:
    """Whether its ways are forms of one message."""
    return len({node.key for way in choice.ways for node in way.nodes if isinstance(node, Message)}) == 1
