"""How a party verified certificates, as the trace tells it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from hellodone.errors import alert_name
from hellodone.pki.account import Account, Candidate
from hellodone.pki.checks import CertificateCheck
from hellodone.trace.model import CandidatePath, Check, JudgedCertificate, Verification


def verification(account: Account) -> Verification:
    """The account in words. Never raises."""
    name = account.demands.name
    accepted = account.accepted
    return Verification(
        presented=tuple(certificate.name for certificate in account.chain),
        name_asked=str(name) if name is not None else "",
        names_presented=account.presented_names,
        anchor=f"{accepted[-1].name}, of {account.trust.describe()}" if accepted else "",
        paths=tuple(_path(candidate) for candidate in account.candidates),
    )


def _path(candidate: Candidate) -> CandidatePath:
    last = len(candidate.path) - 1
    made = {index: tuple(checks) for index, checks in groupby(candidate.checks, key=lambda check: check.certificate)}
    return CandidatePath(
        certificates=tuple(
            JudgedCertificate(
                certificate.name, _place(index, last, complete=candidate.complete), _checks(made.get(index, ()))
            )
            for index, certificate in enumerate(candidate.path)
        ),
        fate=candidate.fate,
        accepted=candidate.accepted,
    )


def _place(index: int, last: int, *, complete: bool) -> str:
    if index == last and complete:
        return "trust anchor"
    return "intermediate" if index else "leaf"


def _checks(made: tuple[CertificateCheck, ...]) -> tuple[Check, ...]:
    return tuple(
        Check(
            check.claim if check.passed else check.reason,
            check.passed,
            "" if check.passed or check.alert is None else alert_name(check.alert),
            subject=str(check.rule),
            values=_values(check.values),
        )
        for check in made
    )


def _values(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}: {value}" for name, value in values.items())
