"""All checks of one path, from the leaf to the anchor: what a chart shows and what explains a refusal."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.x509 import Version

from hellodone.pki import checks
from hellodone.pki.checks import CertificateCheck
from hellodone.pki.conformance import conformance
from hellodone.pki.constraints import constrains_distinguished_names, within_name_constraints
from hellodone.pki.form import in_form
from hellodone.pki.rule import Rule
from hellodone.pki.rules import Demands, Path
from hellodone.pki.text import key_text


def judge(path: Path, demands: Demands) -> tuple[CertificateCheck, ...]:
    """Every check of ``path``, whose signatures are verified already; raises CertificateError for malformed fields."""
    made: list[CertificateCheck] = []
    for index in range(len(path)):
        made += [check for check in _one(path, index, demands) if check is not None]
    return tuple(made)


def beyond_the_library(path: Path) -> bool:
    """Whether ``path`` has a link that the library refuses for its kind, not for a fault.

    It also counts self-issued certificates against a path length, which RFC 5280, 4.2.1.9 does not, and cannot compare
    distinguished names with name constraints.
    """
    issuers, anchor = path[1:], path[-1]
    return (
        anchor.x509.version is not Version.v3
        or any(checks.judgeable(path, i) for i in range(len(path)))
        or any(issuer.self_issued for issuer in issuers[:-1])
        or any(constrains_distinguished_names(issuer) for issuer in issuers)
    )


def _one(path: Path, index: int, demands: Demands) -> Iterator[CertificateCheck | None]:
    yield from conformance(path, index, demands.conformance)
    form = list(in_form(path, index))
    yield from (
        check for check in form if not check.passed
    )  # a fault of form comes first, what is as it should be last
    yield checks.within_dates(path, index, demands.at)
    if index < len(path) - 1:
        yield _signature(path, index)
    if index == 0:
        yield from _leaf(path, demands)
    else:
        yield from _issuer(path, index, demands)
    yield checks.understood(path, index)
    if not demands.judge_alone:
        yield checks.judgeable(path, index)
    yield from (check for check in form if check.passed)


def _signature(path: Path, index: int) -> CertificateCheck:
    issuer = path[index + 1]
    claim = f"the signature of {checks.who(path, index)} verifies with the key of its issuer {issuer.name}"
    values = {"algorithm": path[index].signature_algorithm, "issuer's key": key_text(issuer.key_type)}
    return CertificateCheck(claim, True, index, values, rule=Rule.SIGNATURE)


def _leaf(path: Path, demands: Demands) -> Iterator[CertificateCheck]:
    if demands.name is not None:
        yield checks.for_the_name(path, demands.name)
    yield checks.fit_for_purpose(path, 0, demands.role)
    if demands.usage is not None:
        yield checks.usable_key(path, demands.usage)
    if demands.pins:
        yield checks.pinned(path, demands)
    yield checks.strong_key(path, 0, demands)
    if len(path) > 1:
        yield checks.strong_signature(path, 0, demands)


def _issuer(path: Path, index: int, demands: Demands) -> Iterator[CertificateCheck | None]:
    is_anchor = index == len(path) - 1
    if not (is_anchor and demands.judge_alone and path[index].x509.version is not Version.v3):
        yield checks.is_ca(path, index)
    yield checks.may_issue(path, index)
    yield checks.within_path_length(path, index)
    yield within_name_constraints(path, index)
    if not is_anchor:
        yield checks.strong_key(path, index, demands)
        yield checks.strong_signature(path, index, demands)
        yield checks.fit_for_purpose(path, index, demands.role)
