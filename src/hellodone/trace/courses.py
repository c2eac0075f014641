"""The handshakes of a trace: where each begins, what was decided in it, and which session it continues.

Everything here is read from the messages themselves, so that it holds for a trace of one side, of both, or of neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hellodone.registry.suites import CipherSuite, cipher_suite
from hellodone.trace.fact_messages import COVERED, content
from hellodone.trace.model import Kind, Party, Step, Trace
from hellodone.trace.traits import Trait, handshake_traits

CLIENT, SERVER = Party.client, Party.server
_UNHASHED = ("HelloRequest",)  # RFC 5246, 7.4.1.1


@dataclass(frozen=True, slots=True)
class Course:
    """One handshake. ``messages`` are those that are hashed, ``changes`` the ChangeCipherSpec of each side."""

    index: int  # in the trace, from 0
    connection: int
    first: int  # number of the first step that belongs to it
    messages: tuple[Step, ...]
    changes: Mapping[Party, int]  # step numbers
    suite: CipherSuite | None
    traits: frozenset[Trait]
    continues: int | None = None  # the course whose session it resumes, when that is in the trace

    def message(self, name: str, sender: Party) -> Step | None:
        """The message of that name and sender, or None."""
        return next((step for step in self.messages if step.name == name and step.sender is sender), None)

    def covered(self, fact: str) -> tuple[Step, ...]:
        """The messages that this fact's hash covers; none while the last of them is missing."""
        end = COVERED[fact]
        if end.last:
            last = self.message(end.last, end.sender)
            return tuple([s for s in self.messages if last is not None and s.number <= last.number])
        change = self.changes.get(end.sender)
        return tuple([s for s in self.messages if change is not None and s.number < change])


@dataclass
class _Draft:
    connection: int
    first: int
    messages: list[Step] = field(default_factory=list)
    changes: dict[Party, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Courses:
    """All handshakes of a trace, and to which each step belongs; ``sealed`` says under whose keys it travelled."""

    all: tuple[Course, ...]
    of_step: Mapping[int, int]  # step number -> course
    sealed: Mapping[int, int]  # protected steps only: step number -> the course whose keys protect it


def courses(trace: Trace) -> Courses:
    """The handshakes of the trace."""
    drafts: list[_Draft] = []
    of_step: dict[int, int] = {}
    sealed: dict[int, int] = {}
    current: dict[int, int] = {}  # connection -> course under way
    keys: dict[tuple[int, Party], int] = {}  # connection and sender -> course whose keys are in use
    for step in trace.steps:
        index = current.get(step.connection)
        if index is None or _begins(step, drafts[index]):
            index = current[step.connection] = len(drafts)
            drafts.append(_Draft(step.connection, step.number))
        of_step[step.number] = index
        if step.protection:
            sealed[step.number] = keys.get((step.connection, step.sender), index)
        _note(step, drafts[index])
        if step.kind is Kind.change_cipher_spec:
            keys[step.connection, step.sender] = index
    made = [_course(index, draft) for index, draft in enumerate(drafts)]
    return Courses(tuple(_continued(made)), of_step, sealed)


def _begins(step: Step, draft: _Draft) -> bool:
    """Whether another handshake begins: with a ClientHello, or with a client that prepares one."""
    starts = step.kind is Kind.start or (step.kind is Kind.message and step.name == "ClientHello")
    return starts and bool(draft.messages)


def _note(step: Step, draft: _Draft) -> None:
    if step.kind is Kind.message and step.name not in _UNHASHED:
        draft.messages.append(step)
    elif step.kind is Kind.change_cipher_spec:
        draft.changes.setdefault(step.sender, step.number)


def _course(index: int, draft: _Draft) -> Course:
    messages = tuple(draft.messages)
    suite = _suite(messages)
    return Course(
        index=index,
        connection=draft.connection,
        first=draft.first,
        messages=messages,
        changes=draft.changes,
        suite=suite,
        traits=_traits(suite, messages) if suite is not None else frozenset(),
    )


def _suite(messages: Sequence[Step]) -> CipherSuite | None:
    code = _said(messages, "ServerHello", "cipher_suite")
    return cipher_suite(int.from_bytes(code, "big")) if code else None


def _traits(suite: CipherSuite, messages: Sequence[Step]) -> frozenset[Trait]:
    names = [(step.name, step.sender) for step in messages]
    exchange = next((s for s in messages if s.name == "ClientKeyExchange"), None)
    return handshake_traits(
        suite,
        resumed=_resumed(messages),
        extended=_said(messages, "ServerHello", "extensions", "extended_master_secret") is not None,
        by_ticket=bool(_said(messages, "ClientHello", "extensions", "session_ticket", "ticket")),
        client_static=exchange is not None and not _public_value(exchange),
        client_signs=("CertificateVerify", CLIENT) in names,
    )


def _public_value(exchange: Step) -> bytes | None:
    return content(exchange, "dh_Yc") or content(exchange, "ecdh_Yc")


def _resumed(messages: Sequence[Step]) -> bool:
    """Whether the server goes on with a session: it echoes the ID, or sends nothing of figure 1 (RFC 5077, 3.4)."""
    offered = _said(messages, "ClientHello", "session_id")
    if offered and offered == _said(messages, "ServerHello", "session_id"):
        return True
    behind = [step.name for step in messages if step.sender is SERVER][1:]
    return bool(behind) and behind[0] in ("NewSessionTicket", "Finished")


def _said(messages: Sequence[Step], name: str, *path: str) -> bytes | None:
    """What the first message of that name has in that field."""
    step = next((s for s in messages if s.name == name), None)
    return None if step is None else content(step, *path)


def _continued(made: list[Course]) -> list[Course]:
    """Each resumed course with the one whose session it continues: the last before it with that ID or ticket."""
    by_name: dict[bytes, int] = {}
    linked = []
    for course in made:
        origin = None
        if Trait.resumed in course.traits:
            ticket = _said(course.messages, "ClientHello", "extensions", "session_ticket", "ticket")
            origin = by_name.get(ticket or _said(course.messages, "ServerHello", "session_id") or b"")
        linked.append(replace(course, continues=origin))
        for name in (
            _said(course.messages, "ServerHello", "session_id"),
            _said(course.messages, "NewSessionTicket", "ticket"),
        ):
            if name:
                by_name[name] = course.index
    return linked
