"""Why a chain was refused: our own walk over what was presented and what is trusted, ending in one sentence.

The library that decides says neither which certificate nor which rule, and its text changes; it is quoted only when
this walk finds nothing wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from hellodone.errors import AlertDescription
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.checks import CertificateCheck
from hellodone.pki.issued import signed_by
from hellodone.pki.judge import judge
from hellodone.pki.paths import DeadEnd, Search, key_identifier
from hellodone.pki.rule import Rule
from hellodone.pki.rules import Demands
from hellodone.pki.text import counted, key_text, printable
from hellodone.pki.trust import TrustStore

Judged = tuple[tuple[Certificate, ...], tuple[CertificateCheck, ...]]


def refusal(
    chain: Sequence[Certificate], trust: TrustStore, demands: Demands, search: Search, library_says: str
) -> CertificateError:
    """The reason for refusing ``chain``: the first failed check of the path that fails least, or why there is none."""
    judged = [(path, judge(path, demands)) for path in search.paths()]
    if not judged:
        return _no_path(chain, trust, demands, search)
    path, made = min(judged, key=lambda each: sum(not check.passed for check in each[1]))
    failed = next((check for check in made if not check.passed), None)
    if failed is None or failed.alert is None:
        reason = (
            f"the path verifier of the library refused the chain of {chain[0].name}, though our own walk (RFC 5280, 6) "
            f"finds nothing wrong with it: {printable(library_says)}"
        )
        return CertificateError(AlertDescription.certificate_unknown, reason, made)
    return CertificateError(failed.alert, failed.reason + _remark(path, made, failed), made, failed.rule)


def failure(path: Sequence[Certificate], made: tuple[CertificateCheck, ...]) -> CertificateError | None:
    """The error for the first check of ``made`` that failed, None when all passed."""
    failed = next((check for check in made if not check.passed), None)
    if failed is None or failed.alert is None:
        return None
    return CertificateError(failed.alert, failed.reason + _remark(path, made, failed), made, failed.rule)


def _remark(path: Sequence[Certificate], made: tuple[CertificateCheck, ...], failed: CertificateCheck) -> str:
    """What else helps with a certificate outside its dates: whether the clock is suspect, whether the leaf is fine."""
    if failed.alert is not AlertDescription.certificate_expired:
        return ""
    outside = [c for c in made if not c.passed and c.alert is AlertDescription.certificate_expired]
    if len(path) > 1 and len(outside) == len(path) and len({"expired" in c.reason for c in outside}) == 1:
        return f"; all {len(path)} certificates of the path fail the same way: is the clock right?"
    if failed.certificate > 0:
        return f"; the certificate of {path[0].name} itself is within its dates"
    return ""


def _no_path(chain: Sequence[Certificate], trust: TrustStore, demands: Demands, search: Search) -> CertificateError:
    """No path ends in an anchor: the longest one begun says where it broke off."""
    alert = AlertDescription
    if search.exhausted or not search.dead_ends:
        return CertificateError(
            alert.certificate_unknown,
            f"no path from {chain[0].name} to a trust anchor was found among {counted(len(chain), 'certificate')} "
            "within the bounds of the search: they offer too many ways",
            rule=Rule.WORK,
        )
    end = max(search.dead_ends, key=lambda dead: len(dead.path))
    if end.too_deep:
        return CertificateError(
            alert.certificate_unknown,
            f"the path from {chain[0].name} has more than {counted(len(end.path) - 2, 'intermediate')}, "
            "which is as deep as is looked",
            rule=Rule.DEPTH,
        )
    if end.refuted:
        return _refuted(end, trust)
    return _unknown_issuer(chain, end, trust, demands)


def _refuted(end: DeadEnd, trust: TrustStore) -> CertificateError:
    """A certificate with the issuer's name is there, but its key did not make the signature."""
    last, (issuer, verdict) = end.path[-1], end.refuted[0]
    for certificate in (*end.path, issuer):
        if not certificate.consistent:
            return CertificateError(
                AlertDescription.bad_certificate,
                f"{certificate.name} names two signature algorithms, one inside what is signed and another outside it; "
                "they must be the same (RFC 5280, 4.1.1.2)",
                rule=Rule.SIGNATURE_ALGORITHM,
            )
    if verdict == "unsupported":
        return CertificateError(
            AlertDescription.unsupported_certificate,
            f"the signature of {last.name} ({last.signature_algorithm}) cannot be verified with the key of its issuer "
            f"{issuer.name} ({_key_of(issuer)})",
            rule=Rule.KEY,
        )
    meant = key_identifier(last, x509.AuthorityKeyIdentifier)
    same_key = meant is not None and meant == key_identifier(issuer, x509.SubjectKeyIdentifier)
    if not same_key and all(candidate in trust for candidate, _ in end.refuted):
        return CertificateError(
            AlertDescription.unknown_ca,
            f"{last.name} names {issuer.name} as its issuer, but the {issuer.name} of the trust store "
            f"({trust.describe()}) has another key: another CA of the same name, or the certificate was altered",
            rule=Rule.ISSUER,
        )
    why = (
        "its authority key identifier names that very key, so the certificate was altered"
        if same_key
        else "the certificate was altered, or issued under another key of that name"
    )
    return CertificateError(
        AlertDescription.bad_certificate,
        f"the signature of {last.name} does not verify with the key of its issuer {issuer.name}: {why}",
        rule=Rule.SIGNATURE,
    )


def _key_of(certificate: Certificate) -> str:
    try:
        return key_text(certificate.key_type)
    except CertificateError:
        return "a key that cannot be read"


def _unknown_issuer(
    chain: Sequence[Certificate], end: DeadEnd, trust: TrustStore, demands: Demands
) -> CertificateError:
    last, store = end.path[-1], f"the trust store ({trust.describe()})"
    if last.self_issued and signed_by(last, last) == "valid":
        reason = (
            f"the certificate of {last.name} is self-signed (issuer and subject are the same) and is not in {store}"
            if len(end.path) == 1
            else f"the chain is complete up to the root {last.name}, which is not in {store}"
        )
        return CertificateError(AlertDescription.unknown_ca, reason, rule=Rule.ISSUER)
    if not last.x509.issuer.rdns:
        reason = f"{last.name} does not say who issued it: its issuer is empty, and must not be (RFC 5280, 4.1.2.4)"
        return CertificateError(AlertDescription.bad_certificate, reason, rule=Rule.ISSUER_NAME)
    return CertificateError(
        AlertDescription.unknown_ca,
        f"the {demands.role} sent {counted(len(chain), 'certificate')}; no issuer was found for {last.name}: "
        f"{last.issuer} is neither among what was sent nor in {store}; the {demands.role} must send it, "
        "or its root is not one that is trusted" + _where_to_find(last),
        rule=Rule.ISSUER,
    )


def _where_to_find(certificate: Certificate) -> str:
    """The address at which authorityInfoAccess says the issuer's certificate lies (RFC 5280, 4.2.2.1)."""
    access = certificate.extension(x509.AuthorityInformationAccess)
    for description in access or ():
        location = description.access_location
        is_issuer = description.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        if is_issuer and isinstance(location, x509.UniformResourceIdentifier):
            return f"; {certificate.name} says that it lies at {printable(location.value)}"
    return ""
