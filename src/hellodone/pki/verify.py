"""Whether a peer's chain proves who it is: path, name, usage and strength (RFC 5246, 7.4.2; RFC 5280, 6).

``cryptography.x509.verification`` decides over the path, under a policy lax enough for the private CAs people use;
the leaf's key, usage and signature algorithm, which it never looks at, are checked here. Our own walk explains: it
runs whole when asked to (a trace wants every check) and whenever a chain is refused. When both judge, both must
agree. Signatures are verified once on the accepting way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Final

from hellodone.errors import AlertDescription
from hellodone.pki import explain as explaining
from hellodone.pki.account import Account
from hellodone.pki.certificates import Certificate, CertificateError
from hellodone.pki.checks import CertificateCheck, settled
from hellodone.pki.conformance import conformance as conformance_checks
from hellodone.pki.conformance import conforms
from hellodone.pki.judge import beyond_the_library, judge
from hellodone.pki.library import ask_library
from hellodone.pki.names import ServerName
from hellodone.pki.paths import Search, intermediates
from hellodone.pki.rule import Rule
from hellodone.pki.rules import Conformance, Demands, Role, Usage, acceptable
from hellodone.pki.text import counted
from hellodone.pki.trust import TrustStore
from hellodone.pki.verified import Kept

__all__ = [
    "CertificateCheck",
    "CertificateError",
    "Role",
    "Usage",
    "VerifiedPath",
    "verify_client_chain",
    "verify_server_chain",
]

MAXIMUM_DEPTH: Final = 8
MOST_INTERMEDIATES: Final = 9
_MAX_CERTIFICATES: Final = 32
_MAX_BYTES: Final = 2**19  # four times what a handshake takes
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass  # not frozen, which would cost a call a field in every handshake
class VerifiedPath:
    """A path that was accepted, leaf first and trust anchor last. The checks it passed are worded when asked for."""

    path: tuple[Certificate, ...]
    demands: Demands
    found: tuple[tuple[Certificate, ...], TrustStore, int] | None = field(default=None, compare=False, repr=False)
    """In what it was found: the chain as it came, the trust store, and how many intermediates it might have had."""
    kept: Kept | None = field(default=None, compare=False, repr=False)
    """For how long the same question has the same answer; None where paths are not kept."""

    def again(self, now: datetime) -> VerifiedPath:
        """The same path at another time, at which it is kept."""
        return VerifiedPath(self.path, self.demands.at_time(now), self.found, self.kept)

    @cached_property
    def account(self) -> Account | None:
        """How it was found."""
        if self.found is None:
            return None
        chain, trust, maximum_depth = self.found
        return Account(chain, trust, self.demands, maximum_depth, self.path)

    @cached_property
    def checks(self) -> tuple[CertificateCheck, ...]:
        """Every check, each with its claim and the values it was decided on; never raises."""
        try:
            return tuple(settled(check) for check in judge(self.path, self.demands))
        except CertificateError as fault:  # our walk stops where the library went on: say so, the verdict stands
            claim = f"the library accepts the path; our own account of it stopped: {fault.reason}"
            return (CertificateCheck(claim, True, 0),)

    @cached_property
    def remarks(self) -> tuple[CertificateCheck, ...]:
        """Where the path deviates from RFC 5280's profile of certificates, which is no reason to refuse it (6.1)."""
        try:
            places = range(len(self.path))
            found = [check for index in places for check in conformance_checks(self.path, index, "rfc5280")]
        except CertificateError:
            return ()
        return tuple(check for check in found if not check.passed)

    @property
    def leaf(self) -> Certificate:
        """The certificate of the peer."""
        return self.path[0]

    @property
    def anchor(self) -> Certificate:
        """The trusted certificate that ended the path."""
        return self.path[-1]


def verify_server_chain(
    chain: Sequence[Certificate],
    server_name: ServerName | None,
    trust: TrustStore,
    at: datetime,
    *,
    usage: Usage | None = "digital_signature",
    minimum_rsa_bits: int = 2048,
    allow_weak_signatures: bool = False,
    judge_alone: bool = False,
    conformance: Conformance = "path",
    maximum_depth: int = MAXIMUM_DEPTH,
) -> VerifiedPath:
    """Verify what a server presented, leaf first; the order of the others is free. ``at`` without a zone is UTC.

    ``usage`` is what the key exchange does with the leaf's key (None: not checked), ``maximum_depth`` counts
    intermediates, self-issued ones not. ``judge_alone`` lets our walk accept kinds of issuers the library refuses
    (Ed25519, Ed448, DSA, SHA-1 with ``allow_weak_signatures``, version 1 anchors); ``conformance`` demands that
    certificates follow a profile beyond making a valid path (:mod:`hellodone.pki.conformance`). Raises
    :class:`CertificateError`.
    """
    demands = Demands(
        "server", at, server_name, usage, minimum_rsa_bits, allow_weak_signatures, judge_alone, conformance
    )
    return verify_chain(tuple(chain), trust, demands, maximum_depth)


def verify_client_chain(
    chain: Sequence[Certificate],
    trust: TrustStore,
    at: datetime,
    *,
    usage: Usage | None = "digital_signature",
    minimum_rsa_bits: int = 2048,
    allow_weak_signatures: bool = False,
    judge_alone: bool = False,
    conformance: Conformance = "path",
    maximum_depth: int = MAXIMUM_DEPTH,
) -> VerifiedPath:
    """Verify what a client presented: as :func:`verify_server_chain`, for clientAuth and without a name to match."""
    demands = Demands("client", at, None, usage, minimum_rsa_bits, allow_weak_signatures, judge_alone, conformance)
    return verify_chain(tuple(chain), trust, demands, maximum_depth)


def verify_chain(
    chain: tuple[Certificate, ...], trust: TrustStore, demands: Demands, maximum_depth: int = MAXIMUM_DEPTH
) -> VerifiedPath:
    """The same with the demands as one; the pins are those of the trust store."""
    if trust.pins:
        demands = demands._replace(pins=trust.pins)
    if not trust.verified.capacity:
        return _verify_anew(chain, trust, demands, maximum_depth)
    key = (tuple([certificate.der for certificate in chain]), demands.lasting, maximum_depth)
    kept = trust.verified.get(key, demands.now)
    if kept is not None:
        return VerifiedPath(kept.path, demands, (chain, trust, maximum_depth), kept)
    try:
        path = _verify_anew(chain, trust, demands, maximum_depth)
    except CertificateError as fault:
        fault.account = Account(chain, trust, demands, maximum_depth)
        raise
    kept = trust.verified.put(key, path.path, demands.now)
    return VerifiedPath(path.path, path.demands, (chain, trust, maximum_depth), kept)


def _verify_anew(
    chain: tuple[Certificate, ...], trust: TrustStore, demands: Demands, maximum_depth: int
) -> VerifiedPath:
    _require_parsed(chain, demands.role, thoroughly=False)
    verdict = ask_library(chain, trust, demands, maximum_depth)
    if isinstance(verdict, str) and len(chain) > maximum_depth + 1:
        verdict = _counted_anew(chain, trust, demands, maximum_depth, verdict)
    if isinstance(verdict, str):
        _require_parsed(chain, demands.role, thoroughly=True)
        return _refused(chain, trust, demands, Search(chain, trust, maximum_depth), verdict)
    if not (acceptable(verdict, demands) and conforms(verdict, demands.conformance)):
        error = explaining.failure(verdict, judge(verdict, demands))
        if error is not None:
            raise error
    return VerifiedPath(verdict, demands)


def _require_parsed(chain: tuple[Certificate, ...], role: Role, thoroughly: bool) -> None:
    """Refuse what is no certificate, saying which; ``thoroughly`` reads names and extensions too."""
    alert = AlertDescription.bad_certificate
    if not chain:
        raise CertificateError(alert, f"the {role} sent no certificate")
    if len(chain) > _MAX_CERTIFICATES:
        raise CertificateError(
            alert, f"the {role} sent {len(chain)} certificates, more than {_MAX_CERTIFICATES}", rule=Rule.WORK
        )
    size = sum([len(certificate.der) for certificate in chain])
    if size > _MAX_BYTES:
        reason = f"the {role} sent certificates of {size:,} bytes together, more than {_MAX_BYTES:,}"
        raise CertificateError(alert, reason, rule=Rule.WORK)
    for number, certificate in enumerate(chain, 1):
        try:
            _ = certificate.x509
            if thoroughly:
                certificate.require_readable()
        except CertificateError as fault:
            place = f"certificate {number} of {counted(len(chain), 'certificate')} that the {role} sent"
            raise CertificateError(fault.alert, f"{place}: {fault.reason}", rule=fault.rule) from None


def _refused(
    chain: tuple[Certificate, ...], trust: TrustStore, demands: Demands, search: Search, library_says: str
) -> VerifiedPath:
    """Raise the reason, unless the library only lacks the means and we may judge alone."""
    if demands.judge_alone:
        for path in search.paths():
            made = judge(path, demands)
            if beyond_the_library(path) and all(check.passed for check in made):
                return VerifiedPath(path, demands)
    raise explaining.refusal(chain, trust, demands, search, library_says)


def _counted_anew(
    chain: tuple[Certificate, ...], trust: TrustStore, demands: Demands, maximum_depth: int, refused: str
) -> tuple[Certificate, ...] | str:
    """Ask again where only self-issued certificates may make the path too long: the library counts them too."""
    own = sum(certificate.self_issued for certificate in chain[1:])
    verdict = ask_library(chain, trust, demands, min(maximum_depth + own, MOST_INTERMEDIATES)) if own else refused
    if isinstance(verdict, str) or intermediates(verdict[1:-1]) > maximum_depth:
        return refused
    return verdict
