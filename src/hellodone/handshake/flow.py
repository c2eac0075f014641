"""The verbs a handshake is written in: ``receive`` a message, or an ``optional`` one.

A handshake is a generator; the program counter is its state. It yields what it waits for, and the connection sends it
that message, or None when the message that came is another and the awaited one is optional.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final, TypeVar, cast

from hellodone.wire.struct import Struct

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Expect:
    """The flow waits for a message of this kind."""

    kind: type[Struct]
    optional: bool = False
    msg_type: int | None = field(init=False)
    """None of ChangeCipherSpec, which is no handshake message."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "msg_type", getattr(self.kind, "msg_type", None))


Ask = partial
"""The flow needs something that may take its time: the call gives it; the driver decides who calls, and when."""

Flow = Generator[Expect | Ask[Any], Any, R]

NOTHING: Final = cast(Flow[None], ())
"""The flow that waits for nothing and gives None: no generator, for there is nothing to go on with."""


@cache  # there are as many as kinds of messages
def receive(kind: type[Struct]) -> Expect:
    """To be yielded: the next message, which must be of that kind."""
    return Expect(kind)


@cache
def optional(kind: type[Struct]) -> Expect:
    """To be yielded: the next message if it is of that kind, else None, for the peer may leave it out."""
    return Expect(kind, optional=True)


def done(value: R) -> Flow[R]:
    """What is at hand already: a flow that waits for nothing."""
    yield from ()
    return value


def ask(call: Callable[[], R]) -> Flow[R]:
    """What ``call`` gives, obtained by whoever drives the flow: a look-up in a store, a signature of a token."""
    answer: R = yield Ask(call)
    return answer
