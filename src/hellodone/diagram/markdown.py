"""A chart to read: Mermaid's picture, then every step explained, a section a phase, in one of several languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from hellodone.diagram.chart import AGAIN
from hellodone.diagram.language import Language, language
from hellodone.diagram.narrate import Narrator
from hellodone.diagram.rows import Chart, Detail, Divider, Note, Row
from hellodone.diagram.steps import lines_of, title_of
from hellodone.diagram.values import plain
from hellodone.trace.model import Connection, Kind, Party, Phase, Step, Trace
from hellodone.trace.weaknesses import weaknesses

_SPECIAL = re.compile(r"[\\`*{}\[\]<>#|~]|(?<![^\W_])_|_(?![^\W_])")  # an underscore within a word is only that
ChartAt = Callable[[Detail], Chart]
"""The chart with so much detail."""

_LANES = {Party.ca: "CA"}
_FOLDED = 6  # records of application data in a row that are told one by one


def render(trace: Trace, chart_at: ChartAt, draw: Callable[[ChartAt], str], detail: Detail, code: str = "en") -> str:
    """The document. ``draw`` makes Mermaid's picture of a chart. Raises ConfigurationError for an unknown language."""
    words = language(code)
    picture = draw(lambda level: _translated(chart_at(level), words))
    lines = [f"# {_escape(plain(trace.title) or 'TLS handshake')}", "", "```mermaid", picture.rstrip("\n"), "```"]
    for index, connection in enumerate(trace.connections):
        steps = [step for step in trace.steps if step.connection == index]
        lines += _connection(trace, index, connection, steps, detail, words)
    lines += [line for warning in trace.warnings for line in ("", f"> {_escape(words.claim(plain(warning)))}")]
    return "\n".join(lines) + "\n"


def _translated(chart: Chart, words: Language) -> Chart:
    """The chart with the headings and the notes that say what came out in that language."""
    headings = {phase.value: words.heading(phase) for phase in Phase} | {AGAIN: words.say("phases.again")}

    def translate(row: Row) -> Row:
        match row:
            case Divider(title):
                return Divider(headings.get(title, title))
            case Note():
                return replace(row, lines=tuple([replace(line, text=words.claim(line.text)) for line in row.lines]))
        return row

    return replace(chart, rows=tuple(map(translate, chart.rows)))


def _connection(
    trace: Trace, index: int, connection: Connection, steps: Sequence[Step], detail: Detail, words: Language
) -> Iterator[str]:
    several = len(trace.connections) > 1
    if several:
        yield from ("", f"## {words.say('phases.connection', number=index + 1)}")
    narrator = Narrator(words, connection, steps)
    done = 0  # handshakes
    for phase, group in groupby(steps, key=lambda step: step.phase):
        members = list(group)
        yield from ("", f"{'###' if several else '##'} {_heading(words, phase, members, done > 0)}")
        for told in _with_data_folded(members):
            yield from _step(narrator, told, detail) if isinstance(told, Step) else _folded(words, told)
        if any(step.name == "Finished" for step in members) and connection.completed:
            yield from ("", f"**{_escape(_complete(words, connection, done > 0))}**")
            done += 1
    yield from _outcome(trace, index, connection, words)


def _heading(words: Language, phase: Phase, steps: Sequence[Step], again: bool) -> str:
    """The phase, and which steps it has."""
    first, last = steps[0].number, steps[-1].number
    span = words.say("language.step" if first == last else "language.steps", first=first, last=last)
    return f"{words.heading(phase, again)} ({span})"


def _with_data_folded(steps: Sequence[Step]) -> Iterator[Step | list[Step]]:
    """Many records of application data in a row are told as one."""
    for data, group in groupby(steps, key=lambda step: step.kind is Kind.application_data):
        members = list(group)
        if data and len(members) > _FOLDED:
            yield members
        else:
            yield from members


def _step(narrator: Narrator, step: Step, detail: Detail) -> Iterator[str]:
    title = f"{_ends(step)}{_escape(title_of(step))}" if step.arrow else _lane(step.sender)
    yield from ("", f"{step.number:03}: **{title}**  ", _escape(narrator.told(step)))
    if detail is Detail.full and step.arrow and (lines := lines_of(step, detail)):
        yield from ("", *(f"- {_escape(plain(line))}" for line in lines))
    for reaction in step.reactions:
        intro, *lines = narrator.reaction(reaction, detail) or ("",)
        if lines:
            yield from ("", _escape(intro), "", *(f"- {_escape(line)}" for line in lines))


def _folded(words: Language, steps: Sequence[Step]) -> Iterator[str]:
    span = f"{steps[0].number:03} - {steps[-1].number:03}"
    yield from ("", f"{span}: **ApplicationData**  ", words.say("messages.ApplicationData_folded", count=len(steps)))


def _ends(step: Step) -> str:
    """Who sends to whom."""
    return f"{_lane(step.sender)} → {_lane(step.receiver)}: "


def _lane(party: Party) -> str:
    return _LANES.get(party, party.value.capitalize())


def _complete(words: Language, connection: Connection, again: bool) -> str:
    if again:
        return words.say("outcome.again")
    facts = (connection.version, connection.cipher_suite, connection.group, connection.alpn)
    agreed = ", ".join(plain(fact) for fact in facts if fact)
    return words.say("outcome.resumed" if connection.resumed else "outcome.complete", agreed=agreed)


def _outcome(trace: Trace, index: int, connection: Connection, words: Language) -> Iterator[str]:
    """Why it failed, how it ended, what is weak."""
    failure = connection.failure
    if failure is not None:
        party = words.say(f"parties.{failure.decided_by}")
        said = [
            words.say("outcome.broken" if connection.completed else "outcome.failed", step=failure.step, party=party)
        ]
        said += [words.say("outcome.alert", alert=plain(failure.alert))] if failure.alert else []
        said += [words.say("outcome.reason", reason=plain(failure.reason))] if failure.reason else []
        yield from ("", f"**{_escape(' '.join(said))}**")
    elif connection.closed in ("truncated", "reset"):
        yield from ("", f"**{words.say(f'outcome.{connection.closed}')}**")
    found = weaknesses(trace, index)
    if found:
        yield from ("", words.say("outcome.weak"), "")
        yield from (
            f"- {_escape(words.claim(plain(w.name)))}: {_escape(words.claim(plain(w.sentence)))} ({w.reference})"
            for w in found
        )


def _escape(text: str) -> str:
    """The text with what is markup made literal, outside of code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") and part.endswith("`") and len(part) > 1 else _SPECIAL.sub(r"\\\g<0>", part)
        for part in parts
    )
