"""The trace: an immutable account of one or more connections, step by step.

A step is one arrow of the chart - a message, a ChangeCipherSpec, an alert, application data, a TCP segment, a look-up
with the authority - or a point where a party acts without sending. What each party did *because of* the step (learnt,
computed, verified) hangs on it as a :class:`Reaction`. One-sided traces hold the reactions of one party, merged traces
those of both; the type is the same.

Secrets are :class:`~hellodone.crypto.secret.Secret` values until somebody asks for output: ``withhold`` puts
pseudonyms in their place, ``reveal`` their hexadecimal digits (see ``trace/secrets.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from hellodone.crypto.secret import Secret
from hellodone.wire.field import Field

FORMAT_VERSION = 1


class Party(StrEnum):
    """Who acts. Later parties (an eavesdropper) hold knowledge without sending."""

    client = "client"
    server = "server"
    ca = "ca"
    eavesdropper = "eavesdropper"


class Kind(StrEnum):
    """What a step is."""

    tcp = "tcp"  # a segment of the kernel's: SYN, ACK, FIN, RST
    start = "start"  # no arrow: a party prepares its first message
    message = "message"  # a handshake message
    change_cipher_spec = "change_cipher_spec"
    alert = "alert"
    application_data = "application_data"
    lookup = "lookup"  # over HTTP, with the authority: an OCSP request or response, a CRL or the request for one
    other = "other"  # a record of a type that TLS 1.2 does not give (heartbeat), or bytes that are not TLS


class Phase(StrEnum):
    """The sections of a chart."""

    preparation = "Before the connection"  # what a server staples is asked for ahead of time
    tcp_setup = "TCP connection"
    negotiation = "Negotiation"
    authentication = "Authentication and key exchange"
    confirmation = "Key confirmation"
    data = "Application data"
    closure = "Closure"


class Origin(StrEnum):
    """How a party came to know a fact."""

    configured = "configured"  # it was there before the connection
    chosen = "chosen"  # drawn at random or picked by this party
    received = "received"  # read from the peer's message
    agreed = "agreed"  # follows from what both said: the suite, an extension
    computed = "computed"  # a function of other facts
    verified = "verified"  # established by checks: the certificate path


Value = str | Secret


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a party knows from now on. ``name`` is the RFC's, ``meaning`` one sentence, ``inputs`` fact names."""

    name: str
    value: Value
    origin: Origin
    meaning: str = ""
    reference: str = ""  # "RFC 5246, 8.1"
    inputs: tuple[str, ...] = ()
    formula: str = ""  # how it follows from the inputs: 'PRF(master_secret, "client finished", handshake_hash)'
    confidential: bool = False  # the value is not to be shown unasked; see ``facts.py`` for which names are

    @property
    def secret(self) -> bool:
        """Whether the value is a secret, shown or not."""
        return self.confidential or isinstance(self.value, Secret) or self.value.startswith(WITHHELD)


WITHHELD = "⟨secret "  # what a pseudonym begins with: ⟨secret A⟩


@dataclass(frozen=True, slots=True)
class Check:
    """A claim a party tested. ``claim`` is a true sentence when ``passed``; else ``alert`` names what it led to.

    There is no alert when the claim is false and was let pass: it is reported, and the handshake went on.
    """

    claim: str
    passed: bool = True
    alert: str = ""
    subject: str = ""  # of a check of a certificate: "dates", "key usage"
    values: tuple[str, ...] = ()  # and what it was decided on: "not after: 2026-08-30 12:00:00Z"

    @property
    def refused(self) -> bool:
        """Whether the party ended the handshake over it."""
        return not self.passed and bool(self.alert)


@dataclass(frozen=True, slots=True)
class JudgedCertificate:
    """A certificate of a path, with every check of it. ``place`` is leaf, intermediate or trust anchor."""

    name: str
    place: str
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class CandidatePath:
    """One path that was possible, from the leaf on, and in a sentence what became of it."""

    certificates: tuple[JudgedCertificate, ...]
    fate: str
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """How certificates were verified: as they were presented, for which name, by which paths to which anchor."""

    presented: tuple[str, ...]  # names of the certificates, in the order in which they came
    name_asked: str = ""
    names_presented: tuple[str, ...] = ()
    anchor: str = ""  # with the store it is of; "" when no path was accepted
    paths: tuple[CandidatePath, ...] = ()


@dataclass(frozen=True, slots=True)
class Reaction:
    """What one party did because of the step, in order: facts learnt or computed, and checks.

    Of certificates ``verification`` tells the same checks again, by path and certificate, with what else was tried.
    """

    party: Party
    learned: tuple[Fact, ...] = ()
    checks: tuple[Check, ...] = ()
    verification: Verification | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One TLS record on the wire. ``wire`` is header and fragment, empty of long and of withheld application data."""

    sender: Party
    content_type: int
    version: int
    length: int  # of the fragment as sent
    plaintext_length: int
    sequence: int
    protection: str = ""  # "" before ChangeCipherSpec, else the cipher: "AES_128_GCM"
    wire: bytes = b""
    connection: int = 0
    offset: int | None = None  # bytes of its sender's that went before it; None when that is not known


@dataclass(frozen=True, slots=True)
class Pieces:
    """How one direction's bytes were handed over: the lengths of what ``told_by`` wrote or read at once, in order.

    The sender tells of what it wrote, the receiver of what it read. Of a long connection the first are kept.
    """

    sender: Party
    told_by: Party
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the chart, numbered from 1 over the whole trace."""

    number: int
    kind: Kind
    name: str  # "ClientHello", "ChangeCipherSpec", "Alert", "ApplicationData", "SYN"
    sender: Party
    receiver: Party
    time: float  # seconds since the trace began
    phase: Phase
    length: int = 0  # bytes of the message, header included; of the data
    type_number: int | None = None  # HandshakeType, AlertDescription
    summary: str = ""  # one line for the arrow: "fatal handshake_failure(40)"
    raw: bytes = b""  # the message with its header; empty for data and TCP
    fields: Field | None = None  # every byte of raw, named
    protection: str = ""  # "" in the clear, else the cipher: "AES_128_GCM"
    activates: str = ""  # of a ChangeCipherSpec: what becomes current for this sender from here on
    data: Value | None = None  # application data, bounded
    records: tuple[int, ...] = ()  # indexes into Trace.records
    reactions: tuple[Reaction, ...] = ()
    connection: int = 0

    def reaction(self, party: Party) -> Reaction:
        """What that party did because of this step; empty when nothing."""
        return next((r for r in self.reactions if r.party is party), Reaction(party))

    @property
    def arrow(self) -> bool:
        """Whether something travels."""
        return self.kind is not Kind.start


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a connection failed: who decided, the alert, and the sentence."""

    decided_by: Party
    alert: str  # "handshake_failure(40)"; "" when no alert was sent (a reset, a time-out)
    reason: str
    step: int  # the step being handled


@dataclass(frozen=True, slots=True)
class Connection:
    """What came out of one connection."""

    client: str = ""  # "127.0.0.1:50312"
    server: str = ""
    authority: str = ""  # whom somebody asked about certificates: "127.0.0.1:2560", several with commas
    server_name: str = ""
    version: str = ""
    cipher_suite: str = ""
    group: str = ""
    alpn: str = ""
    resumed: bool = False
    completed: bool = False  # both Finished were verified, as far as this trace sees
    closed: Literal["", "close_notify", "truncated", "reset", "alert"] = ""
    failure: Failure | None = None
    pieces: tuple[Pieces, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """One or more connections. ``observed_by`` names the parties whose reactions are in it."""

    steps: tuple[Step, ...]
    connections: tuple[Connection, ...]
    records: tuple[Record, ...] = ()
    observed_by: tuple[Party, ...] = (Party.client,)
    title: str = ""
    created: str = ""  # RFC 3339, "" when the clock was not given
    generator: str = ""  # "hellodone 0.1.0"
    warnings: tuple[str, ...] = ()

    @property
    def failure(self) -> Failure | None:
        """The first connection's failure that there is, or None."""
        return next((c.failure for c in self.connections if c.failure is not None), None)

    def steps_of(self, phase: Phase) -> Sequence[Step]:
        """The steps of a phase, in order."""
        return [step for step in self.steps if step.phase is phase]

    def to_json(self, *, show_secrets: bool = False, indent: int | None = 2) -> str:
        """The trace as JSON that validates against the schema shipped with the package."""
        from hellodone.trace import json as trace_json

        return trace_json.dumps(self, show_secrets=show_secrets, indent=indent)

    @classmethod
    def from_json(cls, text: str | bytes) -> Trace:
        """The trace that ``to_json`` wrote. Raises ConfigurationError when it is not one."""
        from hellodone.trace import json as trace_json

        return trace_json.loads(text)
