"""The path verifier of the library, asked under rules that fit real life: the one that decides (RFC 5280, 6).

Its policy is lax enough for the private CAs people use. What that leaves out - what keys may be used for, and our
reading of names - is checked in its callbacks, each on the one extension it concerns: reading all extensions of a
certificate costs more than verifying its signature.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, VerificationError

from hellodone.pki.certificates import Certificate
from hellodone.pki.names import ServerName
from hellodone.pki.rules import PURPOSES, USAGES, Demands, Role, Usage
from hellodone.pki.trust import TrustStore
from hellodone.registry import oids

if TYPE_CHECKING:
    from cryptography.x509.verification import Policy

_ANY: Final = Criticality.AGNOSTIC
_FAULTS = (VerificationError, ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType)
_PURPOSE_OIDS: Final = {name: x509.ObjectIdentifier(dotted) for dotted, name in oids.EXTENDED_KEY_USAGES.items()}
_ANY_PURPOSE: Final = _PURPOSE_OIDS[oids.ANY_EXTENDED_KEY_USAGE]


def ask_library(
    chain: tuple[Certificate, ...], trust: TrustStore, demands: Demands, maximum_depth: int
) -> tuple[Certificate, ...] | str:
    """The path that the library accepts, or what it says when it refuses (fit for quoting, not for deciding)."""
    if trust.library_store is None:
        return "the trust store is empty"
    uses = _Uses(demands)
    if uses.known(chain):
        found = _ask(chain, trust, demands, maximum_depth, known=True)
        if not isinstance(found, str) and uses.known_in(found):
            return found
    found = _ask(chain, trust, demands, maximum_depth, known=False)
    if not isinstance(found, str):
        uses.remember(found, trust)
    return found


class _Uses:
    """What certificates of a path are used for, remembered in each that was found fit: it will be so again."""

    __slots__ = ("_anchor", "_issuer", "_leaf")

    def __init__(self, demands: Demands) -> None:
        self._leaf = ("leaf", demands.role, demands.usage)
        self._issuer = ("issuer", demands.role, None)
        self._anchor = ("anchor", demands.role, None)

    def known(self, chain: tuple[Certificate, ...]) -> bool:
        """Whether what was presented was found fit before."""
        return self._leaf in chain[0].fit_for and all(self._issuer in issuer.fit_for for issuer in chain[1:])

    def known_in(self, path: tuple[Certificate, ...]) -> bool:
        """Whether each certificate of this path was found fit for its place."""
        return self.known(path[:-1]) and self._anchor in path[-1].fit_for if len(path) > 1 else False

    def remember(self, path: tuple[Certificate, ...], trust: TrustStore) -> None:
        """Each of this path is; one that is trusted was not asked for its purpose."""
        if len(path) > 1:
            path[0].fit_for.add(self._leaf)
            path[-1].fit_for.add(self._anchor)
            for issuer in path[1:-1]:
                if issuer.x509 not in trust.by_library:
                    issuer.fit_for.add(self._issuer)


def _ask(
    chain: tuple[Certificate, ...], trust: TrustStore, demands: Demands, maximum_depth: int, known: bool
) -> tuple[Certificate, ...] | str:
    assert trust.library_store is not None, "a store that is empty is not asked"
    leaf, *others = [certificate.x509 for certificate in chain]
    subject = _subject(demands.name)
    if known:
        ca_policy, ee_policy = _CA_POLICY, _LEAF_POLICY if subject is None else _NAMED_LEAF_POLICY
    else:
        ca_policy, ee_policy = _policies(trust, demands.role, demands.usage, subject is not None)
    builder = (
        PolicyBuilder()
        .store(trust.library_store)
        .time(demands.at)
        .max_chain_depth(maximum_depth)
        .extension_policies(ca_policy=ca_policy, ee_policy=ee_policy)
    )
    try:
        if subject is None:  # the client's verifier is the one that asks for no name
            found = builder.build_client_verifier().verify(leaf, others).chain
        else:
            found = builder.build_server_verifier(subject).verify(leaf, others)
    except _FAULTS as fault:
        return str(fault)
    ours = {id(certificate.x509): certificate for certificate in chain}
    return tuple([ours.get(id(certificate)) or trust.by_library[certificate] for certificate in found])


def _subject(name: ServerName | None) -> x509.DNSName | x509.IPAddress | None:
    """The name for the library; None when it cannot take it (an underscore): then ours decides."""
    if name is None or "_" in name.text:
        return None
    return x509.IPAddress(name.address) if name.address is not None else x509.DNSName(name.text)


# --- what we ask of extensions


def _read(policy: Policy, certificate: x509.Certificate, extension: x509.ExtensionType | None) -> None:
    """What is there can be read: it was, to be handed to us."""


_CA_POLICY: Final = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, _ANY, None)
    .may_be_present(x509.TLSFeature, _ANY, None)
    .may_be_present(x509.NameConstraints, _ANY, _read)
)
_LEAF_POLICY: Final = ExtensionPolicy.permit_all().may_be_present(x509.TLSFeature, _ANY, None)
_NAMED_LEAF_POLICY: Final = _LEAF_POLICY.require_present(x509.SubjectAlternativeName, _ANY, None)


def _policies(
    trust: TrustStore, role: Role, usage: Usage | None, named: bool
) -> tuple[ExtensionPolicy, ExtensionPolicy]:
    """The policies for issuers and for the leaf, made once for a trust store."""
    key = (role, usage, named)
    known = trust.library_policies.get(key)
    if known is None:
        ca_policy = _CA_POLICY.may_be_present(x509.KeyUsage, _ANY, _may_issue)
        ca_policy = ca_policy.may_be_present(x509.ExtendedKeyUsage, _ANY, _purpose_of_issuers(trust, role))
        ee_policy = _LEAF_POLICY.may_be_present(x509.KeyUsage, _ANY, _usage(usage))
        ee_policy = ee_policy.may_be_present(x509.ExtendedKeyUsage, _ANY, _purpose(role))
        if named:
            ee_policy = ee_policy.require_present(x509.SubjectAlternativeName, _ANY, None)
        known = trust.library_policies[key] = ca_policy, ee_policy
    return known


def _may_issue(policy: Policy, issuer: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("an issuer's keyUsage lacks keyCertSign")


def _usage(wanted: Usage | None) -> Callable[[Policy, x509.Certificate, x509.KeyUsage | None], None]:
    def check(policy: Policy, leaf: x509.Certificate, usage: x509.KeyUsage | None) -> None:
        if wanted is not None and usage is not None and not getattr(usage, wanted):
            raise ValueError(f"the leaf's keyUsage lacks {USAGES[wanted]}")

    return check


def _purpose(role: Role) -> Callable[[Policy, x509.Certificate, x509.ExtendedKeyUsage | None], None]:
    wanted = _PURPOSE_OIDS[PURPOSES[role]]

    def check(policy: Policy, leaf: x509.Certificate, purposes: x509.ExtendedKeyUsage | None) -> None:
        if purposes is not None and wanted not in purposes and _ANY_PURPOSE not in purposes:
            raise ValueError(f"an extKeyUsage lacks {PURPOSES[role]}")

    return check


def _purpose_of_issuers(
    trust: TrustStore, role: Role
) -> Callable[[Policy, x509.Certificate, x509.ExtendedKeyUsage | None], None]:
    """Of intermediates; an anchor is trusted for what it was chosen for."""
    check_purpose = _purpose(role)

    def check(policy: Policy, issuer: x509.Certificate, purposes: x509.ExtendedKeyUsage | None) -> None:
        if purposes is not None and issuer not in trust.by_library:
            check_purpose(policy, issuer, purposes)

    return check
