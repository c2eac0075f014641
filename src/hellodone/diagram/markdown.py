"""A chart to read: Mermaid's picture, then every step explained, a section a phase, in one of several languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from hellodone.diagram.language import Language, language
from hellodone.diagram.narrate import Narrator
from hellodone.diagram.rows import ChartAt, Detail
from hellodone.diagram.steps import lines_of, title_of
from hellodone.diagram.values import plain
from hellodone.trace.model import Connection, Kind, Party, Phase, Step, Trace
from hellodone.trace.weaknesses import weaknesses

_SPECIAL = re.compile(r"[\\`*{}\[\]<>#|~]|(?<![^\W_])_|_(?![^\W_])")  # an underscore within a word is only that
_FOLDED = 6  # records of application data in a row that are told one by one


def render(trace: Trace, chart_at: ChartAt, draw: Callable[[ChartAt], str], detail: Detail, code: str = "en") -> str:
    """The document. ``draw`` makes Mermaid's picture of a chart. Raises ConfigurationError for an unknown language."""
    words = language(code)
    picture = draw(chart_at)
    lines = [
        f"# {_escape(words.text(plain(trace.title) or 'TLS handshake'))}",
        "",
        "```mermaid",
        picture.rstrip("\n"),
        "```",
    ]
    for index, connection in enumerate(trace.connections):
        steps = [step for step in trace.steps if step.connection == index]
        lines += _connection(trace, index, connection, steps, detail, words)
    lines += [line for warning in trace.warnings for line in ("", f"> {_escape(words.text(plain(warning)))}")]
    return "\n".join(lines) + "\n"


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
            yield from _step(narrator, words, told, detail) if isinstance(told, Step) else _folded(words, told)
        if any(step.name == "Finished" for step in members) and connection.completed:
            yield from ("", f"**{_escape(_complete(words, connection, done > 0))}**")
            done += 1
    yield from _outcome(trace, index, connection, words)


def _heading(words: Language, phase: Phase, steps: Sequence[Step], again: bool) -> str:
    """The phase, and which steps it has."""
    first, last = steps[0].number, steps[-1].number
    key = "language.step" if first == last else "language.steps"
    return words.say(key, heading=words.heading(phase, again), first=first, last=last)


def _with_data_folded(steps: Sequence[Step]) -> Iterator[Step | list[Step]]:
    """Many records of application data in a row are told as one."""
    for data, group in groupby(steps, key=lambda step: step.kind is Kind.application_data):
        members = list(group)
        if data and len(members) > _FOLDED:
            yield members
        else:
            yield from members


def _step(narrator: Narrator, words: Language, step: Step, detail: Detail) -> Iterator[str]:
    title = f"{_ends(words, step)}{_escape(words.text(title_of(step)))}" if step.arrow else _lane(words, step.sender)
    yield from ("", f"{step.number:03}: **{title}**  ", _escape(narrator.told(step)))
    if detail is Detail.full and step.arrow and (lines := lines_of(step, detail)):
        yield from ("", *(f"- {_escape(words.text(plain(line)))}" for line in lines))
    for reaction in step.reactions:
        intro, *lines = narrator.reaction(reaction, detail) or ("",)
        if lines:
            yield from ("", _escape(intro), "", *(f"- {_escape(line)}" for line in lines))


def _folded(words: Language, steps: Sequence[Step]) -> Iterator[str]:
    span = f"{steps[0].number:03} - {steps[-1].number:03}"
    yield from ("", f"{span}: **ApplicationData**  ", words.say("messages.ApplicationData_folded", count=len(steps)))


def _ends(words: Language, step: Step) -> str:
    """Who sends to whom."""
    return words.say("language.arrow", sender=_lane(words, step.sender), receiver=_lane(words, step.receiver))


def _lane(words: Language, party: Party) -> str:
    return words.say(f"lanes.{party}")


def _complete(words: Language, connection: Connection, again: bool) -> str:
    if again:
        return words.say("outcome.again")
    facts = (connection.version, connection.cipher_suite, connection.group, connection.alpn)
    agreed = words.listed(plain(fact) for fact in facts if fact)
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
        said += [words.say("outcome.reason", reason=words.reason(plain(failure.reason)))] if failure.reason else []
        yield from ("", f"**{_escape(words.say('language.space').join(said))}**")
    elif connection.closed in ("truncated", "reset"):
        yield from ("", f"**{words.say(f'outcome.{connection.closed}')}**")
    found = weaknesses(trace, index)
    if found:
        yield from ("", words.say("outcome.weak"), "")
        for weakness in found:
            name, sentence = (words.text(plain(said)) for said in (weakness.name, weakness.sentence))
            reference = words.text(weakness.reference)
            yield f"- {_escape(words.say('outcome.weakness', name=name, sentence=sentence, reference=reference))}"


def _escape(text: str) -> str:
    """The text with what is markup made literal, outside of code."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") and part.endswith("`") and len(part) > 1 else _SPECIAL.sub(r"\\\g<0>", part)
        for part in parts
    )
