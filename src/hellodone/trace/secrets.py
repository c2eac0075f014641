"""Secrets in traces: withheld under stable names, or revealed because somebody asked.

Both functions give traces whose values are text only, ready to be drawn or stored. Equal secrets get equal names, so
that a reader still sees that both sides computed the same master secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeGuard

from hellodone.crypto.secret import Secret
from hellodone.trace.model import WITHHELD, Fact, Reaction, Record, Step, Trace, Value

_LAYOUT = frozenset("\t\r\n")
_APPLICATION_DATA = 23  # ContentType (RFC 5246, 6.2.1)


def withhold(trace: Trace) -> Trace:
    """Names in place of secrets: ``⟨secret A, 48 bytes⟩``, by first appearance; an empty secret becomes "".

    What had been revealed (a trace read from a file) is withheld again. A trace in which nothing is shown comes back
    as it is, so that this may be applied twice. The records that data travelled in go too: not every suite encrypts.
    """
    names = _Names(trace)
    hidden = _replace(trace, names.of_fact, names.of_data)
    return replace(hidden, records=tuple([_without_data(record) for record in trace.records]))


def reveal(trace: Trace) -> Trace:
    """Secrets as hexadecimal digits; application data as the text it is where it can be printed (UTF-8).

    What had been withheld stays so.
    """
    return _replace(trace, _shown, _shown_data)


class _Names:
    """Names for secrets, the same for equal ones, none that the trace has already."""

    def __init__(self, trace: Trace) -> None:
        self._names: dict[str, str] = {}
        self._taken = {value.partition(",")[0] for value in _values(trace) if _withheld(value)}
        self._next = 0

    def of_fact(self, fact: Fact) -> str:
        """The name to show instead of the fact's value, or the value when it is no secret or is withheld already."""
        value = fact.value
        if isinstance(value, Secret):
            return self._name(value.hex(), len(value))
        if not fact.confidential or not value or _withheld(value):
            return value
        return self._name(value, len(value) // 2)

    def of_data(self, step: Step) -> str | None:
        """The same for application data."""
        value = step.data
        if isinstance(value, Secret):
            return self._name(value.hex(), len(value))
        if not value or _withheld(value):
            return value
        return self._name(value.encode("utf-8", "replace").hex(), step.length)

    def _name(self, key: str, length: int) -> str:
        if not key:
            return ""
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"{self._fresh()}, {'1 byte' if length == 1 else f'{length} bytes'}⟩"
        return name

    def _fresh(self) -> str:
        while True:
            name = WITHHELD + _letters(self._next)
            self._next += 1
            if name not in self._taken:
                return name


def _replace(trace: Trace, of_fact: Callable[[Fact], str], of_data: Callable[[Step], str | None]) -> Trace:
    return replace(trace, steps=tuple([_step(step, of_fact, of_data) for step in trace.steps]))


def _without_data(record: Record) -> Record:
    there = record.wire and record.content_type == _APPLICATION_DATA
    return replace(record, wire=b"") if there else record


def _step(step: Step, of_fact: Callable[[Fact], str], of_data: Callable[[Step], str | None]) -> Step:
    """The step's data comes before what the parties make of it."""
    data = of_data(step)
    reactions = tuple([_reaction(reaction, of_fact) for reaction in step.reactions])
    if data is step.data and all(map(_same, reactions, step.reactions)):
        return step
    return replace(step, data=data, reactions=reactions)


def _reaction(reaction: Reaction, of_fact: Callable[[Fact], str]) -> Reaction:
    learned = tuple([_fact(fact, of_fact(fact)) for fact in reaction.learned])
    return reaction if all(map(_same, learned, reaction.learned)) else replace(reaction, learned=learned)


def _fact(fact: Fact, value: str) -> Fact:
    return fact if value is fact.value else replace(fact, value=value)


def _values(trace: Trace) -> Iterator[Value]:
    for step in trace.steps:
        if step.data is not None:
            yield step.data
        for reaction in step.reactions:
            for fact in reaction.learned:
                yield fact.value


def _withheld(value: Value) -> TypeGuard[str]:
    return isinstance(value, str) and value.startswith(WITHHELD)


def _shown(fact: Fact) -> str:
    return fact.value.hex() if isinstance(fact.value, Secret) else fact.value


def _shown_data(step: Step) -> str | None:
    return as_text(step.data) if isinstance(step.data, Secret) else step.data


def _same(one: object, other: object) -> bool:
    return one is other


def as_text(data: Secret) -> str:
    """The text that it is where all of it can be printed (UTF-8), else its hexadecimal digits."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data.hex()
    return text if all(character.isprintable() or character in _LAYOUT for character in text) else data.hex()


def _letters(index: int) -> str:
    """A, B ... Z, AA, AB ... as spreadsheets name their columns."""
    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
