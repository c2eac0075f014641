"""From a trace to the rows of a chart: what is shown, in what order and words, but in no notation yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from hellodone.diagram.fold import fold
from hellodone.diagram.notes import note_of
from hellodone.diagram.rows import Arrow, Chart, Detail, Divider, Line, Loop, Mark, Note, Participant, Row, Style, Topic
from hellodone.diagram.steps import lines_of, title_of
from hellodone.diagram.tree import tree
from hellodone.diagram.values import plain
from hellodone.diagram.view import PLAIN, View
from hellodone.trace.model import Connection, Failure, Kind, Party, Phase, Step, Trace
from hellodone.trace.weaknesses import weaknesses

if TYPE_CHECKING:
    from hellodone.diagram.learning import Learning

_STYLES = {Kind.tcp: Style.kernel, Kind.application_data: Style.data, Kind.other: Style.other}
AGAIN = "Renegotiation"
_RENEGOTIATED = Line("Renegotiation complete", Mark.passed)
_CLOSED = {
    "truncated": "the stream ended without close_notify: something may be missing",
    "reset": "the connection was reset",
}


def chart_of(trace: Trace, detail: Detail | str = Detail.normal, view: View = PLAIN) -> Chart:
    """The rows of a chart. Secrets that are still in the trace appear as their length.

    Raises ConfigurationError for what an eavesdropper cannot have.
    """
    level = Detail(detail)
    participants = _participants(trace, view)
    learning = _learning(trace, view, [participant.party for participant in participants], level)
    rows = tuple(_rows(trace, level, learning))
    return Chart(
        title=plain(trace.title) or "TLS handshake",
        participants=participants,
        rows=(*rows, *_about_numbers(trace, rows)),
        detail=level,
    )


def _about_numbers(trace: Trace, rows: Iterable[Row]) -> Iterator[Note]:
    """Why numbers are missing, where some are: all charts of a trace, its JSON and its programs number alike."""
    said = {row.number for row in rows if isinstance(row, Note)}
    silent = [f"{step.number}" for step in trace.steps if not step.arrow and step.number not in said]
    if silent:
        *before, last = silent
        which = f"steps {', '.join(before)} and {last}, which send nothing, have" if before else ""
        which = which or f"step {last}, which sends nothing, has"
        yield Note(None, (Line(f"Steps have the same numbers in every chart: {which} no arrow"),), Topic.numbering)


def _learning(trace: Trace, view: View, lanes: Sequence[Party], detail: Detail) -> Learning | None:
    """What the parties learn, where that is shown; the closure has its price."""
    if not view.knowledge and not view.listens:
        return None
    from hellodone.diagram.learning import Learning

    return Learning(trace, view, lanes, detail)


def _participants(trace: Trace, view: View) -> tuple[Participant, ...]:
    """Client and server, and whoever else has a part."""
    parties = {Party.client, Party.server, *((Party.eavesdropper,) if view.listens else ())}
    for step in trace.steps:
        parties.update((step.sender, step.receiver), (reaction.party for reaction in step.reactions))
    one = trace.connections[0] if len(trace.connections) == 1 else Connection()
    server = ", ".join(filter(None, (one.server_name, one.server)))
    places = {Party.client: one.client, Party.server: server, Party.ca: one.authority}
    if view.eavesdropper_has:
        places[Party.eavesdropper] = f"has {', '.join(view.eavesdropper_has)}"
    return tuple(
        Participant(party, "CA" if party is Party.ca else party.value.capitalize(), plain(places.get(party, "")))
        for party in Party
        if party in parties
    )


def _rows(trace: Trace, detail: Detail, learning: Learning | None) -> Iterator[Row]:
    in_order = sorted(trace.steps, key=lambda step: step.connection)
    for connection, steps in groupby(in_order, key=lambda step: step.connection):
        outcome = trace.connections[connection]
        if len(trace.connections) > 1:
            yield Divider(_heading(connection, outcome), begins=True)
        yield from _connection_rows(trace, connection, list(steps), detail, learning)
    for warning in trace.warnings:
        yield Note(None, (Line(plain(warning)),), Topic.remark)


def _heading(index: int, connection: Connection) -> str:
    ends = " → ".join(plain(end) for end in (connection.client, connection.server) if end)
    return f"Connection {index + 1}" + (f": {ends}" if ends else "")


def _connection_rows(
    trace: Trace, index: int, steps: list[Step], detail: Detail, learning: Learning | None
) -> Iterator[Row]:
    connection = trace.connections[index]
    phase: Phase | None = None
    completing = _completing(steps, connection)
    completed = 0
    failing = _failing(steps, connection.failure)
    levels = _levels(steps)
    for folded in _with_data_folded(steps):
        if isinstance(folded, Loop):
            if phase is not Phase.data:
                phase = Phase.data
                yield Divider(phase.value)
            yield folded
            yield from learning.of_loop(folded) if learning else ()
            continue
        if folded.phase is not phase:
            phase = folded.phase
            yield Divider(AGAIN if completed and phase is Phase.negotiation else phase.value)
        yield from _step_rows(folded, detail, levels.get(folded.number, 0), learning)
        if folded.number in completing:
            completed += 1
            yield _success(connection) if completed == 1 else Note(None, (_RENEGOTIATED,), Topic.success)
        if folded.number in completing and completed == 1:
            yield from _weaknesses(trace, index, detail)
        if folded is failing:
            yield _failure(connection)
    if failing is None and connection.failure is not None:
        yield _failure(connection)
    if connection.failure is None and connection.closed in _CLOSED:
        yield Note(None, (Line(_CLOSED[connection.closed], Mark.failed),), Topic.remark)


def _with_data_folded(steps: Iterable[Step]) -> Iterator[Step | Loop]:
    """Application data to which nobody reacted may be folded."""
    for plain_data, group in groupby(steps, key=lambda s: s.kind is Kind.application_data and not s.reactions):
        for part in fold(list(group)) if plain_data else [list(group)]:
            if isinstance(part, Loop):
                yield part
            else:
                yield from part


# --- one step


def _levels(steps: Iterable[Step]) -> dict[int, int]:
    """By step, how many times its sender had changed keys; nothing where that was once (RFC 4680, figure 2)."""
    levels: dict[int, int] = {}
    changes = Counter[Party]()
    for step in steps:
        levels[step.number] = changes[step.sender]
        if step.kind is Kind.change_cipher_spec:
            changes[step.sender] += 1
    return levels if max(changes.values(), default=0) > 1 else {}


def _step_rows(step: Step, detail: Detail, level: int, learning: Learning | None) -> Iterator[Row]:
    if step.arrow:
        yield _arrow(step, detail, level)
    if step.activates and detail is not Detail.brief:
        yield _activation(step)
    for reaction in step.reactions:
        note = note_of(reaction, detail, facts=learning is None or reaction.party not in learning.parties)
        if note is not None:
            yield note if step.arrow else replace(note, number=step.number)
        if detail is Detail.full and reaction.verification is not None:
            yield from tree(reaction.party, reaction.verification)
    yield from learning.rows(step) if learning else ()


def _arrow(step: Step, detail: Detail, level: int) -> Arrow:
    return Arrow(
        number=step.number,
        sender=step.sender,
        receiver=step.receiver,
        title=plain(title_of(step)),
        lines=tuple([plain(line) for line in lines_of(step, detail)]),
        style=_style(step),
        protection=plain(step.protection) + (f", level {level}" if level and step.protection else ""),
    )


def _style(step: Step) -> Style:
    if step.kind is Kind.alert:
        return _alert_style(step)
    if step.kind is Kind.lookup and step.sender is Party.ca and not step.length:
        return Style.other  # it came to nothing
    return _STYLES.get(step.kind, Style.message)


def _alert_style(step: Step) -> Style:
    """A close_notify, alert 0, is no cause for alarm."""
    if step.type_number == 0:
        return Style.message
    return Style.fatal if step.summary.startswith("fatal") else Style.alert


def _activation(step: Step) -> Note:
    """From here on the sender's pending state is current (RFC 5246, 7.1)."""
    protection = plain(step.activates)
    keys = " and ".join(_keys(step))
    text = f"{step.sender} → {step.receiver}: from here on {protection}"
    return Note(None, (Line(text if keys in protection else f"{text}, {keys}", Mark.key),), Topic.activation)


def _keys(step: Step) -> Iterator[str]:
    """Those in which the cipher has a part: of a MAC of its own, of encryption, or both (RFC 5246, 6.3)."""
    if "HMAC" in step.activates:
        yield f"{step.sender}_write_mac_key"
    if not step.activates.startswith("NULL"):
        yield f"{step.sender}_write_key"


# --- what came out


def _completing(steps: list[Step], connection: Connection) -> set[int]:
    """The numbers of the steps that complete a handshake: every second Finished, unless it was the one refused."""
    if not connection.completed:
        return set()
    finished = [step.number for step in steps if step.name == "Finished"]
    refused = connection.failure.step if connection.failure is not None else 0
    return set(finished[1::2]) - {refused}


def _weaknesses(trace: Trace, index: int, detail: Detail) -> Iterator[Note]:
    """One note that names what is weak in what was agreed on."""
    found = weaknesses(trace, index)
    if not found:
        return
    head = Line(f"Weak: {', '.join(weakness.name for weakness in found)}" if detail is Detail.brief else "Weaknesses")
    lines = () if detail is Detail.brief else found
    said = (Line(f"{plain(w.name)}: {w.sentence} ({w.reference})", Mark.failed) for w in lines)
    yield Note(None, (head, *said), Topic.remark)


def _failing(steps: list[Step], failure: Failure | None) -> Step | None:
    """The step below which the failure is told: its alert, or the one that was being handled."""
    if failure is None:
        return None
    after = [step for step in steps if step.number >= failure.step]
    alerts = [step for step in after if step.kind is Kind.alert]
    handled = [step for step in after if step.number == failure.step]
    return next(iter(alerts or handled), None)


def _success(connection: Connection) -> Note:
    alpn = f"application protocol {connection.alpn}" if connection.alpn else ""
    facts = (connection.version, connection.cipher_suite, connection.group, alpn)
    resumed = "resumed session: " if connection.resumed else ""
    agreed = resumed + ", ".join(plain(fact) for fact in facts if fact)
    head = Line("Handshake complete", Mark.passed)
    return Note(None, (head, Line(agreed)) if agreed else (head,), Topic.success)


def _failure(connection: Connection) -> Note:
    failure = connection.failure
    assert failure is not None, "only told where there is one"
    what = "connection" if connection.completed else "handshake"
    alert = f" with {plain(failure.alert)}" if failure.alert else ""
    head = Line(f"The {what} failed: the {failure.decided_by} ended it{alert}", Mark.failed)
    return Note(None, (head, Line(plain(failure.reason))) if failure.reason else (head,), Topic.failure)
