"""Running the rows: rounds, figures, verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

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
    seconds: float
    """What the whole row took."""

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the target, None where there is none."""
        target = self.against.target
        return None if target is None else self.row.comparison.met(self.figure.median, target)


def run(row: Row, seconds: float) -> list[Result]:
    """Rounds of all contestants of the row for about ``seconds``; one result an opponent."""
    start = perf_counter()
    names = [row.contestant, *(against.opponent for against in row.against)]
    samplers = {name: row.sampler(name) for name in names}
    samples = interleave(samplers, 0 if row.rounds else seconds, row.rounds or MINIMUM_ROUNDS)
    taken = perf_counter() - start
    ours = samples[row.contestant]
    return [_result(row, against, ours, samples[against.opponent], taken) for against in row.against]


def over_runs(runs: Sequence[Sequence[Result]]) -> list[Result]:
    """The medians of several runs of the same rows; what stood for quartiles is the least and the most of them."""
    return [_together(results) for results in zip(*runs, strict=True)]


def _together(results: Sequence[Result]) -> Result:
    ours, theirs, figure = (
        Spread.whole([getattr(result, name).median for result in results]) for name in ("ours", "theirs", "figure")
    )
    rounds, taken = sum(result.rounds for result in results), sum(result.seconds for result in results)
    return Result(results[0].row, results[0].against, ours, theirs, figure, rounds, taken)


def _result(row: Row, against: Against, ours: Sequence[float], theirs: Sequence[float], taken: float) -> Result:
    figure = compared(ours, theirs, row.comparison.compare)
    return Result(row, against, Spread.of(ours), Spread.of(theirs), figure, len(ours), taken)
