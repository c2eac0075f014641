"""One way through the protocol: what was decided in it, and its events from the first to the last."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from hellodone.trace.fact_messages import PREPARED, SHOWN
from hellodone.trace.model import Fact, Kind, Origin, Party, Reaction, Step, Trace

AGAIN = "handshake again"
CHOOSES = "chooses "
"""The event that stands for a second handshake on a connection, message for message like the first."""

_FORMED = ("ServerKeyExchange", "ClientKeyExchange")  # whose content depends on the suite (RFC 5246, 7.4.3, 7.4.7)
_KEY_BLOCK = dict.fromkeys(
    [f"{party}_write_{part}" for party in ("client", "server") for part in ("mac_key", "key", "iv")], "key_block"
)  # its parts differ from suite to suite
_ENDS = (Kind.message, Kind.change_cipher_spec)

NOBODY: Mapping[str, str] = MappingProxyType({})
Features = Mapping[str, str]
"""What was decided in a run, by the name of the question: ``key_exchange`` is ``ECDHE_RSA``."""


@dataclass(frozen=True, slots=True)
class Key:
    """What makes events of two runs the same: who sends what for which time; for a second handshake nobody sends."""

    sender: Party | None
    name: str
    time: int = 1


@dataclass(frozen=True, slots=True)
class Event:
    """One message of one run, with what its sender does before it and its receiver because of it, line by line."""

    key: Key
    step: Step
    form: tuple[str, ...] = ()  # the fields, where the content depends on what was decided
    fields: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[tuple[Party, str, bool], ...] = ()  # by whom, what, and whether it is a check


@dataclass(frozen=True, slots=True)
class Run:
    """One connection. ``failure`` is why it fails, "" where it does not; ``failed_at`` what was being handled then."""

    features: Features
    events: tuple[Event, ...]
    failure: str = ""
    failed_at: Key | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        """Its events by what makes them the same."""
        return tuple([event.key for event in self.events])

    def event(self, key: Key) -> Event:
        """The event of that key. Raises KeyError where there is none."""
        for event in self.events:
            if event.key == key:
                return event
        raise KeyError(key)


def run_of(trace: Trace, features: Features, failure: str = "", names: Mapping[str, str] = NOBODY) -> Run:
    """The run that a merged trace of one connection tells of. ``names`` are what to call those whom it names."""
    events = list(_events(trace.steps, names))
    twice = sum(event.step.name == "Finished" for event in events) > 2
    made = tuple(_numbered(_folded(events) if twice else iter(events)))
    step = trace.failure.step if trace.failure is not None else 0
    return Run(features, made, failure, next((event.key for event in made if event.step.number == step), None))


def _events(steps: Sequence[Step], names: Mapping[str, str]) -> Iterator[Event]:
    preparing = _preparing(steps)
    for step in steps:
        if step.arrow:
            yield Event(
                key=Key(step.sender, _name(step)),
                step=step,
                form=_fields(step) if step.name in _FORMED else (),
                fields=_fields(step),
                before=tuple(dict.fromkeys(preparing.get(step.number, ()))),
                after=tuple([(who, _called(text, names), check) for who, text, check in _after(step, steps)]),
            )


def _name(step: Step) -> str:
    """Alerts differ by what they say, everything else by its name."""
    return f"{step.name} {step.summary}" if step.kind is Kind.alert else step.name


def _preparing(steps: Sequence[Step]) -> Mapping[int, list[str]]:
    """By step, what its sender computes for it: what travels in it, and what that is made from."""
    found: dict[int, list[str]] = defaultdict(list)
    for step, following in pairwise(steps):
        for reaction in step.reactions:
            found[following.number] += _computed(reaction, _needed(reaction.party, following))
    return found


def _needed(party: Party, following: Step | None) -> frozenset[str]:
    """The facts that this party needs for that step, when it is its own."""
    if following is None or not following.arrow or following.sender is not party:
        return frozenset()
    key = (following.name, party)
    return frozenset((*(shown.fact for shown in SHOWN.get(key, ())), *PREPARED.get(key, ())))


def _called(text: str, names: Mapping[str, str]) -> str:
    for name, words in names.items():
        text = text.replace(name, words)
    return text


def _after(step: Step, steps: Sequence[Step]) -> Iterator[tuple[Party, str, bool]]:
    """Checks, and facts that are not for the next message."""
    following = steps[step.number] if step.number < len(steps) else None
    for reaction in step.reactions:
        for check in reaction.checks:
            if check.passed:
                yield reaction.party, check.claim, True
        needed = _needed(reaction.party, following)
        others = frozenset(fact.name for fact in reaction.learned) - needed
        yield from ((reaction.party, line, False) for line in _computed(reaction, others))


def _computed(reaction: Reaction, names: Container[str]) -> Iterator[str]:
    """Which of these facts were computed or drawn, by formula; what one formula gives is one line."""
    formulas: dict[str, list[str]] = {}
    for fact in reaction.learned:
        if fact.name in names and fact.origin is Origin.computed and fact.formula:
            formulas.setdefault(fact.formula, []).append(shown_as(fact))
        elif fact.name in names and fact.origin is Origin.chosen and fact.secret:
            yield f"{CHOOSES}{fact.name}"
    for formula, found in formulas.items():
        yield f"{', '.join(dict.fromkeys(found))} = {formula}"


def shown_as(fact: Fact) -> str:
    """Its name, or that of what it is a part of."""
    return _KEY_BLOCK.get(fact.name, fact.name)


def _fields(step: Step) -> tuple[str, ...]:
    """The names of the fields of a message; of what depends on the suite also the parts."""
    found: list[str] = []
    for child in step.fields.children if step.fields is not None and step.kind is Kind.message else ():
        parts = [part.name for part in child.children if part.name not in ("length", child.name)]
        found += parts if parts and step.name in _FORMED else [child.name]
    return tuple(dict.fromkeys(name for name in found if name not in ("msg_type", "length")))


def _folded(events: Sequence[Event]) -> Iterator[Event]:
    """A second handshake on the connection is one event, from its ClientHello to its last Finished."""
    finished, again = 0, False
    for event in events:
        if finished == 2 and event.step.name == "ClientHello" and event.step.kind is Kind.message:
            again = True
            yield replace(event, key=Key(None, AGAIN), form=(), before=(), after=())
        if again and event.step.kind in _ENDS and event.step.name != "HelloRequest":
            finished += event.step.name == "Finished"
            continue
        finished += event.step.name == "Finished"
        yield event


def _numbered(events: Iterator[Event]) -> Iterator[Event]:
    times = Counter[tuple[Party | None, str]]()
    for event in events:
        name = (event.key.sender, event.key.name)
        times[name] += 1
        yield replace(event, key=replace(event.key, time=times[name]))
