"""The recorder: an observer that notes what happens, cheaply, and makes a trace of it when asked.

While the connection runs each event is one tuple in a list: what happened, when, and how many facts and checks the
handshake had by then. Facts are write-once and keep their order, so what an event taught is the slice up to the next
event. All rendering waits until ``trace()`` is called. Of what may come without end - application data, its records,
refused renegotiations - the first and the last are kept, so that a connection may last for days.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from hellodone.config import Config
from hellodone.errors import AlertDescription, TlsError
from hellodone.handshake.context import CheckMade, Handshake, Role
from hellodone.handshake.observer import Observer
from hellodone.pki.account import Account
from hellodone.pki.answers import RevocationAnswer
from hellodone.pki.lookups import Fetched, Lookup
from hellodone.pki.verify import VerifiedPath
from hellodone.registry.codes import ContentType
from hellodone.trace.keep import Kept
from hellodone.trace.model import Trace

MAXIMUM_DATA = 4096  # bytes of application data kept of one write or record
FIRST_DATA, LAST_DATA = 200, 50  # writes or received pieces of application data; as many records again
MOST_OTHERS = 4096  # events of other kinds, before only the last are kept
MOST_PIECES = 4096  # lengths kept of what was written or read at once, a direction
MOST_BYTES = 8 * 2**20  # of messages and records, before only the last are kept

MAXIMUM_ANSWER = 64 * 2**10  # bytes of an OCSP response or CRL that are kept

NO_ALERT = AlertDescription.internal_error  # of a check that passed: it is not shown


class Event(NamedTuple):
    """One thing that happened. ``facts`` and ``checks`` count what ``handshake`` had learnt before it.

    ``start`` is how many bytes of its content type went before it in its direction, ``number`` counts all events, kept
    or not.
    """

    kind: str
    sent: bool
    time: float
    facts: int
    checks: int
    handshake: int
    payload: Any
    start: int
    number: int


class Answer(NamedTuple):
    """What became of a look-up: ``data``, unless it was too long to be kept, or the sentence why there was none."""

    lookup: Lookup
    length: int
    data: bytes
    failure: str


def kept(lookup: Lookup, fetched: Fetched) -> Answer:
    """What is kept of an answer."""
    data = fetched.data if len(fetched.data) <= MAXIMUM_ANSWER else b""
    return Answer(lookup, len(fetched.data), data, fetched.failure)


_event_of = tuple.__new__  # there are fifty events in a handshake: this skips a function of Python's for each


class Recorder(Observer):
    """Notes one connection of one side. ``clock`` is monotonic, in seconds."""

    def __init__(self, role: Role, config: Config, clock: Callable[[], float] = time.perf_counter) -> None:
        self.role = role
        self.config = config
        self.clock = clock
        self.created: datetime = config.clock()
        self.started = clock()
        self.handshakes: list[Handshake[Any]] = []
        self._current: Handshake[Any] | None = None
        self._handshake = -1  # its number
        self.error: TlsError | None = None
        self.reason = ""  # why the connection failed in the transport's words, which has seen more
        self.data: Kept[Event] = Kept(FIRST_DATA, LAST_DATA)
        self.data_records: Kept[Event] = Kept(FIRST_DATA, LAST_DATA)
        self.others: Kept[Event] = Kept(MOST_OTHERS, LAST_DATA, MOST_BYTES)
        self._count = 0
        self._carried: dict[tuple[bool, int], int] = defaultdict(
            int
        )  # bytes told of so far, by direction and content type
        self._sealed: dict[tuple[bool, int], int] = defaultdict(int)  # bytes in records so far
        self._sequence = {True: 0, False: 0}
        self.pieces: dict[bool, list[int]] = {True: [], False: []}  # lengths of what was written and read at once

    @property
    def events(self) -> list[Event]:
        """All events that were kept, in order."""
        kept = (*self.others, *self.data, *self.data_records)
        return sorted(kept, key=lambda event: event.number)

    def trace(self) -> Trace:
        """What happened so far."""
        from hellodone.trace.assembly import assemble

        return assemble(self)

    def handshake_began(self, hs: Handshake[Any]) -> None:
        """See Observer."""
        self.handshakes.append(hs)
        self._current = hs
        self._handshake += 1
        self.others.add(self._event("start", True, len(self.handshakes) - 1), always=True)

    def message(self, sent: bool, msg_type: int, raw: bytes) -> None:
        """See Observer."""
        start = self._carry(sent, ContentType.handshake, len(raw))
        self.others.add(self._event("message", sent, raw, start), len(raw))

    def change_cipher_spec(self, sent: bool) -> None:
        """See Observer."""
        start = self._carry(sent, ContentType.change_cipher_spec, 1)
        self.others.add(self._event("change_cipher_spec", sent, b"\x01", start))

    def alert(self, sent: bool, level: int, description: int) -> None:
        """See Observer."""
        start = self._carry(sent, ContentType.alert, 2)
        self.others.add(self._event("alert", sent, bytes((level, description)), start))

    def application_data(self, sent: bool, data: bytes) -> None:
        """See Observer."""
        start = self._carry(sent, ContentType.application_data, len(data))
        self.data.add(self._event("application_data", sent, (len(data), data[:MAXIMUM_DATA]), start), len(data))

    def record(self, sent: bool, content_type: int, plaintext_length: int, length: int, wire: bytes) -> None:
        """See Observer."""
        key = (sent, content_type)
        start = self._sealed[key]
        self._sealed[key] = start + plaintext_length
        sequence = self._sequence[sent]
        changes = content_type == ContentType.change_cipher_spec  # the next one counts from 0 (RFC 5246, 6.1)
        self._sequence[sent] = 0 if changes else sequence + 1
        event = self._event("record", sent, (content_type, plaintext_length, length, wire, sequence), start)
        (self.data_records if content_type == ContentType.application_data else self.others).add(event, len(wire))

    def piece(self, sent: bool, length: int) -> None:
        """See Observer."""
        lengths = self.pieces[sent]
        if len(lengths) < MOST_PIECES:
            lengths.append(length)

    def asked(self, lookup: Lookup) -> None:
        """See Observer."""
        self.others.add(self._event("asked", True, lookup))

    def answered(self, lookup: Lookup, fetched: Fetched) -> None:
        """See Observer. Of a long CRL the length alone is kept."""
        answer = kept(lookup, fetched)
        self.others.add(self._event("answered", False, answer), len(answer.data))

    def handshake_completed(self, hs: Handshake[Any]) -> None:
        """See Observer."""
        self.others.add(self._event("completed", True, None), always=True)

    def failed(self, error: TlsError) -> None:
        """See Observer."""
        self.error = error
        self.others.add(self._event("failed", True, None), always=True)

    def transport(self, event: str, **details: object) -> None:
        """See Observer. ``failed`` with a ``reason`` is why the transport gave the connection up."""
        if event == "failed":
            self.reason = str(details.get("reason", ""))
            return
        self.others.add(self._event(event, bool(details.get("sent", True)), details))

    def _carry(self, sent: bool, content_type: int, length: int) -> int:
        """How many bytes of that content type went before in that direction."""
        key = (sent, content_type)
        start = self._carried[key]
        self._carried[key] = start + length
        return start

    def _event(self, kind: str, sent: bool, payload: Any, start: int = 0) -> Event:
        self._count += 1
        number, time = self._count, self.clock()
        hs = self._current
        if hs is None:
            return Event(kind, sent, time, 0, 0, -1, payload, start, number)
        parts = (kind, sent, time, len(hs.__dict__), len(hs._checks), self._handshake, payload, start, number)
        return _event_of(Event, parts)


def facts_between(hs: Handshake[Any], start: int, stop: int) -> dict[str, object]:
    """The facts among the attributes ``start`` to ``stop``, by name and in order."""
    names = list(vars(hs))[start:stop]
    return {name: vars(hs)[name] for name in names if not name.startswith("_")}


def checks_between(hs: Handshake[Any], start: int, stop: int) -> Iterator[CheckMade]:
    """The checks with these numbers. What made an answer useless decides nothing yet, so it is not among them."""
    for made in hs._checks[start:stop]:
        if isinstance(made, tuple):
            yield CheckMade(*made)
        elif not isinstance(made, Account):
            yield from (CheckMade(check.claim, True, NO_ALERT) for check in made.checks if check.passed)


def account_between(hs: Handshake[Any], start: int, stop: int) -> Account | None:
    """How a chain was put to the test, among the checks with these numbers."""
    made = (m.account if isinstance(m, VerifiedPath) else m for m in hs._checks[start:stop])
    return next((account for account in made if isinstance(account, Account)), None)


def answers_between(hs: Handshake[Any], start: int, stop: int) -> Iterator[RevocationAnswer]:
    """What was said about certificates, among the checks with these numbers."""
    return (made for made in hs._checks[start:stop] if isinstance(made, RevocationAnswer))
