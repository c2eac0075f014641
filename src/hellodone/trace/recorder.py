"""The recorder: an observer that notes what happens, cheaply, and makes a trace of it when asked.

While the connection runs each event is one tuple in a list: what happened, when, and how many facts and checks the
handshake had by then. Facts are write-once and keep their order, so what an event taught is the slice up to the next
event. From time to time the list is gone through for what may be forgotten (``trace/notes.py``); all rendering waits
until ``trace()`` is called.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sized
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from hellodone.config import Config
from hellodone.errors import AlertDescription, TlsError
from hellodone.handshake.context import CheckMade, Handshake, Role
from hellodone.handshake.observer import Observer
from hellodone.pki.account import Account
from hellodone.pki.answers import RevocationAnswer
from hellodone.pki.lookups import Fetched, Lookup
from hellodone.pki.verify import VerifiedPath
from hellodone.record.layer import APPLICATION_DATA, WATCHED
from hellodone.trace.model import Trace
from hellodone.trace.notes import Note, Notes
from hellodone.wire.record_header import HEADER_LENGTH

MAXIMUM_DATA, MAXIMUM_LATER_DATA = 4096, 256  # bytes of application data kept of one write or record, early and late
EARLY = 32  # pieces of application data: what is said first tells most, and copying much of much costs
MOST_NOTES = 128  # before they are gone through; a handshake has fewer
MOST_SHORT_NOTES = 256  # the same of such as hold a few pieces of application data
FEW, MANY = 4, 32  # pieces of application data in a note
MOST_PIECES = 4096  # lengths kept of what was written or read at once, a direction

MAXIMUM_ANSWER = 64 * 2**10  # bytes of an OCSP response or CRL that are kept

NO_ALERT = AlertDescription.internal_error  # of a check that passed: it is not shown


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


_beginning = itemgetter(slice(MAXIMUM_DATA))
_short_beginning = itemgetter(slice(MAXIMUM_LATER_DATA))


class Recorder(Observer):
    """Notes one connection of one side. ``clock`` is monotonic, in seconds."""

    def __init__(self, role: Role, config: Config, clock: Callable[[], float] = time.perf_counter) -> None:
        self.role = role
        self.config = config
        self.clock = clock
        self.created: datetime = config.clock()
        self.started = clock()
        self.handshakes: list[Handshake[Any]] = []
        self.error: TlsError | None = None
        self.reason = ""  # why the connection failed in the transport's words, which has seen more
        self.pieces: dict[bool, list[int]] = {True: [], False: []}  # lengths of what was written and read at once
        self._facts: Sized = ()  # of the handshake that is under way
        self._checks: Sized = ()
        self._noted: list[Note] = []
        self._notes: Notes | None = None  # what the list was gone through for
        self._early = EARLY  # so many pieces of application data more
        self._beginning = _beginning

    def notes(self) -> Notes:
        """Go through what was noted."""
        if self._notes is None:
            self._notes = Notes()
        noted, self._noted = self._noted, []
        self._notes.enter(noted)
        return self._notes

    def trace(self) -> Trace:
        """What happened so far."""
        from hellodone.trace.assembly import assemble

        return assemble(self)

    def handshake_began(self, hs: Handshake[Any]) -> None:
        """See Observer."""
        self.handshakes.append(hs)
        self._facts, self._checks = vars(hs), hs._checks
        self._note("start", True, None)

    def message(self, sent: bool, msg_type: int, raw: bytes) -> None:
        """See Observer."""
        self._noted.append(("message", sent, self.clock(), len(self._facts), len(self._checks), raw))

    def change_cipher_spec(self, sent: bool) -> None:
        """See Observer."""
        self._note("change_cipher_spec", sent, b"\x01")

    def alert(self, sent: bool, level: int, description: int) -> None:
        """See Observer."""
        self._note("alert", sent, bytes((level, description)))

    def sealed(self, content_type: int, data: bytes, limit: int, pieces: list[bytes]) -> None:
        """See Observer."""
        length = len(data)
        if content_type == APPLICATION_DATA:
            data = self._beginning(data)
            _shorten(pieces)
            self._limit_data(len(pieces) // 2)
        payload = (content_type, length, data, limit, pieces)
        self._noted.append(("sealed", True, self.clock(), len(self._facts), len(self._checks), payload))

    def opened(self, content_type: int, content: bytes, record: bytes) -> None:
        """See Observer."""
        payload = (content_type, content, record)
        self._noted.append(("opened", False, self.clock(), len(self._facts), len(self._checks), payload))
        if len(self._noted) >= MOST_NOTES:
            self.notes()

    def delivered(self, contents: list[bytes], records: list[bytes]) -> None:
        """See Observer."""
        payload = (list(map(len, contents)), self._beginnings(contents), records)
        self._noted.append(("delivered", False, self.clock(), len(self._facts), len(self._checks), payload))
        self._limit_data(len(contents))

    def piece(self, sent: bool, length: int) -> None:
        """See Observer."""
        lengths = self.pieces[sent]
        if len(lengths) < MOST_PIECES:
            lengths.append(length)

    def asked(self, lookup: Lookup) -> None:
        """See Observer."""
        self._note("asked", True, lookup)

    def answered(self, lookup: Lookup, fetched: Fetched) -> None:
        """See Observer. Of a long CRL the length alone is kept."""
        self._note("answered", False, kept(lookup, fetched))

    def handshake_completed(self, hs: Handshake[Any]) -> None:
        """See Observer."""
        self._note("completed", True, None)

    def failed(self, error: TlsError) -> None:
        """See Observer."""
        self.error = error
        self._note("failed", True, None)

    def transport(self, event: str, **details: object) -> None:
        """See Observer. ``failed`` with a ``reason`` is why the transport gave the connection up."""
        if event == "failed":
            self.reason = str(details.get("reason", ""))
            return
        self._note(event, bool(details.get("sent", True)), details)

    def _note(self, kind: str, sent: bool, payload: Any) -> None:
        self._noted.append((kind, sent, self.clock(), len(self._facts), len(self._checks), payload))
        if len(self._noted) >= MOST_NOTES:
            self.notes()

    def _beginnings(self, contents: list[bytes]) -> list[bytes]:
        """Of later data that comes in many pieces at once, of the first and the last alone."""
        number = len(contents)
        if self._early > 0 or number <= FEW:
            return list(map(self._beginning, contents))
        beginnings = [b""] * number
        beginnings[0], beginnings[-1] = self._beginning(contents[0]), self._beginning(contents[-1])
        return beginnings

    def _limit_data(self, number: int) -> None:
        """Go through the notes when so many pieces of application data, or records of it, make it time."""
        if self._early > 0:
            self._early -= number
            if self._early <= 0:
                self._beginning = _short_beginning
        if len(self._noted) >= (MOST_SHORT_NOTES if number <= FEW else MOST_NOTES if number <= MANY else 0):
            self.notes()


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


def _shorten(pieces: list[bytes]) -> None:
    """Of long records of application data, in two pieces each, only what begins with the header is kept: all but the
    last share one."""
    longest = HEADER_LENGTH + WATCHED
    if len(pieces[0]) + len(pieces[1]) <= longest:
        return  # and the others, if any, are not longer
    pieces[:-2] = [pieces[0][:HEADER_LENGTH], b""] * (len(pieces) // 2 - 1)
    if len(pieces[-2]) + len(pieces[-1]) > longest:
        pieces[-1] = b""
