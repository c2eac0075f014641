"""What a configuration says and concludes in one handshake after another, remembered.

A client offers every server the same, and a server reads the same ClientHellos again and again, down to the random
and a ticket. What such a step gave and taught - facts and checks, in their order - is kept with the configuration and
is simply known the next time that everything it follows from is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar

from hellodone.config import Config
from hellodone.handshake.context import Handshake
from hellodone.messages.handshake import ClientHello
from hellodone.registry.codes import ExtensionType

MOST: Final = 2**6  # steps that a configuration keeps
LONGEST: Final = 2**11  # bytes of a ClientHello's suites and extensions that are kept: usual ones have a few hundred

_TICKET: Final = ExtensionType.session_ticket

R = TypeVar("R")


@dataclass(slots=True)  # not frozen, and no tuple: its attributes are read faster
class Habit:
    """A step taken before: its result, and what the handshake knew after it and not before."""

    result: Any
    facts: Mapping[str, Any]
    checks: Sequence[Any]


def lasting(hello: ClientHello) -> Hashable:
    """What a client says in its next hello too: no random, no session ID, and of a ticket only the place."""
    extensions = hello.extensions
    lasting = extensions.besides(_TICKET) if extensions.get(_TICKET) else extensions
    return hello.client_version, hello.cipher_suites, hello.compression_methods, lasting


def habitually(hs: Handshake[Any], follows_from: Hashable, step: Callable[..., R], *given: Any) -> R:
    """The result of ``step(hs, *given)``, which follows from the configuration and ``follows_from`` alone.

    Faults are not kept.
    """
    known = hs._config.habits.get(follows_from)
    if known is None:
        return _taken(hs, follows_from, step, *given)
    hs.__dict__.update(known.facts)
    hs._checks += known.checks
    result: R = known.result
    return result


def _taken(hs: Handshake[Any], follows_from: Hashable, step: Callable[..., R], *given: Any) -> R:
    facts, checks = len(vars(hs)), len(hs._checks)
    result = step(hs, *given)
    keep(hs._config, follows_from, Habit(result, dict(islice(vars(hs).items(), facts, None)), hs._checks[checks:]))
    return result


def keep(config: Config, follows_from: Hashable, conclusion: object) -> None:
    """Have it with the configuration, of which and of ``follows_from`` it is a consequence."""
    if len(config.habits) >= MOST:
        config.habits.clear()
    config.habits[follows_from] = conclusion
