"""How certificates were verified: a tree of paths, certificates and checks, or the few lines that sum it up."""

from __future__ import annotations

from collections.abc import Iterator

from hellodone.diagram.rows import Line, Mark, Note
from hellodone.diagram.values import counted, plain
from hellodone.trace.model import CandidatePath, Check, Party, Verification

_NAMES = 6  # of a certificate, in the summary


def claims(verification: Verification) -> frozenset[str]:
    """What the tree says, so that nothing else needs to."""
    return frozenset(check.claim for path in verification.paths for c in path.certificates for check in c.checks)


def summary(verification: Verification) -> Iterator[Line]:
    """What was presented, what it was checked for, and which anchor ended the path."""
    yield Line(f"presented: {plain(', '.join(verification.presented))}")
    taken = next((path for path in verification.paths if path.accepted), None)
    if taken is not None:
        passed = sum(check.passed for certificate in taken.certificates for check in certificate.checks)
        yield Line(
            f"{counted(passed, 'check')} of {counted(len(taken.certificates), 'certificate')} of the path hold: "
            "signatures, dates, CA flags, constraints, usage, strength",
            Mark.passed,
        )
        if verification.name_asked:
            yield Line(f"for the name that was asked: {plain(verification.name_asked)}", Mark.passed)
        name, of, source = plain(verification.anchor).partition(", of ")
        yield Line(f"ends at the trust anchor {name}{of}{source.removesuffix(f' {name}')}", Mark.passed)
    elif verification.name_asked:
        names = verification.names_presented
        more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
        shown = plain(", ".join(names[:_NAMES])) or "no name"
        yield Line(f"asked for {plain(verification.name_asked)}; the certificate is for {shown}{more}")
    for path in verification.paths:
        if not path.accepted:
            yield Line(
                f"another path: {_way(path)}: {plain(path.fate)}" if taken else f"{_way(path)}: {plain(path.fate)}"
            )


def tree(party: Party, verification: Verification) -> Iterator[Note]:
    """Everything, a note each: what was asked; each path with its leaf; each other certificate, check by check."""
    lines = [Line("Verification of the certificates"), Line(f"presented: {plain(', '.join(verification.presented))}")]
    if verification.name_asked:
        lines.append(Line(f"name asked: {plain(verification.name_asked)}"))
        lines.append(Line(f"names presented: {plain(', '.join(verification.names_presented)) or 'none'}"))
    for number, path in enumerate(verification.paths, 1):
        lines.append(Line(f"path {number} of {len(verification.paths)}: {_way(path)}"))
        lines.append(Line(f"  {_mark(path.accepted)} {plain(path.fate)}"))
        for certificate in path.certificates if path.accepted or _checked(path) else ():
            lines.append(Line(f"  {certificate.place} {plain(certificate.name)}"))
            lines.extend(line for check in certificate.checks for line in _check(check))
            yield Note(party, tuple(lines))
            lines = []
    if lines:
        yield Note(party, tuple(lines))


def _checked(path: CandidatePath) -> bool:
    return any(certificate.checks for certificate in path.certificates)


def _check(check: Check) -> Iterator[Line]:
    subject = f"{check.subject}: " if check.subject else ""
    yield Line(f"    {_mark(check.passed)} {subject}{plain(check.claim)}")
    if check.values:
        yield Line(f"        {plain('; '.join(check.values))}")


def _mark(passed: bool) -> str:
    return "✓" if passed else "✗"


def _way(path: CandidatePath) -> str:
    return plain(" ← ".join(certificate.name for certificate in path.certificates))
