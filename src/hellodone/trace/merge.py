"""Two traces of one connection, seen from its two ends, as one trace.

Each step is taken from its sender, who knows when it happened; what the receiver learnt and checked because of it is
added from the receiver's trace (``interleave``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from hellodone.trace.interleave import interleave
from hellodone.trace.model import Connection, Kind, Party, Record, Step, Trace


def merge(client: Trace, server: Trace) -> Trace:
    """Both sides' reactions on one row of steps. The traces must be one-sided and of the same single connection."""
    shift = _seconds_between(client.created, server.created)
    steps = interleave(client.steps, [replace(step, time=step.time + shift) for step in server.steps])
    return Trace(
        steps=tuple(_numbered(steps)),
        connections=(_connection(client.connections[0], server.connections[0], steps),),
        records=client.records,
        observed_by=(Party.client, Party.server),
        title=client.title,
        created=client.created,
        generator=client.generator,
        warnings=tuple(dict.fromkeys((*client.warnings, *server.warnings))),
    )


def _connection(client: Connection, server: Connection, steps: list[Step]) -> Connection:
    """The outcome both sides agree on; the failure of whoever decided it."""
    failures = [side.failure for side in (client, server) if side.failure is not None]
    ours = [f for f, side in zip((client.failure, server.failure), Party, strict=False) if f and f.decided_by is side]
    failure = next(iter(ours or failures), None)
    if failure is not None:
        failure = replace(failure, step=_refused_step(_numbered(steps), failure.decided_by))
    return replace(
        client,
        authority=", ".join(filter(None, (client.authority, server.authority))),
        server_name=client.server_name or server.server_name,
        group=client.group or server.group,
        completed=client.completed and server.completed,
        failure=failure,
        pieces=(*client.pieces, *server.pieces),
    )


def _refused_step(steps: Sequence[Step], party: Party) -> int:
    """The step whose check that party found false; where none was, the last one before the alert."""
    for step in steps:
        if any(check.refused for check in step.reaction(party).checks):
            return step.number
    return max((step.number for step in steps if step.kind not in (Kind.alert, Kind.tcp)), default=0)


def _numbered(steps: Iterable[Step]) -> list[Step]:
    return [replace(step, number=number) for number, step in enumerate(steps, 1)]


def _seconds_between(earlier: str, later: str) -> float:
    if not earlier or not later:
        return 0.0
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def preceded(trace: Trace, steps: Sequence[Step], shift: float) -> Trace:
    """The trace with these steps of its first connection before its own, which began ``shift`` seconds later."""
    later = [replace(step, time=step.time + shift) for step in trace.steps]
    return replace(
        trace,
        steps=tuple(_numbered((*steps, *later))),
        connections=tuple(_moved(connection, len(steps)) for connection in trace.connections),
    )


def together(traces: Sequence[Trace]) -> Trace:
    """Several connections, one after another, as one trace: a session and its resumption, say."""
    steps: list[Step] = []
    records: list[Record] = []
    connections: list[Connection] = []
    for trace in traces:
        before, shift = len(connections), _seconds_between(traces[0].created, trace.created)
        connections += [_moved(connection, len(steps)) for connection in trace.connections]
        for step in trace.steps:
            moved = tuple(index + len(records) for index in step.records)
            steps.append(replace(step, time=step.time + shift, connection=step.connection + before, records=moved))
        records += [replace(record, connection=record.connection + before) for record in trace.records]
    return replace(
        traces[0],
        steps=tuple(_numbered(steps)),
        connections=tuple(connections),
        records=tuple(records),
        warnings=tuple(dict.fromkeys(warning for trace in traces for warning in trace.warnings)),
    )


def _moved(connection: Connection, steps: int) -> Connection:
    """The connection in a trace where so many steps go before its own."""
    failure = connection.failure
    return connection if failure is None else replace(connection, failure=replace(failure, step=failure.step + steps))
