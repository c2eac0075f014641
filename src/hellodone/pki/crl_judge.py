"""Whether a CRL is the one for a certificate, is to be believed, and lists it (RFC 5280, 6.3.3).

The steps of section 6.3.3 for complete lists of the certificate's own issuer. Delta lists and indirect ones, which
speak for other issuers, are refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from cryptography import x509
from cryptography.x509 import ReasonFlags

from hellodone.pki import rules
from hellodone.pki.answers import Examination, Question, RevocationAnswer, Unsatisfactory
from hellodone.pki.certificates import CertificateError
from hellodone.pki.crl import Crl
from hellodone.pki.rule import Rule
from hellodone.pki.text import listed, printable
from hellodone.registry import oids

if TYPE_CHECKING:
    from cryptography.x509 import IssuingDistributionPoint, RevokedCertificate

Reasons = frozenset[ReasonFlags]
ALL_REASONS: Final[Reasons] = frozenset(ReasonFlags) - {ReasonFlags.unspecified, ReasonFlags.remove_from_crl}
_UNDERSTOOD: Final = (x509.IssuingDistributionPoint, x509.AuthorityKeyIdentifier, x509.CRLNumber)
_FAULTS = (ValueError, TypeError, x509.DuplicateExtension)


class _Finding(NamedTuple):
    answer: RevocationAnswer
    covered: Reasons


def judge_crls(crls: Iterable[Crl], question: Question) -> RevocationAnswer | None:
    """What the lists of the certificate's issuer say together; None when there is none of that issuer.

    Several lists may each cover some reasons: only when all reasons are covered is a certificate not listed good.
    """
    covered: set[ReasonFlags] = set()
    best: RevocationAnswer | None = None
    for crl in crls:
        if not _is_by_issuer(crl, question):
            continue
        answer, reasons = _judge_safely(crl, question)
        if answer.status == "revoked":
            return answer
        covered |= reasons
        if best is None or (answer.status == "good" and best.status != "good"):
            best = answer
    if best is not None and best.status == "good" and not covered >= ALL_REASONS:
        missing = listed(sorted(reason.value for reason in ALL_REASONS - covered))
        return replace(best, status="unusable", reason=f"the CRLs at hand do not cover every reason: {missing} missing")
    return best


def judge_crl(crl: Crl, question: Question) -> RevocationAnswer:
    """What this one list says; also when it is another issuer's, which then is the reason why it is of no use."""
    return judge_crls((crl,), question) or _judge_safely(crl, question).answer


def _is_by_issuer(crl: Crl, question: Question) -> bool:
    try:
        return crl.issuer_bytes == question.certificate.issuer_bytes
    except CertificateError:
        return False


def _judge_safely(crl: Crl, question: Question) -> _Finding:
    examination = Examination(question, "crl")
    try:
        return _judge(crl, examination)
    except (Unsatisfactory, CertificateError) as fault:
        return _Finding(examination.failed(fault.reason), frozenset())
    except _FAULTS:
        return _Finding(examination.failed("the CRL is malformed"), frozenset())


def _judge(crl: Crl, examination: Examination) -> _Finding:
    question = examination.question
    issuer = question.certificate.issuer
    examination.require(
        crl.issuer_bytes == question.certificate.issuer_bytes,
        f"the CRL is of the issuer of {question.certificate.name}",
        f"the CRL is of {crl.issuer}; {question.certificate.name} was issued by {issuer}",
        issuer=crl.issuer,
    )
    covered = _scope(crl, examination)
    _require_signed(crl, examination)
    if examination.question.conformance != "path":
        _require_number(crl, examination)
    examination.current(crl.this_update, crl.next_update)
    entry = crl.entry(question.certificate)
    why = "" if entry is None else _reason(entry)
    revoked = entry is not None and why != ReasonFlags.remove_from_crl.value
    answer = RevocationAnswer(
        "crl",
        "revoked" if revoked else "good",
        question.index,
        question.certificate.name,
        tuple(examination.checks),
        crl.this_update,
        crl.next_update,
        None,
        question.issuer.name,
        why if revoked else "",
        entry.revocation_date_utc if entry is not None and revoked else None,
    )
    return _Finding(answer, covered)


def _scope(crl: Crl, examination: Examination) -> Reasons:
    """The reasons that the list covers for this certificate (6.3.3 b 2, d); refuses a list that is not for it."""
    delta = [e for e in crl.extensions if isinstance(e.value, x509.DeltaCRLIndicator)]
    reason = "the CRL is a delta list, which tells only what changed; complete lists are read here (RFC 5280, 5.2.4)"
    examination.require(not delta, "the CRL is a complete list", reason)
    strange = [e.oid.dotted_string for e in crl.extensions if e.critical and not isinstance(e.value, _UNDERSTOOD)]
    examination.require(
        not strange,
        "every critical extension of the CRL is understood",
        f"the CRL has a critical extension that is not understood here: {listed(strange)}",
    )
    points = [e.value for e in crl.extensions if isinstance(e.value, x509.IssuingDistributionPoint)]
    if not points:
        return ALL_REASONS
    return _limited_scope(points[0], examination)


def _limited_scope(point: IssuingDistributionPoint, examination: Examination) -> Reasons:
    """What issuingDistributionPoint leaves of it (5.2.5)."""
    certificate = examination.question.certificate
    examination.require(
        not point.indirect_crl,
        "the CRL speaks for its own issuer only",
        "the CRL is an indirect one, which speaks for other issuers too; such are not read here (RFC 5280, 5.2.5)",
    )
    constraints = certificate.basic_constraints
    is_ca = constraints is not None and constraints.ca
    outside = (
        (point.only_contains_user_certs and is_ca)
        or (point.only_contains_ca_certs and not is_ca)
        or point.only_contains_attribute_certs
    )
    kinds = {"CA": point.only_contains_ca_certs, "user": point.only_contains_user_certs}
    only = listed([kind for kind, limited in kinds.items() if limited], "attribute")
    examination.require(
        not outside,
        "the CRL covers certificates of this kind",
        f"the CRL covers {only} certificates only; {certificate.name} is {'a CA' if is_ca else 'none'}",
    )
    covered: set[ReasonFlags] = set()
    limits = point.only_some_reasons or ALL_REASONS
    names = _names(point.full_name, point.relative_name, examination.question)
    for ours in _points(examination.question):
        if not names or names & ours.names:
            covered |= ours.reasons & limits
    examination.require(
        bool(covered),
        "the CRL is of a distribution point of the certificate",
        f"the CRL is of another distribution point ({listed([_text(name) for name in names])}) than {certificate.name} "
        f"names (RFC 5280, 6.3.3 b 2)",
        distribution_point=listed([_text(name) for name in names]),
    )
    return frozenset(covered)


class _Point(NamedTuple):
    names: frozenset[x509.GeneralName]
    reasons: Reasons


def _points(question: Question) -> list[_Point]:
    """The certificate's distribution points, and the one that is assumed for its issuer (6.3.3, last paragraph)."""
    assumed = _Point(frozenset({x509.DirectoryName(question.certificate.x509.issuer)}), ALL_REASONS)
    extension = question.certificate.extension(x509.CRLDistributionPoints)
    own = [
        _Point(_names(p.full_name, p.relative_name, question), (p.reasons or ALL_REASONS) & ALL_REASONS)
        for p in extension or ()
        if p.crl_issuer is None
    ]
    return [*own, assumed]


def _names(
    full: list[x509.GeneralName] | None, relative: x509.RelativeDistinguishedName | None, question: Question
) -> frozenset[x509.GeneralName]:
    """The names of a distribution point; a relative one continues the issuer's name (4.2.1.13)."""
    if relative is not None:
        issuer = question.certificate.x509.issuer
        return frozenset({x509.DirectoryName(x509.Name([*issuer.rdns, relative]))})
    return frozenset(full or ())


def _text(name: x509.GeneralName) -> str:
    value = name.value
    return printable(value.rfc4514_string() if isinstance(value, x509.Name) else str(value))


def _require_signed(crl: Crl, examination: Examination) -> None:
    issuer = examination.question.issuer
    usage = issuer.key_usage
    examination.require(
        usage is None or "cRLSign" in usage,
        f"the key usage of {issuer.name} allows signing CRLs",
        f"the key usage of {issuer.name} is {listed(sorted(usage or ()), 'nothing')}; cRLSign expected",
        rule=Rule.KEY_USAGE,
        key_usage="any (no keyUsage)" if usage is None else listed(sorted(usage)),
    )
    examination.require(
        crl.signed_by(issuer) == "valid",
        f"the CRL is signed with the key of {issuer.name}",
        f"the signature of the CRL was not made with the key of {issuer.name}: forged, damaged, or of an earlier key",
    )
    algorithm = crl.library.signature_algorithm_oid.dotted_string
    name, hash_name = oids.SIGNATURE_ALGORITHMS.get(algorithm, (algorithm, ""))
    chosen = crl.library.signature_hash_algorithm
    weak = (hash_name or (chosen.name if chosen else "")) in rules.WEAK_HASHES
    examination.require(
        not weak or examination.question.allow_weak_signatures,
        f"the CRL is signed with an algorithm that is accepted: {name}",
        f"the CRL is signed with {name}, which is too weak to be accepted",
        algorithm=name,
    )


def _require_number(crl: Crl, examination: Examination) -> None:
    """The list is numbered, and who does not know numbers may use it (5.2.3): asked only of those that must conform."""
    numbers = [extension for extension in crl.extensions if isinstance(extension.value, x509.CRLNumber)]
    examination.require(
        len(numbers) == 1 and not numbers[0].critical,
        "the CRL has a number, in an extension that is not critical",
        f"the CRL number is {'critical' if numbers else 'missing'}; conforming issuers must give one, not critical "
        "(RFC 5280, 5.2.3)",
        rule=Rule.CRL_NUMBER,
    )


def _reason(entry: RevokedCertificate) -> str:
    """The reason code; ``unspecified`` when none is given (5.3.1)."""
    if any(isinstance(extension.value, x509.CertificateIssuer) for extension in entry.extensions):
        raise Unsatisfactory("the CRL has entries of other issuers though it does not say that it is an indirect one")
    reasons = [e.value.reason.value for e in entry.extensions if isinstance(e.value, x509.CRLReason)]
    return reasons[0] if reasons else ReasonFlags.unspecified.value
