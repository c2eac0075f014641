"""What a party has of itself, without reading or computing anything: what it was given, and what it draws, and when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from hellodone.trace.courses import Course, Courses
from hellodone.trace.fact_info import Source
from hellodone.trace.fact_messages import LONG_TERM, PREPARED, content, shown_in
from hellodone.trace.facts import describe
from hellodone.trace.model import Fact, Origin, Party, Step, Trace
from hellodone.trace.traits import Trait

_OWN = (Origin.chosen, Origin.configured, Origin.agreed)
Told = Mapping[tuple[Party, int, str], tuple[int, Fact]]
"""The reactions of a trace: who, in which handshake, what; and at which step the trace tells of it."""


class Gift(NamedTuple):
    """Something a party has from a step on."""

    course: Course
    name: str
    source: Source


def told(trace: Trace, courses: Courses) -> Told:
    """The facts of all reactions; the first word counts."""
    found: dict[tuple[Party, int, str], tuple[int, Fact]] = {}
    for step in trace.steps:
        for reaction in step.reactions:
            for fact in reaction.learned:
                found.setdefault((reaction.party, courses.of_step[step.number], fact.name), (step.number, fact))
    return found


def gifts(trace: Trace, courses: Courses, party: Party, has: Collection[str], reactions: Told) -> dict[int, list[Gift]]:
    """By step number, what this party has from there on. ``has`` is what an eavesdropper was given."""
    found: dict[int, list[Gift]] = defaultdict(list)
    for step, gift in _lasting(trace, courses, party, has):
        found[step].append(gift)
    if party is Party.ca:
        for course in courses.all:
            found[course.first] += [Gift(course, name, Source(Origin.configured)) for name in _certificates(course)]
    if party in (Party.client, Party.server):
        before = _before(trace)
        for course in courses.all:
            for step, gift in _own(course, party, before):
                noted = reactions.get((party, course.index, gift.name))
                early = noted is not None and noted[1].origin in _OWN
                found[min(step, noted[0]) if noted is not None and early else step].append(gift)
    return found


def _lasting(trace: Trace, courses: Courses, party: Party, has: Collection[str]) -> Iterator[tuple[int, Gift]]:
    """Keys that outlive connections, in each connection where they play a part."""
    done = set()
    for course in courses.all:
        for name, owners in LONG_TERM.items():
            if (party in owners or name in has) and (course.connection, name) not in done and _matters(name, course):
                done.add((course.connection, name))
                first = next(c.first for c in courses.all if c.connection == course.connection)
                yield first, Gift(course, name, Source(Origin.configured))


def _matters(name: str, course: Course) -> bool:
    """Whether the key plays a part in this handshake."""
    certificates = _certificates(course)
    match name:
        case "server_private_key":
            return "server_certificates" in certificates
        case "client_private_key":
            return "client_certificates" in certificates
        case "ca_private_key":
            return bool(certificates)
        case "psk":
            return Trait.psk in course.traits
        case _:
            return Trait.by_ticket in course.traits or course.message("NewSessionTicket", Party.server) is not None


def _certificates(course: Course) -> list[str]:
    """Whose certificates were sent in this handshake."""
    found = []
    for party in (Party.server, Party.client):
        message = course.message("Certificate", party)
        if message is not None and content(message, "certificate_list", "certificate"):
            found.append(f"{party}_certificates")
    return found


def _own(course: Course, party: Party, before: Mapping[int, int]) -> Iterator[tuple[int, Gift]]:
    """What the party chooses, looks up or concludes by itself, at the step before the message that needs it."""
    for message in course.messages:
        mine = message.sender is party
        at = max(before.get(message.number, message.number), course.first) if mine else message.number
        names = [shown.fact for shown in shown_in(message)] if mine else []
        origins = (Origin.chosen, Origin.configured) if mine else (Origin.configured,)
        for name in (*names, *PREPARED.get((message.name, message.sender), ())):
            for source in describe(name).sources_of(party, course.traits):
                if source.origin in origins:
                    yield at, Gift(course, name, source)
                    break


def _before(trace: Trace) -> dict[int, int]:
    """For each step the one before it in its connection."""
    last: dict[int, int] = {}
    found = {}
    for step in trace.steps:
        if step.connection in last:
            found[step.number] = last[step.connection]
        last[step.connection] = step.number
    return found


def imported(step: Step, party: Party) -> Iterator[Fact]:
    """What the trace itself says that the party learnt here, other than by computing."""
    for fact in step.reaction(party).learned:
        if fact.origin is not Origin.computed:
            yield fact
