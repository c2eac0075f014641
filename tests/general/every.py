"""Every branch of TLS 1.2, run once for all tests of the general chart; and a walk through a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hellodone.cli.demo_options import KEY_EXCHANGES
from hellodone.cli.every_branch import runs
from hellodone.general.runs import Key, Run
from hellodone.general.tree import Choice, End, Message, Node, Option
from hellodone.registry.key_exchange import KeyExchange

EVERY = tuple([kx for kx in KeyExchange if kx.value.lower() in KEY_EXCHANGES])


def every_run() -> tuple[Run, ...]:
    return runs(EVERY)


def chosen(fits: Callable[[Run], bool]) -> list[Run]:
    """The runs that come to an end, and fit."""
    return [run for run in every_run() if not run.failure and fits(run)]


def walked(nodes: Sequence[Node], run: Run) -> Iterator[Key]:
    """What the tree says that happens in that run, which does not fail."""
    for node in nodes:
        match node:
            case Message(key, events):
                assert any(event is own for event in events for own in run.events), key
                yield key
            case Option(way) if _takes(way.runs, run):
                yield from walked(way.nodes, run)
            case Choice(ways):
                taken = [way for way in ways if _takes(way.runs, run)]
                assert len(taken) == 1
                yield from walked(taken[0].nodes, run)


def _takes(runs: Sequence[Run], run: Run) -> bool:
    return any(one is run for one in runs)


def conditions(nodes: Sequence[Node]) -> Iterator[str]:
    """All that stands at a frame."""
    for node in nodes:
        match node:
            case Option(way) | End(way):
                yield way.condition
                yield from conditions(way.nodes)
            case Choice(ways):
                for way in ways:
                    yield way.condition
                    yield from conditions(way.nodes)
