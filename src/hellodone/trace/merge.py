"""Two traces of one connection, seen from its two ends, as one trace.

Each step is taken from its sender, who knows when it happened; what the receiver learnt and checked because of it is
added from the receiver's trace, where the same bytes in the same order are the same step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hellodone.trace.model import Connection, Kind, Party, Record, Step, Trace

_SEEN_BY_BOTH = (Kind.message, Kind.change_cipher_spec, Kind.alert, Kind.other)


def merge(client: Trace, server: Trace) -> Trace:
    """Both sides' reactions on one row of steps. The traces must be one-sided and of the same single connection."""
    shift = _seconds_between(client.created, server.created)
    server_steps = [replace(step, time=step.time + shift) for step in server.steps]
    records = client.records
    sent = [step for step in client.steps if step.sender is Party.client or step.kind is Kind.tcp]
    answers = [step for step in server_steps if step.sender is Party.server and step.kind is not Kind.tcp]
    # the closing segments of the server are best told by the server itself
    sent = [step for step in sent if not (step.kind is Kind.tcp and step.name == "FIN" and step.sender is Party.server)]
    answers += [step for step in server_steps if step.kind is Kind.tcp and step.name == "FIN" and _by_server(step)]
    steps = sorted(sent + answers, key=lambda step: step.time)
    joined = _with_reactions(steps, client.steps, server_steps)
    placed = _with_records(joined, client.steps)
    return Trace(
        steps=tuple(_numbered(placed)),
        connections=(_connection(client.connections[0], server.connections[0], placed),),
        records=records or _flipped(server.records),
        observed_by=(Party.client, Party.server),
        title=client.title,
        created=client.created,
        generator=client.generator,
        warnings=tuple(dict.fromkeys((*client.warnings, *server.warnings))),
    )


def _by_server(step: Step) -> bool:
    return step.sender is Party.server


def _with_reactions(steps: list[Step], client: Iterable[Step], server: Iterable[Step]) -> list[Step]:
    """Each step with the reaction of the side that received it: the n-th of its kind in that direction."""
    received = {
        Party.client: deque(s for s in server if s.sender is Party.client and s.kind in _SEEN_BY_BOTH),
        Party.server: deque(s for s in client if s.sender is Party.server and s.kind in _SEEN_BY_BOTH),
    }
    data = {
        Party.client: deque(s for s in server if s.sender is Party.client and s.kind is Kind.application_data),
        Party.server: deque(s for s in client if s.sender is Party.server and s.kind is Kind.application_data),
    }
    joined = []
    for step in steps:
        waiting = received[step.sender] if step.kind in _SEEN_BY_BOTH else data[step.sender]
        if step.kind not in (*_SEEN_BY_BOTH, Kind.application_data) or not waiting:
            joined.append(step)
            continue
        other = waiting.popleft()
        joined.append(replace(step, reactions=(*step.reactions, *other.reactions)))
    return joined


def _with_records(steps: list[Step], client: Iterable[Step]) -> list[Step]:
    """The server's steps with the records by their place in the client's list."""
    seen = deque(s for s in client if s.sender is Party.server and s.kind in (*_SEEN_BY_BOTH, Kind.application_data))
    placed = []
    for step in steps:
        if step.sender is Party.server and step.kind in (*_SEEN_BY_BOTH, Kind.application_data):
            step = replace(step, records=seen.popleft().records if seen else ())
        placed.append(step)
    return placed


def _connection(client: Connection, server: Connection, steps: list[Step]) -> Connection:
    """The outcome both sides agree on; the failure of whoever decided it."""
    failures = [side.failure for side in (client, server) if side.failure is not None]
    ours = [f for f, side in zip((client.failure, server.failure), Party, strict=False) if f and f.decided_by is side]
    failure = next(iter(ours or failures), None)
    if failure is not None:
        last = max((s.number for s in _numbered(steps) if s.kind not in (Kind.alert, Kind.tcp)), default=0)
        failure = replace(failure, step=last)
    return replace(
        client,
        server_name=client.server_name or server.server_name,
        group=client.group or server.group,
        completed=client.completed and server.completed,
        failure=failure,
    )


def _numbered(steps: Iterable[Step]) -> list[Step]:
    return [replace(step, number=number) for number, step in enumerate(steps, 1)]


def _flipped(records: tuple[Record, ...]) -> tuple[Record, ...]:
    return records


def _seconds_between(earlier: str, later: str) -> float:
    if not earlier or not later:
        return 0.0
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
