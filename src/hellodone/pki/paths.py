"""The paths from a leaf to a trust anchor that the certificates at hand allow, found by name and signature.

This is the search that explains; the library makes its own. It is bounded in depth, in signatures verified and in
steps, so that cross-signed certificates made to explode do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography import x509

from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.issued import Verdict, signed_by
from hellodone.pki.trust import TrustStore

_MAX_SIGNATURES = 64
_MAX_STEPS = 500
_LONGEST = 10  # certificates in front of the anchor, self-issued ones too
MAX_PATHS = 4


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A way that went no further: the certificates so far, and issuers by name whose key did not make the signature."""

    path: tuple[Certificate, ...]
    refuted: tuple[tuple[Certificate, Verdict], ...] = ()
    too_deep: bool = False


class Search:
    """One search over the presented ``chain`` and the ``trust`` store; ``dead_ends`` says where it got stuck."""

    def __init__(self, chain: Sequence[Certificate], trust: TrustStore, maximum_depth: int) -> None:
        """``maximum_depth`` counts the intermediates of a path, self-issued ones not."""
        self._leaf = chain[0]
        self._trust = trust
        self._maximum_depth = maximum_depth
        self._presented: dict[bytes, list[Certificate]] = {}
        for certificate in dict.fromkeys(chain[1:]):
            self._presented.setdefault(certificate.subject_bytes, []).append(certificate)
        self._verdicts: dict[tuple[bytes, bytes], Verdict] = {}
        self._steps = 0
        self.dead_ends: list[DeadEnd] = []

    @property
    def exhausted(self) -> bool:
        """Whether the search was given up at one of its bounds."""
        return self._steps >= _MAX_STEPS or len(self._verdicts) >= _MAX_SIGNATURES

    def paths(self) -> list[tuple[Certificate, ...]]:
        """At most :data:`MAX_PATHS` paths, leaf first and anchor last, each signature among them verified."""
        found: list[tuple[Certificate, ...]] = []
        for path in self._extend((self._leaf,)):
            found.append(path)
            if len(found) == MAX_PATHS:
                break
        return found

    def _extend(self, path: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
        self._steps += 1
        last = path[-1]
        if last in self._trust:
            yield path
            return
        if len(path) > _LONGEST or intermediates(path[1:]) > self._maximum_depth:
            self.dead_ends.append(DeadEnd(path, too_deep=True))
            return
        refuted: list[tuple[Certificate, Verdict]] = []
        issued = False
        for issuer in self._issuers(path):
            if self.exhausted:
                break
            verdict = self._verdict(last, issuer)
            if verdict == "valid":
                issued = True
                yield from self._extend((*path, issuer))
            else:
                refuted.append((issuer, verdict))
        if not issued:
            self.dead_ends.append(DeadEnd(path, tuple(refuted)))

    def _issuers(self, path: tuple[Certificate, ...]) -> list[Certificate]:
        """Certificates with the name of the last one's issuer, those its key identifier fits and anchors first."""
        last = path[-1]
        named = (*self._trust.named(last.issuer_bytes), *self._presented.get(last.issuer_bytes, ()))
        key = key_identifier(last, x509.AuthorityKeyIdentifier)
        candidates = [issuer for issuer in dict.fromkeys(named) if issuer not in path]
        return sorted(candidates, key=lambda issuer: key_identifier(issuer, x509.SubjectKeyIdentifier) != key)

    def _verdict(self, certificate: Certificate, issuer: Certificate) -> Verdict:
        pair = certificate.der, issuer.der
        if pair not in self._verdicts:
            self._verdicts[pair] = signed_by(certificate, issuer)
        return self._verdicts[pair]


def intermediates(issuers: Sequence[Certificate]) -> int:
    """How many of them count for the length of a path: not those that a CA issued to itself (RFC 5280, 4.2.1.9)."""
    return sum(not issuer.self_issued for issuer in issuers)


def key_identifier(
    certificate: Certificate, kind: type[x509.SubjectKeyIdentifier] | type[x509.AuthorityKeyIdentifier]
) -> bytes | None:
    """The identifier of the subject's or the issuer's key: a hint for the order, so its faults do not count."""
    try:
        identifier = certificate.extension(kind)
    except CertificateError:
        return None
    if isinstance(identifier, x509.AuthorityKeyIdentifier):
        return identifier.key_identifier
    return identifier.digest if identifier else None
