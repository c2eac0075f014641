"""From a recorder's notes to a trace: steps with what each taught, records, and what came out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

import hellodone
from hellodone.crypto.secret import Secret
from hellodone.errors import AlertDescription, FatalAlert, TruncationError, alert_name
from hellodone.handshake.certificates import NOT_VERIFIED
from hellodone.messages.dissection import (
    DissectionContext,
    dissect_alert,
    dissect_change_cipher_spec,
    dissect_handshake,
)
from hellodone.messages.record import Alert
from hellodone.registry.codes import ContentType, HandshakeType
from hellodone.registry.groups import NamedGroup
from hellodone.registry.naming import name_of
from hellodone.registry.suites import CipherSuite
from hellodone.registry.versions import ProtocolVersion, version_name
from hellodone.trace import looking_up, tcp
from hellodone.trace.facts import make_fact
from hellodone.trace.model import Check, Connection, Failure, Kind, Party, Phase, Reaction, Record, Step, Trace
from hellodone.trace.notes import Event
from hellodone.trace.pieces import handed_over, placed
from hellodone.trace.recorder import Recorder, account_between, answers_between, checks_between, facts_between
from hellodone.trace.traits import engine_traits
from hellodone.trace.values import render
from hellodone.trace.verification import verification

_NEGOTIATION = (HandshakeType.hello_request, HandshakeType.client_hello, HandshakeType.server_hello)
_CONFIRMATION = (HandshakeType.finished, HandshakeType.new_session_ticket)
_WITHOUT_STEP = ("record", "completed", "failed")
_CONTENT = {
    "message": ContentType.handshake,
    "change_cipher_spec": ContentType.change_cipher_spec,
    "alert": ContentType.alert,
    "application_data": ContentType.application_data,
}


@dataclass
class _Direction:
    """What is known of one direction while the notes are gone through."""

    protection: str = ""  # of the messages from here on
    sealed: str = ""  # of the records: of one sent the observer hears after its message, of one received before
    records: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)  # type -> (start, end, index)


def assemble(recorder: Recorder) -> Trace:
    """The trace of what the recorder noted."""
    assembly = _Assembly(recorder)
    steps = assembly.steps()
    return Trace(
        steps=tuple(steps),
        connections=(assembly.connection(),),
        records=tuple(placed(assembly.records)),
        observed_by=(assembly.us,),
        title=assembly.title(),
        created=recorder.created.isoformat(),
        generator=f"hellodone {hellodone.__version__}",
        warnings=assembly.warnings(),
    )


class _Assembly:
    """One pass over the notes of one connection."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.notes = recorder.notes()
        self.events = self.notes.events
        self.us = Party(recorder.role)
        self.peer = Party.server if self.us is Party.client else Party.client
        self.facts: dict[str, Any] = {}
        for hs in recorder.handshakes:
            self.facts.update(facts_between(hs, 0, len(vars(hs))))
        self.records: list[Record] = []
        self._known: set[str] = set()
        self._directions = {True: _Direction(), False: _Direction()}
        self._suite = self.facts.get("cipher_suite")
        self._phase = Phase.tcp_setup
        self._steps: list[Step] = []
        self._starts: list[int] = []  # for each step, where in its stream it begins
        self._addresses: dict[str, str] = {}
        self._completed = False
        self._closed: dict[str, bool] = {}

    def steps(self) -> list[Step]:
        """All steps, numbered, with the records that carried them."""
        for event, (facts, checks) in zip(self.events, self._ends(), strict=True):
            for step in self._step(event):
                self._steps.append(self._react(step, event, facts, checks))
                self._starts.append(event.start)
        return [self._with_records(step, start) for step, start in zip(self._steps, self._starts, strict=True)]

    def _ends(self) -> Iterator[tuple[int, int]]:
        """For each event up to where its facts and checks go: to the next event that can have any."""
        handshakes = self.recorder.handshakes
        ends = []
        following: dict[int, tuple[int, int]] = {}
        for event in reversed(self.events):
            hs = handshakes[event.handshake] if event.handshake >= 0 else None
            whole = (len(vars(hs)), len(hs._checks)) if hs is not None else (0, 0)
            ends.append(following.get(event.handshake, whole))
            if event.kind not in _WITHOUT_STEP:
                following[event.handshake] = (event.facts, event.checks)
        return iter(reversed(ends))

    # --- steps

    def _step(self, event: Event) -> Iterator[Step]:
        """The steps an event is: one, several for a TCP set-up, none for a record."""
        match event.kind:
            case "record":
                self._note_record(event)
            case "completed":
                self._completed = True
            case "failed":
                pass
            case "start":
                self._phase = Phase.negotiation
                if self.us is Party.client:  # a server has nothing to prepare before it hears the client
                    yield self._make(event, Kind.start, "start")
            case "message" | "change_cipher_spec" | "alert" | "application_data" | "asked" | "answered":
                yield getattr(self, f"_{event.kind}")(event)
            case _:
                yield from self._transport(event)

    def _message(self, event: Event) -> Step:
        raw = event.payload
        msg_type = raw[0]
        if msg_type in _NEGOTIATION:
            self._phase = Phase.negotiation
        elif msg_type in _CONFIRMATION:
            self._phase = Phase.confirmation
        else:
            self._phase = Phase.authentication
        return self._make(
            event,
            Kind.message,
            _camel(name_of(HandshakeType, msg_type)),
            type_number=msg_type,
            length=len(raw),
            raw=raw,
            fields=dissect_handshake(raw, self._context(event)),
        )

    def _change_cipher_spec(self, event: Event) -> Step:
        self._phase = Phase.confirmation
        step = self._make(
            event,
            Kind.change_cipher_spec,
            "ChangeCipherSpec",
            length=1,
            raw=event.payload,
            fields=dissect_change_cipher_spec(event.payload),
            activates=self._protection(event),
        )
        self._directions[event.sent].protection = self._cipher(event)
        return step

    def _alert(self, event: Event) -> Step:
        level, description = event.payload
        if description == AlertDescription.close_notify:
            self._phase = Phase.closure
        return self._make(
            event,
            Kind.alert,
            "Alert",
            type_number=description,
            length=2,
            raw=event.payload,
            fields=dissect_alert(event.payload),
            summary=str(Alert(level, description)),
        )

    def _application_data(self, event: Event) -> Step:
        self._phase = Phase.data
        length, data = event.payload
        return self._make(event, Kind.application_data, "ApplicationData", length=length, data=Secret(data))

    def _asked(self, event: Event) -> Step:
        return self._make(event, Kind.lookup, **looking_up.asked(event.payload))

    def _answered(self, event: Event) -> Step:
        return self._make(event, Kind.lookup, **looking_up.answered(event.payload))

    def _transport(self, event: Event) -> Iterator[Step]:
        self._addresses.update(tcp.addresses(event.kind, event.payload, self.us))
        if event.kind in ("fin", "rst"):
            self._phase = Phase.closure
            self._closed[event.kind] = True
        for name, by_us, summary in tcp.segments(event.kind, event.sent, event.payload, self.us is Party.client):
            yield self._make(event, Kind.tcp, name, by_us=by_us, summary=summary)

    def _make(self, event: Event, kind: Kind, name: str, *, by_us: bool | None = None, **details: Any) -> Step:
        sent = event.sent if by_us is None else by_us
        protected = kind not in (Kind.tcp, Kind.start, Kind.lookup)
        peer = Party.ca if kind is Kind.lookup else self.peer
        return Step(
            number=len(self._steps) + 1,
            kind=kind,
            name=name,
            sender=self.us if sent else peer,
            receiver=peer if sent else self.us,
            time=event.time - self.recorder.started,
            phase=self._phase,
            protection=self._directions[sent].protection if protected else "",
            **details,
        )

    # --- what the handshake of an event agreed on

    def _suite_of(self, event: Event) -> CipherSuite | None:
        """A renegotiation may choose another suite."""
        if event.handshake < 0:
            return None
        suite: CipherSuite | None = vars(self.recorder.handshakes[event.handshake]).get("cipher_suite")
        return suite

    def _context(self, event: Event) -> DissectionContext:
        suite = self._suite_of(event)
        return DissectionContext(
            key_exchange=suite.key_exchange if suite is not None else None,
            version=self.facts.get("server_version", ProtocolVersion.TLS12),
        )

    def _cipher(self, event: Event) -> str:
        suite = self._suite_of(event)
        return suite.cipher.name if suite is not None else ""

    def _protection(self, event: Event) -> str:
        """What a ChangeCipherSpec makes current, in words."""
        suite = self._suite_of(event)
        if suite is None:
            return ""
        facts = vars(self.recorder.handshakes[event.handshake])
        if suite.is_cbc:
            order = "encrypt-then-MAC" if facts.get("encrypt_then_mac") else "MAC-then-encrypt"
            return f"{suite.cipher.name} with {suite.mac.name}, {order}"
        return suite.cipher.name if suite.is_aead else f"{suite.cipher.name} with {suite.mac.name}"

    # --- what a step taught

    def _react(self, step: Step, event: Event, facts: int, checks: int) -> Step:
        if event.handshake < 0 or (facts, checks) == (event.facts, event.checks):
            return step
        hs = self.recorder.handshakes[event.handshake]
        learned, traits = [], engine_traits(vars(hs))
        for name, raw in facts_between(hs, event.facts, facts).items():
            for part, value in render(name, raw):
                learned.append(make_fact(part, value, self.us, self._known, traits))
                self._known.add(part)
        for answer in answers_between(hs, event.checks, checks):
            learned.append(make_fact(f"{self.peer}_revocation", str(answer), self.us, self._known, traits))
        made = tuple(
            Check(check.claim, check.passed, "" if check.passed or check.alert is None else alert_name(check.alert))
            for check in checks_between(hs, event.checks, checks)
        )
        account = account_between(hs, event.checks, checks)
        verified = verification(account) if account is not None else None
        reactions = (Reaction(self.us, tuple(learned), made, verified),) if learned or made else ()
        return replace(step, reactions=reactions)

    # --- records

    def _note_record(self, event: Event) -> None:
        content_type, plaintext_length, length, kept, sequence = event.payload
        direction = self._directions[event.sent]
        span = (event.start, event.start + plaintext_length, len(self.records))
        direction.records.setdefault(content_type, []).append(span)
        self.records.append(
            Record(
                sender=self.us if event.sent else self.peer,
                content_type=content_type,
                version=int.from_bytes(kept[1:3], "big"),
                length=length,
                plaintext_length=plaintext_length,
                sequence=sequence,
                protection=direction.sealed,
                wire=kept if len(kept) == 5 + length else b"",
            )
        )
        if content_type == ContentType.change_cipher_spec:
            direction.sealed = self._cipher(event)

    def _with_records(self, step: Step, start: int) -> Step:
        """The step with the records that its bytes lay in: both are stretches of the same stream."""
        content_type = _CONTENT.get(step.kind.value)
        if content_type is None:
            return step
        end = start + step.length
        spans = self._directions[step.sender is self.us].records.get(content_type, [])
        found = []
        for first, _, index in spans[bisect_right(spans, start, key=itemgetter(1)) :]:
            if first >= end:
                break
            found.append(index)
        return replace(step, records=tuple(found))

    # --- the whole

    def connection(self) -> Connection:
        """What came out."""
        facts = self.facts
        version = facts.get("server_version")
        group = facts.get("group")
        return Connection(
            client=self._addresses.get("client", ""),
            server=self._addresses.get("server", ""),
            authority=looking_up.places(event.payload for event in self.events if event.kind == "asked"),
            server_name=facts.get("server_name", ""),
            version=version_name(version) if version is not None else "",
            cipher_suite=self._suite.name if self._suite is not None else "",
            group=name_of(NamedGroup, group) if group is not None else facts.get("dh_group", ""),
            alpn=facts.get("alpn", ""),
            resumed=self._resumed(),
            completed=self._completed,
            closed=self._how_closed(),
            failure=self._failure(),
            pieces=handed_over(self.recorder.pieces, self.us),
        )

    def _resumed(self) -> bool:
        """Whether the first handshake, the one that made the connection, was abbreviated."""
        handshakes = self.recorder.handshakes
        return bool(handshakes and vars(handshakes[0]).get("resumed"))

    def _how_closed(self) -> Any:
        error = self.recorder.error
        if isinstance(error, TruncationError):
            return "reset" if self._closed.get("rst") else "truncated"
        if error is not None:
            return "alert"
        if any(step.kind is Kind.alert and step.type_number == 0 for step in self._steps):
            return "close_notify"
        return "reset" if self._closed.get("rst") else ""

    def _failure(self) -> Failure | None:
        error, reason = self.recorder.error, self.recorder.reason
        if self._completed and (error is None or isinstance(error, TruncationError)):
            return None
        if error is None and not reason:
            return None
        failed = (s.number for s in self._steps if any(check.refused for check in s.reaction(self.us).checks))
        last = next((s.number for s in reversed(self._steps) if s.kind not in (Kind.alert, Kind.tcp)), 0)
        step = next(failed, last)
        if isinstance(error, FatalAlert):
            decided_by = self.us if error.sender == "us" else self.peer
            return Failure(decided_by, alert_name(error.alert), reason or error.reason, step)
        silent = error is None and not self._closed.get("rst")  # nobody ended it but our patience
        return Failure(self.us if silent else self.peer, "", reason or (error.reason if error else ""), step)

    def title(self) -> str:
        """One line: whom with, and how it went."""
        name = self.facts.get("server_name") or self._addresses.get("server", "")
        what = f"{self._suite.name}" if self._suite is not None else "TLS handshake"
        return f"{what} with {name}" if name else what

    def warnings(self) -> tuple[str, ...]:
        """What a reader should know before trusting the picture."""
        unverified = [p for p in ("server", "client") if self.facts.get(f"{p}_path") == NOT_VERIFIED]
        not_verified = (f"the {party}'s certificate was not verified: no trust store was given" for party in unverified)
        return (*not_verified, *self._left_out())

    def _left_out(self) -> Iterator[str]:
        """What the recorder did not keep, so that nobody takes the picture for the whole."""
        data, others = self.notes.data, self.notes.others
        if data.left_out:
            yield (
                f"{data.left_out:,} pieces of application data are left out here; "
                f"there were {data.count:,} of {data.size:,} bytes in all"
            )
        if others.left_out:
            yield f"{others.left_out:,} messages, alerts and records are left out here"


def _camel(name: str) -> str:
    """``server_hello_done`` as the messages are called: ``ServerHelloDone``."""
    if "(" in name:
        return f"Handshake message {name}"
    return "".join("URL" if part == "url" else part.capitalize() for part in name.split("_"))
