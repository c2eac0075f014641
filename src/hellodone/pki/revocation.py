"""What a client does about revocation: whom it asks, whom it believes, what it refuses (RFC 5280, 6.3; RFC 6066, 8).

Four attitudes. ``off``: nothing is looked at. None, the default of a configuration: what the server staples is used,
nothing is asked. ``soft``: CRLs at hand and queries are used, and what cannot be learnt is reported. ``hard``: what
cannot be learnt is refused. A certificate that a believed answer calls revoked is refused by all but ``off``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, Literal

from hellodone.errors import AlertDescription, ConfigurationError
from hellodone.pki.answers import CLOCK_SKEW, Question, RevocationAnswer
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.checks import CertificateCheck
from hellodone.pki.crl import Crl, fetched_crl
from hellodone.pki.crl_judge import judge_crl, judge_crls
from hellodone.pki.lookups import NONCE_LENGTH, CrlFetch, Fetched, Lookup, OcspQuery, crl_urls, ocsp_query, ocsp_urls
from hellodone.pki.made_keys import Random
from hellodone.pki.ocsp import OcspResponse
from hellodone.pki.ocsp_judge import judge_ocsp
from hellodone.pki.rule import Rule
from hellodone.pki.rules import Conformance
from hellodone.pki.text import printable

Mode = Literal["off", "staples", "soft", "hard"]


@dataclass(frozen=True, slots=True)
class Revocation:
    """A policy. Make one with :meth:`off`, :meth:`soft` or :meth:`hard`.

    ``crls`` are lists at hand; ``ask`` lets OCSP responders and CRL servers be asked that the certificates name, with
    a ``nonce`` where wanted; ``leaf_only`` leaves the certificates of CAs out; ``clock_skew`` is how far clocks differ.
    """

    mode: Mode
    crls: tuple[Crl, ...] = field(default=(), repr=False)
    ask: bool = False
    nonce: bool = True
    leaf_only: bool = False
    hash_name: str = "sha1"
    clock_skew: timedelta = CLOCK_SKEW

    def __post_init__(self) -> None:
        """Refuse what cannot be meant. Raises ConfigurationError."""
        if self.mode not in ("off", "staples", "soft", "hard"):
            raise ConfigurationError(f"revocation is off, soft or hard; it is {self.mode!r}")
        if self.hash_name not in ("sha1", "sha256"):
            raise ConfigurationError(f"OCSP requests are made with sha1 or sha256, not with {self.hash_name!r}")

    @classmethod
    def off(cls) -> Revocation:
        """Look at nothing: neither staples nor that a certificate must come with one."""
        return cls("off")

    @classmethod
    def soft(
        cls, *, crls: Sequence[Crl] = (), ask: bool = True, nonce: bool = True, leaf_only: bool = False
    ) -> Revocation:
        """Refuse what is revoked, report what cannot be learnt."""
        return cls("soft", tuple(crls), ask, nonce, leaf_only)

    @classmethod
    def hard(
        cls, *, crls: Sequence[Crl] = (), ask: bool = True, nonce: bool = True, leaf_only: bool = False
    ) -> Revocation:
        """Refuse what is revoked and what cannot be learnt, for every certificate of the path but the anchor."""
        return cls("hard", tuple(crls), ask, nonce, leaf_only)


_NOT_REVOKED: Final = "nobody who is believed says that the certificate is revoked"
STAPLES: Final = Revocation("staples")
"""What ``revocation=None`` means."""


def questions(
    path: Sequence[Certificate],
    policy: Revocation,
    at: datetime,
    *,
    allow_weak_signatures: bool = False,
    conformance: Conformance = "path",
) -> tuple[Question, ...]:
    """One question for each certificate of a verified path that is to be asked about, the leaf's first.

    The anchor is trusted because it was chosen: nobody revokes it. Staples may speak of every certificate; CRLs and
    queries are used for the leaf alone where the policy says so.
    """
    if policy.mode == "off":
        return ()
    return tuple(
        Question(certificate, issuer, at, index, policy.clock_skew, allow_weak_signatures, conformance)
        for index, (certificate, issuer) in enumerate(pairwise(path))
    )


def judge_staples(
    presented: Sequence[Certificate], staples: Sequence[OcspResponse], asked: Sequence[Question]
) -> tuple[RevocationAnswer, ...]:
    """What the stapled responses say: each belongs to the certificate at its place in what was presented.

    One that is empty, or about a certificate that the path does not need, is none (RFC 6961, 2.2).
    """
    by_certificate = {
        certificate: staple for certificate, staple in zip(presented, staples, strict=False) if staple.der
    }
    found = ((by_certificate.get(question.certificate), question) for question in asked)
    return tuple(judge_ocsp(staple, question, "staple") for staple, question in found if staple is not None)


def judge_lists(asked: Sequence[Question], policy: Revocation) -> tuple[RevocationAnswer, ...]:
    """What the CRLs at hand say of the certificates that the policy wants to know about."""
    found = (judge_crls(policy.crls, question) for question in _wanted(asked, policy)) if policy.crls else ()
    return tuple(answer for answer in found if answer is not None)


def is_final(answer: RevocationAnswer) -> bool:
    """Whether the certificate is refused whatever others say."""
    return answer.status == "revoked" or (answer.kind == "staple" and answer.status == "unusable")


def open_questions(
    asked: Sequence[Question], answers: Sequence[RevocationAnswer], policy: Revocation
) -> tuple[Question, ...]:
    """The questions that nobody answered so far and that are to be asked over the network."""
    answered = {answer.certificate for answer in answers if answer.conclusive}
    return tuple(q for q in _wanted(asked, policy) if q.index not in answered) if policy.ask else ()


def lookups(question: Question, policy: Revocation, random: Random) -> Iterator[Lookup]:
    """Whom to ask, in order: OCSP responders, then servers of CRLs. Raises CertificateError like the certificate."""
    for url in ocsp_urls(question.certificate):
        nonce = random(NONCE_LENGTH) if policy.nonce else None
        yield ocsp_query(question.certificate, question.issuer, url, nonce=nonce, hash_name=policy.hash_name)
    for url in crl_urls(question.certificate):
        yield CrlFetch(url)


def judge_fetched(question: Question, lookup: Lookup, fetched: Fetched) -> RevocationAnswer:
    """What came back, judged; a look-up that failed is an answer that says so."""
    if fetched.failure:
        kind: Literal["ocsp", "crl"] = "ocsp" if isinstance(lookup, OcspQuery) else "crl"
        reason = printable(fetched.failure, 400)
        answer = RevocationAnswer(kind, "unanswered", question.index, question.certificate.name, reason=reason)
    elif isinstance(lookup, OcspQuery):
        answer = judge_ocsp(OcspResponse(fetched.data), question, "ocsp", lookup.nonce)
    else:
        answer = judge_crl(fetched_crl(fetched.data), question)
    return replace(answer, source=lookup.url)


def decide(
    asked: Sequence[Question], answers: Sequence[RevocationAnswer], policy: Revocation
) -> tuple[CertificateCheck, ...]:
    """Refuse what the policy does not take, given all that was learnt; what follows from it otherwise.

    A revoked certificate ends in certificate_revoked, or in bad_certificate_status_response when a staple says so; so
    does a staple that cannot be believed (RFC 6066, 8). One that is inconclusive may be made up for by another answer,
    and a soft policy goes on without any (RFC 6961, 2.2). Raises CertificateError with the alert and the failed check.
    """
    for answer in answers:
        if answer.status == "revoked":
            raise _refusal(_NOT_REVOKED, answer, f"the certificate is refused: {answer}")
    for question in asked:
        found = [answer for answer in answers if answer.certificate == question.index]
        staple = next((answer for answer in found if answer.kind == "staple"), None)
        settled = any(answer.conclusive for answer in found) or policy.mode == "soft"
        if staple is not None and (staple.status == "unusable" or not settled):
            claim = "what the server stapled is satisfactory (RFC 6066, 8)"
            raise _refusal(claim, staple, f"the staple for {staple.name} is refused: {staple.reason}")
        if not settled and policy.mode == "hard" and question in _wanted(asked, policy):
            raise _nothing_learnt(question, found)
    learnt = any(answer.conclusive for answer in answers)
    return (CertificateCheck(_NOT_REVOKED, True, 0),) if learnt else ()


def _refusal(claim: str, answer: RevocationAnswer, reason: str) -> CertificateError:
    failed = CertificateCheck(claim, False, answer.certificate, {}, answer.alert, reason, Rule.REVOKED)
    return CertificateError(answer.alert, reason, (failed,), failed.rule)


def _nothing_learnt(question: Question, found: Sequence[RevocationAnswer]) -> CertificateError:
    name, alert = question.certificate.name, AlertDescription.certificate_unknown
    tried = "; ".join(f"{answer.source + ': ' if answer.source else ''}{answer.reason}" for answer in found)
    nothing = "nothing was stapled, no CRL at hand is of its issuer, and nobody could be asked"
    reason = f"it cannot be learnt whether {name} is revoked, as this policy demands: {tried or nothing}"
    rule = next((check.rule for answer in found for check in answer.checks if not check.passed), Rule.REVOKED)
    failed = CertificateCheck(f"it is known whether {name} is revoked", False, question.index, {}, alert, reason, rule)
    return CertificateError(alert, reason, (failed,), rule)


def _wanted(asked: Sequence[Question], policy: Revocation) -> tuple[Question, ...]:
    return tuple(question for question in asked if question.index == 0 or not policy.leaf_only)
