"""Every value of a trace that can be computed again, with its program: for pages, and for a list on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hellodone.errors import ConfigurationError
from hellodone.trace.courses import courses
from hellodone.trace.given import told
from hellodone.trace.model import Party, Trace
from hellodone.trace.recompute import RECOMPUTABLE, Snippet, computed_in
from hellodone.trace.recompute_case import KEY_PARTS

__all__ = ["Recomputed", "recompute_all"]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """One value: who computed it, in which handshake of the trace (from 0), told of in which step."""

    name: str
    party: Party
    handshake: int
    connection: int
    step: int
    snippet: Snippet


def recompute_all(trace: Trace, *, server_key: str = "") -> Iterator[Recomputed]:
    """All of them, handshake by handshake in the order of ``RECOMPUTABLE``; nothing where secrets are withheld."""
    there = courses(trace)
    known = told(trace, there)
    for course in there.all:
        for name in RECOMPUTABLE:
            for party in (Party.client, Party.server):
                parts = KEY_PARTS if name == "key_block" else (name,)
                steps = [known[key][0] for part in parts if (key := (party, course.index, part)) in known]
                if not steps:
                    continue
                try:
                    snippet = computed_in(course, known, name, party, server_key)
                except ConfigurationError:  # chosen rather than computed, or not all of it is shown
                    continue
                yield Recomputed(name, party, course.index, course.connection, min(steps), snippet)
