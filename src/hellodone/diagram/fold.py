"""Repeated application data, folded: many records in one direction, or rounds of question and answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from hellodone.diagram.rows import Arrow, Loop, Style
from hellodone.diagram.values import counted
from hellodone.trace.model import Party, Step

FEWEST = 4  # steps that are worth folding


@dataclass(frozen=True, slots=True)
class Run:
    """Steps after one another in the same direction."""

    steps: tuple[Step, ...]

    @property
    def sender(self) -> Party:
        """Who sent them."""
        return self.steps[0].sender


def fold(steps: Sequence[Step]) -> list[Sequence[Step] | Loop]:
    """Application data next to each other, as steps to be drawn one by one and loops."""
    if len(steps) < FEWEST:
        return [steps]
    runs = [Run(tuple(group)) for _, group in groupby(steps, key=lambda step: step.sender)]
    rounds = len(runs) // 2
    if rounds < 2:
        return [_repeated(run) if len(run.steps) >= FEWEST else run.steps for run in runs]
    folded: list[Sequence[Step] | Loop] = [_rounds(runs[: 2 * rounds], rounds)]
    if len(runs) % 2:
        folded += fold(runs[-1].steps)
    return folded


def _repeated(run: Run) -> Loop:
    return Loop(counted(len(run.steps), "time"), (_total([run]),))


def _rounds(runs: list[Run], rounds: int) -> Loop:
    return Loop(counted(rounds, "time"), (_total(runs[::2]), _total(runs[1::2])))


def _total(runs: list[Run]) -> Arrow:
    """One arrow for all steps of these runs, which have one sender."""
    steps = [step for run in runs for step in run.steps]
    first = steps[0]
    lengths = {step.length for step in steps}
    each = f"{counted(first.length, 'byte')} each" if len(lengths) == 1 else f"{_range(lengths)} bytes"
    return Arrow(
        number=first.number,
        sender=first.sender,
        receiver=first.receiver,
        title=f"Application data, {each}",
        lines=(
            f"{counted(len(steps), 'message')}, {counted(sum(step.length for step in steps), 'byte')} in all",
            f"steps {first.number} to {steps[-1].number}",
        ),
        style=Style.data,
        protection=first.protection,
        last=steps[-1].number,
    )


def _range(lengths: set[int]) -> str:
    return f"{min(lengths):,} to {max(lengths):,}"
