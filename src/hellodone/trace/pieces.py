"""Where records lie in their sender's stream of bytes, and in which pieces that stream was written and read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hellodone.registry.codes import ContentType
from hellodone.trace.model import Party, Pieces, Record
from hellodone.wire.record_header import HEADER_LENGTH


def placed(records: Iterable[Record]) -> Iterator[Record]:
    """The records of one connection with their offsets, in each direction up to the first one that was left out."""
    ends: dict[Party, int] = defaultdict(int)
    due: dict[Party, int | None] = defaultdict(int)  # the sequence number that comes next
    for record in records:
        sender = record.sender
        if due[sender] != record.sequence:
            due[sender] = None
        if due[sender] is None:
            yield record
            continue
        yield replace(record, offset=ends[sender])
        ends[sender] += HEADER_LENGTH + record.length
        changes = record.content_type == ContentType.change_cipher_spec  # the next one counts from 0 (RFC 5246, 6.1)
        due[sender] = 0 if changes else record.sequence + 1


def handed_over(lengths: Mapping[bool, Sequence[int]], us: Party) -> tuple[Pieces, ...]:
    """What this side wrote at once and read at once, by whether it was sent; nothing of a direction without bytes."""
    peer = Party.server if us is Party.client else Party.client
    return tuple(
        Pieces(us if sent else peer, us, tuple(filter(None, lengths[sent])))
        for sent in (True, False)
        if any(lengths[sent])
    )
