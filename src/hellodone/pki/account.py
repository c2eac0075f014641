"""How a chain was put to the test, told whole: every path that was possible, its checks, and why it was taken or left.

Nothing is computed until somebody reads it: on the way that decides nobody does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from hellodone.pki.certificates import Certificate
from hellodone.pki.checks import CertificateCheck, settled
from hellodone.pki.faults import CertificateError
from hellodone.pki.judge import judge
from hellodone.pki.paths import DeadEnd, Search
from hellodone.pki.rules import Demands
from hellodone.pki.trust import TrustStore


@dataclass(frozen=True, slots=True)
class Candidate:
    """One path from the leaf on: what was checked of it, and in a sentence what became of it.

    ``complete`` when it ends in an anchor; one that does not was not checked further.
    """

    path: tuple[Certificate, ...]
    checks: tuple[CertificateCheck, ...]
    fate: str
    accepted: bool = False
    complete: bool = True


@dataclass  # not frozen, which would cost a call a field in every handshake
class Account:
    """The chain as it was presented, what was demanded, and the path that was accepted, () for none."""

    chain: tuple[Certificate, ...]
    trust: TrustStore = field(repr=False)
    demands: Demands
    maximum_depth: int
    accepted: tuple[Certificate, ...] = ()

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The accepted path first, then the others. Never raises; bounded like the search that explains."""
        try:
            search = Search(self.chain, self.trust, self.maximum_depth)
            others = [path for path in search.paths() if path != self.accepted]
            taken = [self._taken()] if self.accepted else []
            return (*taken, *map(self._other, others), *map(self._broken_off, search.dead_ends))
        except (CertificateError, IndexError):  # nothing presented, or nothing that can be read
            return (self._taken(),) if self.accepted else ()

    @property
    def presented_names(self) -> tuple[str, ...]:
        """What the leaf is for, by its subjectAltName."""
        try:
            return self.chain[0].subject_names if self.chain else ()
        except CertificateError:
            return ()

    def _taken(self) -> Candidate:
        path = self.accepted
        fate = f"accepted: it ends at the trust anchor {path[-1].name}, of {self.trust.describe()}"
        return Candidate(path, tuple(map(settled, self._judged(path)[0])), fate, accepted=True)

    def _other(self, path: tuple[Certificate, ...]) -> Candidate:
        checks, stopped = self._judged(path)
        failed = next((check.reason for check in checks if not check.passed), stopped)
        fate = failed or ("not needed: another path was accepted" if self.accepted else "the library refuses it")
        return Candidate(path, checks, f"dropped: {fate}")

    def _judged(self, path: Sequence[Certificate]) -> tuple[tuple[CertificateCheck, ...], str]:
        """The checks, and why they could not be made to the end."""
        try:
            return judge(path, self.demands), ""
        except CertificateError as fault:
            return fault.checks, fault.reason

    def _broken_off(self, end: DeadEnd) -> Candidate:
        last = end.path[-1]
        if end.too_deep:
            why = f"it is longer than {self.maximum_depth} intermediates"
        elif end.refuted:
            names = ", ".join(dict.fromkeys(issuer.name for issuer, _ in end.refuted))
            why = f"the key of {names} did not sign {last.name}"
        elif last.self_issued:
            why = f"{last.name} is self-signed and not trusted"
        else:
            why = f"no certificate of {last.issuer}, the issuer of {last.name}, was sent or is trusted"
        return Candidate(end.path, (), f"dropped: {why}", complete=False)
