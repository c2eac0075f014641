"""Secrets in traces: withheld under stable names, or revealed because somebody asked.

Both functions give traces whose values are text only, ready to be drawn or stored. Equal secrets get equal names, so
that a reader still sees that both sides computed the same master secret.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hellodone.crypto.secret import Secret
from hellodone.trace.model import WITHHELD, Fact, Reaction, Step, Trace, Value

Show = Callable[[Secret], str]

_LAYOUT = frozenset("\t\r\n")


def withhold(trace: Trace) -> Trace:
    """Names in place of secrets: ``⟨secret A, 48 bytes⟩``, by first appearance; an empty secret becomes "".

    A trace without secrets comes back as it is, so that this may be applied twice.
    """
    names: dict[Secret, str] = {}

    def show(secret: Secret) -> str:
        if not secret:
            return ""
        name = names.get(secret)
        if name is None:
            name = names[secret] = f"{WITHHELD}{_letters(len(names))}, {_bytes(len(secret))}⟩"
        return name

    return _replace(trace, show, show)


def reveal(trace: Trace) -> Trace:
    """Secrets as hexadecimal digits; application data as the text it is where it can be printed (UTF-8)."""
    return _replace(trace, bytes.hex, _text)


def _replace(trace: Trace, fact: Show, data: Show) -> Trace:
    return replace(trace, steps=tuple([_step(step, fact, data) for step in trace.steps]))


def _step(step: Step, fact: Show, data: Show) -> Step:
    """The step's data comes before what the parties make of it."""
    shown = None if step.data is None else _value(step.data, data)
    reactions = tuple([_reaction(reaction, fact) for reaction in step.reactions])
    if shown is step.data and all(map(_same, reactions, step.reactions)):
        return step
    return replace(step, data=shown, reactions=reactions)


def _reaction(reaction: Reaction, show: Show) -> Reaction:
    learned = tuple([_fact(fact, show) for fact in reaction.learned])
    return reaction if all(map(_same, learned, reaction.learned)) else replace(reaction, learned=learned)


def _fact(fact: Fact, show: Show) -> Fact:
    return replace(fact, value=show(fact.value)) if isinstance(fact.value, Secret) else fact


def _value(value: Value, show: Show) -> str:
    return show(value) if isinstance(value, Secret) else value


def _same(one: object, other: object) -> bool:
    return one is other


def _text(data: Secret) -> str:
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


def _bytes(count: int) -> str:
    return "1 byte" if count == 1 else f"{count} bytes"
