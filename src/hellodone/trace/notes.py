"""What a recorder noted, made into events: in order, each with its place in the stream, and no more than can be kept.

Of what may come without end - application data, its records, refused renegotiations - the first and the last are
kept, so that a connection may last for days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import add, attrgetter
from typing import Any, NamedTuple

from hellodone.record.layer import APPLICATION_DATA
from hellodone.registry.codes import ContentType
from hellodone.trace.keep import Kept
from hellodone.wire.record_header import unpack_header

FIRST_DATA, LAST_DATA = 200, 50  # writes or received pieces of application data; as many records again
MOST_OTHERS = 4096  # events of other kinds, before only the last are kept
MOST_BYTES = 8 * 2**20  # of messages and records, before only the last are kept

Note = tuple[str, bool, float, int, int, Any]
"""The kind of an event, whether it was sent, when, how many facts and checks the handshake had before it, a payload.

The payload of "sealed" is: content type, length of the data, the data (of application data the beginning), the longest
plaintext, two pieces a record; of "opened": content type, content, record; of "delivered", which is application data:
lengths of the contents, their beginnings, records.
"""

_CARRIED_AS = {
    "message": ContentType.handshake,
    "change_cipher_spec": ContentType.change_cipher_spec,
    "alert": ContentType.alert,
}
_KEPT_ALWAYS = frozenset(("start", "completed", "failed"))


class Event(NamedTuple):
    """One thing that happened. ``facts`` and ``checks`` count what ``handshake`` had learnt before it.

    ``start`` is how many bytes of its content type went before it in its direction, ``number`` counts the notes.
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


class Run(NamedTuple):
    """The payload of an event that stands for several: pieces of application data, or records.

    ``parts`` are those pieces or records, of application data perhaps the beginnings only; ``lengths`` those of the
    plaintexts; ``sequence`` is the number of the first record.
    """

    content_type: int
    lengths: list[int]
    parts: list[bytes]
    sequence: int = 0


class Notes:
    """The notes of one connection, as far as they are kept."""

    def __init__(self) -> None:
        self.data: Kept[Event] = Kept(FIRST_DATA, LAST_DATA)
        self.data_records: Kept[Event] = Kept(FIRST_DATA, LAST_DATA)
        self.others: Kept[Event] = Kept(MOST_OTHERS, LAST_DATA, MOST_BYTES)
        self._count = 0
        self._handshake = -1  # its number
        # so far, by direction and content type: bytes told of, and bytes in records
        self._carried: dict[tuple[bool, int], int] = defaultdict(int)
        self._recorded: dict[tuple[bool, int], int] = defaultdict(int)
        self._sequence = {True: 0, False: 0}

    @property
    def events(self) -> list[Event]:
        """All events that are kept, in order, each of a run by itself."""
        kept = (self.others, self.data, self.data_records)
        events = chain.from_iterable((*_singly(k.first), *islice(_singly(k.last), k.surplus, None)) for k in kept)
        return sorted(events, key=attrgetter("number"))

    def enter(self, notes: Sequence[Note]) -> None:
        """Go through what was noted since the last time."""
        forgotten, unrecorded = self._forgotten(notes)
        for index, note in enumerate(notes):
            self._count += 1
            kind, sent, payload = note[0], note[1], note[-1]
            if kind == "sealed":
                content_type, length, beginning, limit, pieces = payload
                if content_type == APPLICATION_DATA:
                    if index < forgotten:
                        self._pass_over(sent, length, 1, len(pieces) // 2)
                        continue
                    self._enter_data(note, [length], [beginning])
                    if index < unrecorded:
                        self._pass_over_records(sent, length, len(pieces) // 2)
                        continue
                wires = list(map(add, pieces[::2], pieces[1::2]))
                lengths = [limit] * (len(wires) - 1)
                lengths.append(length - sum(lengths))
                self._enter_records(note, content_type, lengths, wires)
            elif kind == "opened":
                content_type, content, wire = payload
                self._enter_records(note, content_type, [len(content)], [wire])
            elif kind == "delivered":
                lengths, beginnings, wires = payload
                if index < forgotten:
                    self._pass_over(sent, sum(lengths), len(lengths), len(wires))
                    continue
                if index < unrecorded:
                    self._pass_over_records(sent, sum(lengths), len(wires))
                else:
                    self._enter_records(note, APPLICATION_DATA, lengths, wires)
                self._enter_data(note, lengths, beginnings)
            else:
                self._enter_other(note, kind, payload)

    def _forgotten(self, notes: Sequence[Note]) -> tuple[int, int]:
        """How many notes come before the last application data that is kept, and before its last records that are.

        Of either none as long as the first are not kept yet.
        """
        forgotten = unrecorded = len(notes)
        pieces = records = 0
        while forgotten and pieces < LAST_DATA:
            forgotten -= 1
            if records < LAST_DATA:
                unrecorded = forgotten
            kind, payload = notes[forgotten][0], notes[forgotten][-1]
            if kind == "delivered":
                pieces += len(payload[0])
                records += len(payload[0])
            elif kind == "sealed" and payload[0] == APPLICATION_DATA:
                pieces += 1
                records += len(payload[-1]) // 2
        if self.data_records.room:
            return 0, 0
        return 0 if self.data.room else forgotten, unrecorded

    def _pass_over(self, sent: bool, size: int, pieces: int, records: int) -> None:
        """Count application data that need not be kept."""
        self._carried[sent, APPLICATION_DATA] += size
        self.data.count += pieces
        self.data.size += size
        self._pass_over_records(sent, size, records)

    def _pass_over_records(self, sent: bool, size: int, records: int) -> None:
        self._recorded[sent, APPLICATION_DATA] += size
        self._sequence[sent] += records
        self.data_records.count += records

    def _enter_data(self, note: Note, lengths: list[int], beginnings: list[bytes]) -> None:
        place = note[1], APPLICATION_DATA
        start, size = self._carried[place], sum(lengths)
        self._carried[place] = start + size
        run = Run(APPLICATION_DATA, lengths, beginnings)
        _keep_run(self.data, self._event("application_data", note, run, start), size)

    def _enter_records(self, note: Note, content_type: int, lengths: list[int], wires: list[bytes]) -> None:
        sent, place = note[1], (note[1], content_type)
        start, sequence = self._recorded[place], self._sequence[sent]
        self._recorded[place] = start + sum(lengths)
        changes = content_type == ContentType.change_cipher_spec  # the next one counts from 0 (RFC 5246, 6.1)
        self._sequence[sent] = 0 if changes else sequence + len(wires)
        event = self._event("record", note, Run(content_type, lengths, wires, sequence), start)
        if content_type == APPLICATION_DATA:
            _keep_run(self.data_records, event)
        else:
            self.others.add(event, sum(map(len, wires)), len(wires))

    def _enter_other(self, note: Note, kind: str, payload: Any) -> None:
        start = size = 0
        if kind == "start":
            self._handshake += 1
        elif kind == "answered":
            size = len(payload.data)
        elif kind in _CARRIED_AS:
            place, size = (note[1], _CARRIED_AS[kind]), len(payload)
            start = self._carried[place]
            self._carried[place] = start + size
        self.others.add(self._event(kind, note, payload, start), size, always=kind in _KEPT_ALWAYS)

    def _event(self, kind: str, note: Note, payload: Any, start: int) -> Event:
        _, sent, time, facts, checks, _ = note
        return Event(kind, sent, time, facts, checks, self._handshake, payload, start, self._count)


def _keep_run(kept: Kept[Event], event: Event, size: int = 0) -> None:
    """Of a run that is longer than what can be kept, the first and the last of it are."""
    run: Run = event.payload
    number = len(run.lengths)
    if number <= (kept.room or LAST_DATA):
        kept.add(event, size, number)
        return
    first, last = kept.room, max(kept.room, number - LAST_DATA)
    for start, stop in ((0, first), (first, last), (last, number)):
        if start == stop:
            continue
        part = Run(run.content_type, run.lengths[start:stop], run.parts[start:stop], run.sequence + start)
        place = event.start + sum(run.lengths[:start])
        kept.add(event._replace(payload=part, start=place), sum(part.lengths), stop - start)


def _singly(events: Iterable[Event]) -> Iterator[Event]:
    """Each piece and each record of a run by itself."""
    for event in events:
        run = event.payload
        if not isinstance(run, Run):
            yield event
            continue
        start = event.start
        for sequence, (length, part) in enumerate(zip(run.lengths, run.parts, strict=True), run.sequence):
            payload: tuple[Any, ...] = (length, part)
            if event.kind == "record":
                payload = (run.content_type, length, unpack_header(part)[2], part, sequence)
            yield event._replace(payload=payload, start=start)
            start += length
