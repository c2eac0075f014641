"""How a contest is run and what is made of its figures.

The machine is shared and its speed drifts, so no figure is compared with one of another minute: the contestants take
turns (A B C, B C A, ...), each turn some milliseconds, and a ratio is the median over the rounds of the ratio within
a round. The interquartile range says how far that can be trusted.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median, quantiles
from time import perf_counter, process_time

Sampler = Callable[[], float]
"""Takes one sample: seconds for one operation, or whatever else a row measures."""

Operation = Callable[[], object]

TURN = 0.020  # seconds one turn takes, if a single operation does not take longer
MINIMUM_ROUNDS = 7


@dataclass(frozen=True, slots=True)
class Spread:
    """A median with the quartiles on both sides of it."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least two values."""
        return cls(*quantiles(values, n=4, method="inclusive"))

    @classmethod
    def whole(cls, values: Sequence[float]) -> Spread:
        """The median with the least and the greatest, where there are few."""
        return cls(min(values), median(values), max(values))


class Timed:
    """Samples of the CPU time of one operation, averaged over a turn; ``prepare`` makes it anew for each turn.

    CPU time, since all happens in this thread: what others do on the machine in the meantime is not counted.
    Garbage is collected between the turns and the collector left on within them: each contestant pays for its own.
    """

    def __init__(self, prepare: Callable[[], Operation]) -> None:
        self.prepare = prepare
        self._repeats = range(_repeats(prepare()))

    def __call__(self) -> float:
        operation, repeats = self.prepare(), self._repeats
        gc.collect()
        if len(repeats) > 1:
            operation()  # the processor's caches are this contestant's again; what is slow needs no telling
        start = process_time()
        for _ in repeats:
            operation()
        return (process_time() - start) / len(repeats)


def _repeats(operation: Operation) -> int:
    """How many operations fill a turn."""
    operation()  # what is made once is made here
    start, done = perf_counter(), 0
    while (elapsed := perf_counter() - start) < TURN:
        operation()
        done += 1
    return max(1, round(TURN * done / elapsed))


def interleave(samplers: Mapping[str, Sampler], seconds: float, rounds: int = MINIMUM_ROUNDS) -> dict[str, list[float]]:
    """Rounds in which every sampler has one turn, for about ``seconds`` and at least so many ``rounds``."""
    names = list(samplers)
    samples: dict[str, list[float]] = {name: [] for name in names}
    end = perf_counter() + seconds
    for number in count():
        if number >= rounds and perf_counter() >= end:
            break
        first = number % len(names)
        for name in names[first:] + names[:first]:
            samples[name].append(samplers[name]())
    return samples


def compared(ours: Sequence[float], theirs: Sequence[float], compare: Callable[[float, float], float]) -> Spread:
    """The comparison made within each round, over all rounds."""
    return Spread.of([compare(a, b) for a, b in zip(ours, theirs, strict=True)])
