"""What somebody who listens reads of the protected steps: opened for real, from the octets and the keys of the trace.

Whether a party has the keys is the closure's conclusion (``knowledge.py``). What then comes out of the records is
computed here; where the trace has no octets of a record, or withholds the keys, only the conclusion is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from hellodone.crypto.errors import CryptoError
from hellodone.crypto.protection import Opener, new_opener
from hellodone.crypto.secret import Secret
from hellodone.trace.courses import Course, courses
from hellodone.trace.knowledge import Knowledge
from hellodone.trace.known import Known
from hellodone.trace.model import Party, Record, Step, Value
from hellodone.trace.secrets import as_text
from hellodone.trace.traits import Trait

__all__ = ["Read", "opened", "readings"]

_HEADER = 5  # octets of a record before its fragment (RFC 5246, 6.2.1)
_PARTS = ("mac_key", "key", "iv")


@dataclass(frozen=True, slots=True)
class Read:
    """What a party makes of a protected step. ``at`` is the step from which it can read it, if it ever can.

    ``key`` names the fact that opens the step, "" where nothing is encrypted. ``content`` is what came out of the
    records; None where nothing did.
    """

    step: int
    at: int
    readable: bool
    key: str = ""
    content: Secret | None = None

    @property
    def text(self) -> str:
        """The content in plain sight; "" where there is none."""
        return as_text(self.content) if self.content is not None else ""


def readings(known: Knowledge, party: Party = Party.eavesdropper) -> tuple[Read, ...]:
    """What the party makes of every protected step that it did not send, by the step from which it can."""
    reader = _Reader(known, party)
    found = [reader.read(step) for step in known.trace.steps if step.protection and step.sender is not party]
    return tuple(sorted(found, key=lambda read: read.at))


def opened(known: Knowledge, record: int, course: Course) -> bytes | None:
    """What is in that record, which the keys of that handshake protect, as who received it sees it; None if unknown."""
    receiver = Party.server if known.trace.records[record].sender is Party.client else Party.client
    return _Reader(known, receiver).plaintext(record, course)


class _Reader:
    def __init__(self, known: Knowledge, party: Party) -> None:
        self._trace = known.trace
        self._known = known
        self._party = party
        self._courses = courses(known.trace)
        self._facts = {
            (fact.handshake, fact.name): fact
            for step in known.trace.steps
            for fact in known.learned(step.number, party)
        }
        self._plaintexts: dict[int, bytes | None] = {}  # record -> what is in it
        self._openers: dict[tuple[int, Party], Opener | None] = {}  # course and sender -> its opener

    def read(self, step: Step) -> Read:
        course = self._courses.all[self._courses.sealed[step.number]]
        if Trait.cipher_keys not in course.traits:
            return Read(step.number, step.number, True, "", self._content(step, course))
        key = f"{step.sender}_write_key"
        fact = self._facts.get((course.index, key))
        if fact is None:
            return Read(step.number, step.number, False, key)
        return Read(step.number, max(step.number, fact.step), True, key, self._content(step, course))

    def _content(self, step: Step, course: Course) -> Secret | None:
        """Of records that hold this step and nothing else, or whose content has the message in it."""
        parts = [self.plaintext(index, course) for index in step.records]
        if not parts or None in parts:
            return None
        content = b"".join(part for part in parts if part is not None)
        if len(content) == step.length:
            return Secret(content)
        return Secret(step.raw) if step.raw and step.raw in content else None

    def plaintext(self, index: int, course: Course) -> bytes | None:
        if index not in self._plaintexts:
            self._plaintexts[index] = self._open(self._trace.records[index], course)
        return self._plaintexts[index]

    def _open(self, record: Record, course: Course) -> bytes | None:
        if len(record.wire) != _HEADER + record.length:
            return None
        if Trait.cipher_keys not in course.traits:
            return record.wire[_HEADER:][: record.plaintext_length]
        opener = self._opener(course, record.sender)
        if opener is None:
            return None
        try:
            return opener.open(record.sequence, record.content_type, record.version, record.wire)
        except CryptoError:  # the trace has been tampered with, or lacks records that a stream cipher runs through
            return None

    def _opener(self, course: Course, sender: Party) -> Opener | None:
        key = (course.index, sender)
        if key not in self._openers:
            self._openers[key] = self._made(course, sender)
        return self._openers[key]

    def _made(self, course: Course, sender: Party) -> Opener | None:
        if course.suite is None:
            return None
        found = [_octets(self._facts.get((course.index, f"{sender}_write_{part}"))) for part in _PARTS]
        mac_key, cipher_key, iv = found
        if cipher_key is None:
            return None
        try:
            return new_opener(
                course.suite,
                mac_key or b"",
                cipher_key,
                iv or b"",
                encrypt_then_mac=self._agreed(course, "encrypt_then_mac"),
                truncated_hmac=self._agreed(course, "truncated_hmac"),
            )
        except CryptoError:
            return None

    def _agreed(self, course: Course, name: str) -> bool:
        fact = self._facts.get((course.index, name))
        return fact is not None and fact.value == "yes"


def _octets(fact: Known | None) -> bytes | None:
    """The value of a fact, where the trace has it and shows it."""
    value: Value = fact.value if fact is not None else ""
    if isinstance(value, Secret):
        return bytes(value)
    try:
        return bytes.fromhex(value) or None
    except ValueError:  # a name in place of the secret
        return None
