"""The recorder: an observer that notes what happens, cheaply, and makes a trace of it when asked.

While the connection runs each event is one tuple in a list: what happened, when, and how many facts and checks the
handshake had by then. Facts are write-once and keep their order, so what an event taught is the slice up to the next
event. All rendering waits until ``trace()`` is called.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from hellodone.config import Config
from hellodone.errors import AlertDescription, TlsError
from hellodone.handshake.context import CheckMade, Handshake, Role
from hellodone.handshake.observer import Observer
from hellodone.registry.codes import ContentType
from hellodone.trace.model import Trace

MAXIMUM_DATA = 4096  # bytes of application data kept of one write or record


NO_ALERT = AlertDescription.internal_error  # of a check that passed: it is not shown


class Event(NamedTuple):
    """One thing that happened. ``facts`` and ``checks`` count what ``handshake`` had learnt before it."""

    kind: str
    sent: bool
    time: float
    facts: int
    checks: int
    handshake: int
    payload: Any


class Recorder(Observer):
    """Notes one connection of one side. ``clock`` is monotonic, in seconds."""

    __slots__ = ("clock", "config", "created", "error", "events", "handshakes", "role", "started")

    def __init__(self, role: Role, config: Config, clock: Callable[[], float] = time.perf_counter) -> None:
        self.role = role
        self.config = config
        self.clock = clock
        self.created: datetime = config.clock()
        self.started = clock()
        self.events: list[Event] = []
        self.handshakes: list[Handshake[Any]] = []
        self.error: TlsError | None = None

    def trace(self) -> Trace:
        """What happened so far."""
        from hellodone.trace.assembly import assemble

        return assemble(self)

    def handshake_began(self, hs: Handshake[Any]) -> None:
        """See Observer."""
        self.handshakes.append(hs)
        self._note("start", True, len(self.handshakes) - 1)

    def message(self, sent: bool, msg_type: int, raw: bytes) -> None:
        """See Observer."""
        self._note("message", sent, raw)

    def change_cipher_spec(self, sent: bool) -> None:
        """See Observer."""
        self._note("change_cipher_spec", sent, b"\x01")

    def alert(self, sent: bool, level: int, description: int) -> None:
        """See Observer."""
        self._note("alert", sent, bytes((level, description)))

    def application_data(self, sent: bool, data: bytes) -> None:
        """See Observer."""
        self._note("application_data", sent, (len(data), data[:MAXIMUM_DATA]))

    def record(self, sent: bool, content_type: int, plaintext_length: int, wire: bytes) -> None:
        """See Observer. Of application data only the header is kept."""
        kept = wire[:5] if content_type == ContentType.application_data else wire
        self._note("record", sent, (content_type, plaintext_length, len(wire) - 5, kept))

    def handshake_completed(self, hs: Handshake[Any]) -> None:
        """See Observer."""
        self._note("completed", True, None)

    def failed(self, error: TlsError) -> None:
        """See Observer."""
        self.error = error
        self._note("failed", True, None)

    def transport(self, event: str, **details: object) -> None:
        """See Observer."""
        self._note(event, bool(details.get("sent", True)), details)

    def _note(self, kind: str, sent: bool, payload: Any) -> None:
        if self.handshakes:
            hs = self.handshakes[-1]
            facts, checks = len(vars(hs)), len(hs._checks)
        else:
            facts = checks = 0
        self.events.append(Event(kind, sent, self.clock(), facts, checks, len(self.handshakes) - 1, payload))


def facts_between(hs: Handshake[Any], start: int, stop: int) -> dict[str, object]:
    """The facts among the attributes ``start`` to ``stop``, by name and in order."""
    names = list(vars(hs))[start:stop]
    return {name: vars(hs)[name] for name in names if not name.startswith("_")}


def checks_between(hs: Handshake[Any], start: int, stop: int) -> Iterator[CheckMade]:
    """The checks with these numbers."""
    for made in hs._checks[start:stop]:
        if isinstance(made, CheckMade):
            yield made
        else:
            yield from (CheckMade(check.claim, check.passed, NO_ALERT) for check in made.checks)
