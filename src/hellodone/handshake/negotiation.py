"""What the server chooses when it has read the ClientHello: suite, certificate, group, signature scheme.

The choice goes through the policy's suites in order and takes the first for which everything else can be found. Every
suite that was passed over leaves one clause with the reason, so that a refusal can say them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from hellodone.crypto.protection import can_protect
from hellodone.errors import AlertDescription, FatalAlert
from hellodone.handshake.context import ServerHandshake
from hellodone.handshake.identities import acceptable, leads_to_trusted
from hellodone.handshake.requirements import ISSUED_BY, REQUIREMENTS, USAGE_NAMES, is_static
from hellodone.pki.identity import Identity
from hellodone.pki.names import match
from hellodone.policy import Policy, is_ffdhe
from hellodone.registry.groups import NamedGroup, find_group
from hellodone.registry.naming import name_of
from hellodone.registry.signatures import SignatureScheme, scheme_name
from hellodone.registry.suites import CipherSuite, cipher_suite, suite_name

_DEFAULT_SCHEMES = (SignatureScheme.rsa_pkcs1_sha1, SignatureScheme.ecdsa_sha1, SignatureScheme.dsa_sha1)


@dataclass(frozen=True, slots=True)
class Choice:
    """A suite and what goes with it; ``group`` is None where none is needed, ``identity`` in anonymous suites."""

    suite: CipherSuite
    identity: Identity | None = None
    signature_scheme: int = 0  # 0: nothing is signed
    group: int | None = None


class NoMatch(Exception):
    """Why a suite cannot be had with this client: a clause that completes "TLS_...: "."""


def suites_offered(policy: Policy, with_psk: bool) -> tuple[int, ...]:
    """What a client offers of the policy's suites: those with pre-shared keys only if it has one."""
    return _offered(policy.cipher_suites, with_psk)


@lru_cache(maxsize=2**6)
def _offered(codes: tuple[int, ...], with_psk: bool) -> tuple[int, ...]:
    suites = ((code, cipher_suite(code)) for code in codes)
    return tuple(code for code, suite in suites if suite is not None and (with_psk or not suite.psk))


def choose(hs: ServerHandshake) -> Choice:
    """The first suite of the policy that the client offers and everything needed for it.

    Raises FatalAlert (handshake_failure, or insufficient_security where RFC 7919, 4 asks for it) with the reason
    for each suite that both sides know.
    """
    offered = frozenset(hs.cipher_suites_offered)
    suites = [cipher_suite(code) for code in hs._config.policy.cipher_suites if code in offered]
    reasons: list[str] = []
    for identities in _preferred(hs):
        reasons = []
        for suite in suites:
            if suite is None:
                continue
            try:
                return _fit(hs, suite, identities)
            except NoMatch as reason:
                reasons.append(f"{suite.name}: {reason}")
    raise _refusal(hs, reasons)


def _preferred(hs: ServerHandshake) -> Iterator[list[Identity]]:
    """The identities that the client said it trusts, with whatever suite they go (RFC 6066, 6); then all."""
    identities = _by_name(hs)
    if trusted := [identity for identity in identities if leads_to_trusted(hs, identity)]:
        yield trusted
    yield identities


def _fit(hs: ServerHandshake, suite: CipherSuite, identities: list[Identity]) -> Choice:
    if not can_protect(suite):
        raise NoMatch("the cryptography library lacks its cipher")
    if suite.psk and not hs._config.psk:
        raise NoMatch("this server has no pre-shared keys")
    group = choose_group(hs, suite)
    if not suite.authenticates_server:
        return Choice(suite, group=group)
    reason = "this server has no certificate"
    for identity in _by_issuer(suite, identities):
        try:
            scheme = _suit(hs, suite, identity)
            return Choice(suite, identity, scheme, _static_group(suite, identity) or group)
        except NoMatch as clause:
            reason = str(clause)
    raise NoMatch(reason)


def _by_name(hs: ServerHandshake) -> list[Identity]:
    """The identities for the name the client asked for; all of them, in order, when it asked for none of theirs."""
    identities = acceptable(hs)
    name = hs._expected_name
    if name is None:
        return identities
    return [identity for identity in identities if match(name, identity.leaf)] or identities


def _by_issuer(suite: CipherSuite, identities: Iterable[Identity]) -> list[Identity]:
    """Of static keys those first whose issuer's signature is what the suite is named after."""
    family = ISSUED_BY.get(suite.key_exchange)
    return sorted(identities, key=lambda identity: family is not None and identity.leaf.signature_family != family)


def _static_group(suite: CipherSuite, identity: Identity) -> int | None:
    group = identity.agreement_group if is_static(suite) else None
    return group if isinstance(group, int) else None


def _suit(hs: ServerHandshake, suite: CipherSuite, identity: Identity) -> int:
    """The scheme to sign with, 0 when nothing is signed. Raises NoMatch when the identity does not fit."""
    required = REQUIREMENTS[suite.key_exchange]
    key = identity.key_type
    if key.algorithm not in required.algorithms:
        raise NoMatch(f"it needs a certificate with a key of type {' or '.join(required.algorithms)}")
    usage = USAGE_NAMES[required.usage]
    if identity.key_usage is not None and usage not in identity.key_usage:
        raise NoMatch(f"the certificate's key usage lacks {usage}")
    if not identity.can(required.usage):
        raise NoMatch(f"the key of {identity.leaf.name} is elsewhere and only signs")
    curve = find_group(key.curve) if key.algorithm == "ec" and key.curve else None
    if curve is not None and hs.client_groups and curve not in hs.client_groups:
        raise NoMatch(f"the certificate's curve {key.curve} is not among the client's groups")
    if suite.key_exchange.server_signature is None:
        return 0
    return choose_scheme(identity, hs.client_signature_schemes, hs._config.policy.signature_schemes)


def choose_scheme(identity: Identity, offered: tuple[int, ...], ours: tuple[int, ...]) -> int:
    """The first of our schemes that the peer offers and the key can make; an empty offer means SHA-1
    (RFC 5246, 7.4.1.4.1). Raises NoMatch."""
    theirs = offered or _DEFAULT_SCHEMES
    for scheme in ours:
        if scheme in theirs and scheme in identity.schemes:
            return scheme
    said = f"offers {_names(scheme_name(s) for s in offered)}" if offered else "offers none, which means SHA-1"
    raise NoMatch(f"no signature scheme in common for a key of type {identity.key_type.algorithm} (the peer {said})")


def choose_group(hs: ServerHandshake, suite: CipherSuite) -> int | None:
    """The group of an ephemeral key exchange; None where the suite has none. Raises NoMatch."""
    if not suite.ephemeral:
        return None
    policy = hs._config.policy
    if suite.elliptic:
        ours, theirs = policy.elliptic_groups, hs.client_groups
        if not theirs:  # RFC 8422, 4: any curve will do; the one everybody has comes first
            ours, theirs = (NamedGroup.secp256r1, *ours), ours
    else:
        ours = policy.finite_field_groups
        theirs = tuple(group for group in hs.client_groups if is_ffdhe(group))
        if not theirs:  # RFC 7919, 4: a client that names none takes what the server has
            return find_group(hs._config.dh_group)
    for group in ours:
        if group in theirs:
            return group
    raise NoMatch(f"no group in common (ours: {_groups(ours)}; the client's: {_groups(theirs)})")


def _refusal(hs: ServerHandshake, reasons: list[str]) -> FatalAlert:
    if reasons:
        groups_named = any(is_ffdhe(group) for group in hs.client_groups)
        only_ffdhe = groups_named and all("_DHE_" in reason.split(":", 1)[0] for reason in reasons)
        alert = AlertDescription.insufficient_security if only_ffdhe else AlertDescription.handshake_failure
        return FatalAlert(alert, "no cipher suite can be used with this client: " + "; ".join(reasons))
    known = _names(suite_name(code) for code in hs.cipher_suites_offered)
    return FatalAlert(
        AlertDescription.handshake_failure,
        f"no cipher suite in common: the client offers {known}; "
        f"policy {hs._config.policy.name} has {_names(suite_name(code) for code in hs._config.policy.cipher_suites)}",
    )


def _groups(groups: Iterable[int]) -> str:
    return _names(name_of(NamedGroup, group) for group in groups)


def _names(names: Iterable[str] | Iterator[str], most: int = 12) -> str:
    """The first names and how many more there are."""
    everything = list(names)
    more = f" and {len(everything) - most} more" if len(everything) > most else ""
    return (", ".join(everything[:most]) or "nothing") + more
