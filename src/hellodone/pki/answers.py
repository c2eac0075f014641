"""Whether a certificate is revoked: the question, and the answer of whoever was asked, with every check of it.

An answer is a value, also when it is useless: what a stale or forged one leads to is decided by a policy
(``revocation``), not where it is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from hellodone.errors import AlertDescription
from hellodone.pki.certificates import Certificate
from hellodone.pki.checks import CertificateCheck
from hellodone.pki.rule import Rule
from hellodone.pki.rules import Conformance
from hellodone.pki.text import moment, printable

Kind = Literal["staple", "ocsp", "crl"]
Status = Literal["good", "revoked", "unknown", "unanswered", "unusable"]
"""``unknown`` is the responder's word, ``unanswered`` that it said nothing of use, ``unusable`` not to be believed."""

CLOCK_SKEW: Final = timedelta(minutes=5)
LONGEST_WITHOUT_END: Final = timedelta(days=1)  # how long a statement holds that does not say how long
_ALERTS: Final[dict[Kind, AlertDescription]] = {
    "staple": AlertDescription.bad_certificate_status_response,  # RFC 6066, 8
    "ocsp": AlertDescription.certificate_unknown,
    "crl": AlertDescription.certificate_unknown,
}
_NAMES: Final[dict[Kind, str]] = {"staple": "stapled OCSP response", "ocsp": "OCSP response", "crl": "CRL"}


@dataclass(frozen=True, slots=True)
class Question:
    """Is ``certificate``, which ``issuer`` issued, revoked at the time ``at``?

    ``index`` is its place in the path, 0 for the leaf. Clocks may differ by ``clock_skew``. The certificate's
    signature was verified with the issuer's key before anybody asks this.
    """

    certificate: Certificate
    issuer: Certificate
    at: datetime
    index: int = 0
    clock_skew: timedelta = CLOCK_SKEW
    allow_weak_signatures: bool = False
    conformance: Conformance = "path"


@dataclass(frozen=True, slots=True)
class RevocationAnswer:
    """What one source says of one certificate. ``checks`` are the claims that were tested; the last may have failed.

    ``reason`` is why a certificate was revoked (``keyCompromise``) or why the answer is of no use, in one sentence.
    ``certificate`` is the index in the path, ``name`` the certificate's; ``source`` the URL that was asked, if one was.
    """

    kind: Kind
    status: Status
    certificate: int
    name: str
    checks: tuple[CertificateCheck, ...] = ()
    this_update: datetime | None = None
    next_update: datetime | None = None
    produced_at: datetime | None = None
    responder: str = ""
    reason: str = ""
    revoked_at: datetime | None = None
    source: str = ""

    @property
    def conclusive(self) -> bool:
        """Whether it says good or revoked, and is to be believed."""
        return self.status in ("good", "revoked")

    @property
    def until(self) -> datetime | None:
        """Until when it holds, None where it says nothing of its time."""
        if self.next_update is None and self.this_update is not None:
            return self.this_update + LONGEST_WITHOUT_END
        return self.next_update

    @property
    def alert(self) -> AlertDescription:
        """The alert for a certificate that is refused because of this answer (RFC 6066, 8; RFC 5246, 7.2.2)."""
        if self.status == "revoked" and self.kind != "staple":
            return AlertDescription.certificate_revoked
        return _ALERTS[self.kind]

    def __str__(self) -> str:
        """In a few words: ``CN=localhost is good by OCSP of CN=Root as of ..., until ...``."""
        by = f" by the {_NAMES[self.kind]}" + (f" of {self.responder}" if self.responder else "")
        if not self.conclusive:
            said = f"the status of {self.name} is not known{by}"
            return f"{said}: {self.reason}" if self.reason else said
        since = f" since {moment(self.revoked_at)}" if self.revoked_at is not None else ""
        why = f" ({self.reason})" if self.reason else ""
        as_of = f" as of {moment(self.this_update)}" if self.this_update is not None else ""
        until = f", until {moment(self.next_update)}" if self.next_update is not None else ""
        return f"{self.name} is {self.status}{since}{why}{by}{as_of}{until}"


class Unsatisfactory(Exception):
    """A check failed: the answer is not to be believed. Only for use between the modules that judge answers."""

    def __init__(self, reason: str, status: Status = "unusable") -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class Examination:
    """The checks of one answer, in the order in which they are made."""

    def __init__(self, question: Question, kind: Kind) -> None:
        self.question = question
        self.kind: Kind = kind
        self.checks: list[CertificateCheck] = []

    @property
    def what(self) -> str:
        """The thing that is judged: ``OCSP response``."""
        return _NAMES[self.kind]

    def require(self, passed: bool, claim: str, reason: str, *, rule: Rule = Rule.REVOKED, **values: str) -> None:
        """Hold a claim; raises :class:`Unsatisfactory` with the reason when it does not hold."""
        index = self.question.index
        named = {name.replace("_", " "): value for name, value in values.items()}
        if passed:
            self.checks.append(CertificateCheck(claim, True, index, named, rule=rule))
            return
        self.checks.append(CertificateCheck(claim, False, index, named, _ALERTS[self.kind], reason, rule))
        raise Unsatisfactory(reason)

    def current(self, this_update: datetime, next_update: datetime | None) -> None:
        """The statement is neither from the future nor out of date (RFC 6960, 4.2.2.1; RFC 5280, 5.1.2.4 and 5)."""
        at, skew = self.question.at, self.question.clock_skew
        said = f"this update {moment(this_update)}, now {moment(at)}"
        self.require(
            this_update <= at + skew,
            f"the {self.what} is not from the future",
            f"the {self.what} is from the future ({said}); one of the clocks is wrong",
            this_update=moment(this_update),
            now=moment(at),
        )
        end = next_update if next_update is not None else this_update + LONGEST_WITHOUT_END
        named = f"next update {moment(end)}" if next_update is not None else f"no next update, {said}"
        self.require(
            this_update <= end and at <= end + skew,
            f"the {self.what} is up to date",
            f"the {self.what} is out of date ({named}, now {moment(at)}); a newer one must be fetched",
            next_update=moment(next_update) if next_update is not None else "not given",
            now=moment(at),
        )

    def failed(self, reason: str, status: Status = "unusable") -> RevocationAnswer:
        """The answer when it is none; its last check is the one that failed."""
        question = self.question
        text = printable(reason, 400)
        if not self.checks or self.checks[-1].passed:
            claim = f"the {self.what} tells whether {question.certificate.name} is revoked"
            self.checks.append(
                CertificateCheck(claim, False, question.index, {}, _ALERTS[self.kind], text, Rule.REVOKED)
            )
        return RevocationAnswer(
            self.kind, status, question.index, question.certificate.name, tuple(self.checks), reason=text
        )
