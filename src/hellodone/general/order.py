"""One order for the events of many runs: each run's own order is kept, and nothing else is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hellodone.general.runs import Key, Run

Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the common order: an event, and the runs that have it."""

    key: Key
    runs: Runs


def aligned(sequences: Mapping[int, Sequence[Key]], runs: Sequence[Run]) -> list[Slot] | None:
    """The events of all sequences in one order; None where two runs have events in contrary orders.

    ``sequences`` are by index into ``runs``. Where the runs leave a choice, the order is that of the first run with
    both, and else that in which the events are met.
    """
    behind: dict[Key, set[Key]] = defaultdict(set)
    met: dict[Key, None] = {}
    for sequence in sequences.values():
        for position, key in enumerate(sequence):
            met.setdefault(key)
            behind[key].update(sequence[position - 1 : position] if position else ())
    slots: list[Slot] = []
    placed: set[Key] = set()
    while len(placed) < len(met):
        ready = [key for key in met if key not in placed and behind[key] <= placed]
        if not ready:
            return None
        key = _closest(ready, slots, sequences)
        placed.add(key)
        slots.append(Slot(key, tuple([runs[i] for i, sequence in sequences.items() if key in sequence])))
    return slots


def _closest(ready: Sequence[Key], slots: Sequence[Slot], sequences: Mapping[int, Sequence[Key]]) -> Key:
    """Of what may come next, what comes right behind the last one in some run; a rare event before a common one."""
    if not slots:
        return ready[0]
    last = slots[-1].key
    near = [
        key
        for key in ready
        if any(key in s and last in s and s.index(key) == s.index(last) + 1 for s in sequences.values())
    ]
    count = {key: sum(key in s for s in sequences.values()) for key in near or ready}
    return min(near or ready, key=lambda key: count[key])
