"""Running the rows: rounds, figures, verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.measure import MINIMUM_ROUNDS, Spread, compared, interleave
from bench.rows import Against, Row


@dataclass(frozen=True, slots=True)
class Result:
    """What came out against one opponent: both figures (seconds) and how they compare."""

    row: Row
    against: Against
    ours: Spread
    theirs: Spread
    figure: Spread
    rounds: int

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the target, None where there is none."""
        target = self.against.target
        return None if target is None else self.row.comparison.met(self.figure.median, target)


def run(row: Row, seconds: float) -> list[Result]:
    """Rounds of all contestants of the row for about ``seconds``; one result an opponent."""
    names = [row.contestant, *(against.opponent for against in row.against)]
    samplers = {name: row.sampler(name) for name in names}
    samples = interleave(samplers, 0 if row.rounds else seconds, row.rounds or MINIMUM_ROUNDS)
    return [_result(row, against, samples[row.contestant], samples[against.opponent]) for against in row.against]


def _result(row: Row, against: Against, ours: Sequence[float], theirs: Sequence[float]) -> Result:
    figure = compared(ours, theirs, row.comparison.compare)
    return Result(row, against, Spread.of(ours), Spread.of(theirs), figure, len(ours))
