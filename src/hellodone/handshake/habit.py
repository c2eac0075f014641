"""What a configuration says and concludes in one handshake after another, remembered.

A client offers every server the same, and a server reads the same ClientHellos again and again, down to the random
and a ticket. What such a step gave and taught - facts and checks, in their order - is kept with the configuration and
is simply known the next time that everything it follows from is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple, TypeVar

from hellodone.handshake.context import Handshake
from hellodone.messages.extensions import Extensions
from hellodone.registry.codes import ExtensionType

MOST: Final = 2**6  # steps that a configuration keeps
LONGEST: Final = 2**11  # bytes of a ClientHello's suites and extensions that are kept: usual ones have a few hundred

R = TypeVar("R")


class Habit(NamedTuple):
    """A step taken before: its result, and what the handshake knew after it and not before."""

    result: Any
    facts: Mapping[str, Any]
    checks: Sequence[Any]


def lasting(extensions: Extensions) -> Hashable:
    """What a client says in its next hello too: everything but a ticket, of which only the place is kept."""
    kind = ExtensionType.session_ticket
    if not extensions.get(kind):
        return extensions
    return tuple([pair if pair[0] != kind else kind for pair in extensions.pairs])


def habitually(hs: Handshake[Any], follows_from: Hashable, step: Callable[[], R]) -> R:
    """The result of ``step``, which follows from the configuration and ``follows_from`` alone. Faults are not kept."""
    habits = hs._config.habits
    known = habits.get(follows_from)
    if known is not None:
        vars(hs).update(known.facts)
        hs._checks += known.checks
        result: R = known.result
        return result
    facts, checks = len(vars(hs)), len(hs._checks)
    result = step()
    if len(habits) >= MOST:
        habits.clear()
    habits[follows_from] = Habit(result, dict(islice(vars(hs).items(), facts, None)), hs._checks[checks:])
    return result
