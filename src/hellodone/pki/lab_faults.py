"""Certificates that are wrong in one way, on request: the catalogue of faults of a laboratory.

Each fault is proper in everything else, so that whoever refuses it refuses it for that. A fault of the chain above the
certificate comes with a CA made for it, which the identity sends along.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from cryptography.x509 import (
    AuthorityInformationAccess,
    CRLDistributionPoints,
    ObjectIdentifier,
    TLSFeature,
    TLSFeatureType,
    UnrecognizedExtension,
)

from hellodone.errors import ConfigurationError
from hellodone.pki.certificates import Certificate
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import LabAuthority, self_signed
from hellodone.pki.made_keys import key_kind
from hellodone.pki.profile import Profile
from hellodone.pki.rules import Role

UNKNOWN_EXTENSION: Final = "2.999.1"
"""In the arc that is set aside for examples (ITU-T X.660, 2.999): nobody knows what it means."""
_DAY: Final = timedelta(days=1)
_ISSUING: Final = "hellodone laboratory issuing CA"
_SOURCES: Final = (AuthorityInformationAccess, CRLDistributionPoints)
_OTHER_NAMES: Final = ("other.example",)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be issued, were it not for the fault: to whom, saying what, of a key of which kind."""

    role: Role
    profile: Profile
    key: str = "ec"


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of the catalogue. ``sentence`` says what is wrong with the certificate.

    ``revokes`` tells which certificate of the chain is revoked besides, None for none; ``makes_ca`` whether the
    authority must be one that may have CAs below it; ``roles`` are whose certificates can have it.
    """

    name: str
    sentence: str
    stage: Callable[[LabAuthority, Order], Identity]
    roles: tuple[Role, ...] = ("server", "client")
    makes_ca: bool = False
    revokes: int | None = None


def order_for(authority: LabAuthority, role: Role, names: tuple[str, ...], key: str = "ec") -> Order:
    """What :meth:`LabAuthority.issue_server` and :meth:`~LabAuthority.issue_client` would issue."""
    if role == "server":
        return Order(role, authority.server_profile(names, key), key)
    return Order(role, authority.client_profile(names[0], key), key)


def fault_named(name: str) -> Fault:
    """The entry of that name. Raises ConfigurationError, with the nearest names."""
    if name in FAULTS:
        return FAULTS[name]
    near = difflib.get_close_matches(name, FAULTS, 3) or list(FAULTS)
    raise ConfigurationError(f"no fault is called {name!r}; there is {', '.join(near)}")


def issue_faulty(authority: LabAuthority, order: Order, name: str) -> Identity:
    """The identity of ``order`` with the fault called ``name``; what it revokes is revoked by ``authority``.

    Raises ConfigurationError for a name that is unknown and a fault that this authority cannot make.
    """
    fault = fault_named(name)
    if order.role not in fault.roles:
        raise ConfigurationError(f"{name} is a fault of a {fault.roles[0]}'s certificate: {fault.sentence}")
    limits = authority.certificate.basic_constraints
    if fault.makes_ca and limits is not None and limits.path_length == 0:
        raise ConfigurationError(
            f"{name} needs a CA below {authority.certificate.name}, which may have none (path length 0); "
            "issue it from the CA above"
        )
    made = fault.stage(authority, order)
    if fault.revokes is not None:
        authority.revoke(made.chain[fault.revokes])
    return made


# --- of the certificate itself


def _plain(authority: LabAuthority, order: Order) -> Identity:
    return authority.issue_identity(order.profile, order.key)


def _changed(**changes: Any) -> Callable[[LabAuthority, Order], Identity]:
    """The certificate with other fields than it should have."""
    return lambda authority, order: authority.issue_identity(replace(order.profile, **changes), order.key)


def _expired(authority: LabAuthority, order: Order) -> Identity:
    return _changed(not_before=authority.at - 90 * _DAY, not_after=authority.at - _DAY)(authority, order)


def _not_yet_valid(authority: LabAuthority, order: Order) -> Identity:
    return _changed(not_before=authority.at + _DAY, not_after=authority.at + 90 * _DAY)(authority, order)


def _wrong_purpose(authority: LabAuthority, order: Order) -> Identity:
    purpose = "clientAuth" if order.role == "server" else "serverAuth"
    return _changed(extended_key_usage=(purpose,))(authority, order)


def _name_in_subject(authority: LabAuthority, order: Order) -> Identity:
    return _changed(subject=order.profile.names[0], names=())(authority, order)


def _extended(extension: TLSFeature | UnrecognizedExtension, critical: bool) -> Callable[..., Identity]:
    def stage(authority: LabAuthority, order: Order) -> Identity:
        extensions = (*order.profile.extensions, (extension, critical))
        return _changed(extensions=extensions)(authority, order)

    return stage


def _small_key(authority: LabAuthority, order: Order) -> Identity:
    return authority.issue_identity(order.profile, "rsa1024")


def _md5(authority: LabAuthority, order: Order) -> Identity:
    if not authority.certificate.key_type.algorithm.startswith("rsa"):
        raise ConfigurationError("md5 needs a CA whose key is RSA: MD5 was never used with another")
    return _changed(signature_hash="md5")(authority, order)


def _bad_signature(authority: LabAuthority, order: Order) -> Identity:
    made = _plain(authority, order)
    leaf = made.leaf.der
    altered = Certificate(leaf[:-1] + bytes([leaf[-1] ^ 1]))
    return replace(made, chain=(altered, *made.chain[1:]))


def _self_signed(authority: LabAuthority, order: Order) -> Identity:
    return self_signed(_without_sources(order.profile), order.key)


def _without_sources(profile: Profile) -> Profile:
    """The authority's responder and list know nothing of what others issue: such a certificate must not name them."""
    kept = [(said, critical) for said, critical in profile.extensions if not isinstance(said, _SOURCES)]
    return replace(profile, extensions=tuple(kept))


# --- of who issued it


def _by_another(issuer: LabAuthority, order: Order) -> Identity:
    return issuer.issue_identity(_without_sources(order.profile), order.key)


def _unknown_root(authority: LabAuthority, order: Order) -> Identity:
    return _by_another(LabAuthority.create(at=authority.at, name="a root that nobody trusts"), order)


def _root_of_the_same_name(authority: LabAuthority, order: Order) -> Identity:
    known = authority.certificate
    return _by_another(
        LabAuthority.create(key_kind(known), at=authority.at, name=known.name.removeprefix("CN=")), order
    )


def _below(name: str = _ISSUING, key: str = "ec", **changes: Any) -> Callable[[LabAuthority, Order], Identity]:
    """The certificate issued by a CA below the authority that is not as it should be."""

    def stage(authority: LabAuthority, order: Order) -> Identity:
        profile = replace(authority.ca_profile(name, path_length=0), **changes)
        return _by_another(authority.intermediate(key, profile=profile), order)

    return stage


def _missing_intermediate(authority: LabAuthority, order: Order) -> Identity:
    made = _below()(authority, order)
    return replace(made, chain=made.chain[:1])


def _expired_intermediate(authority: LabAuthority, order: Order) -> Identity:
    return _below(not_before=authority.at - 365 * _DAY, not_after=authority.at - _DAY)(authority, order)


def _path_too_long(authority: LabAuthority, order: Order) -> Identity:
    above = authority.intermediate(name="a CA that may have no CA below it")
    return _by_another(above.intermediate(profile=above.ca_profile(_ISSUING)), order)


def _named(order: Order) -> Order:
    """Constraints bind the names there are: a client's certificate gets one."""
    return order if order.profile.names else replace(order, profile=replace(order.profile, names=("client.example",)))


def _not_permitted(authority: LabAuthority, order: Order) -> Identity:
    return _below("a CA for permitted.example alone", permitted=("permitted.example",))(authority, _named(order))


def _excluded(authority: LabAuthority, order: Order) -> Identity:
    named = _named(order)
    return _below("a CA that must not name it", excluded=named.profile.names[:1])(authority, named)


def _purpose_above(authority: LabAuthority, order: Order) -> Identity:
    return _below("a CA for mail", extended_key_usage=("emailProtection",))(authority, order)


MUST_STAPLE: Final = TLSFeature([TLSFeatureType.status_request])
_STRANGE: Final = UnrecognizedExtension(ObjectIdentifier(UNKNOWN_EXTENSION), b"\x05\x00")
_ALL: Final = (
    Fault("expired", "it ran out a day ago", _expired),
    Fault("not-yet-valid", "its validity begins tomorrow", _not_yet_valid),
    Fault("wrong-name", "it is for other.example alone", _changed(names=_OTHER_NAMES), ("server",)),
    Fault("name-in-subject", "its name stands in the subject, not in subjectAltName", _name_in_subject, ("server",)),
    Fault("wrong-usage", "its key usage is nonRepudiation alone", _changed(key_usage=("nonRepudiation",))),
    Fault("wrong-eku", "it is for the other role: a client's for a server, a server's for a client", _wrong_purpose),
    Fault("unknown-critical-extension", "it has a critical extension that nobody knows", _extended(_STRANGE, True)),
    Fault("small-key", "its key is RSA of 1024 bits", _small_key),
    Fault("sha1", "it is signed over SHA-1", _changed(signature_hash="sha1")),
    Fault("md5", "it is signed over MD5; for a CA whose key is RSA", _md5),
    Fault("bad-signature", "the last bit of its signature is flipped", _bad_signature),
    Fault("self-signed", "it is its own issuer", _self_signed),
    Fault("unknown-root", "another root issued it", _unknown_root),
    Fault("same-name-root", "a root of the same name but another key issued it", _root_of_the_same_name),
    Fault("must-staple", "it demands a stapled OCSP response", _extended(MUST_STAPLE, False), ("server",)),
    Fault("revoked", "it is revoked, as CRL and OCSP responder say", _plain, revokes=0),
    Fault("missing-intermediate", "the CA that issued it is not sent along", _missing_intermediate, makes_ca=True),
    Fault("expired-intermediate", "the CA that issued it ran out a day ago", _expired_intermediate, makes_ca=True),
    Fault("revoked-intermediate", "the CA that issued it is revoked", _below(), makes_ca=True, revokes=1),
    Fault("ca-flag-missing", "its issuer says of itself CA:FALSE", _below(ca=False), makes_ca=True),
    Fault("no-basic-constraints", "its issuer does not say that it is a CA", _below(ca=None), makes_ca=True),
    Fault("may-not-issue", "its issuer's key usage lacks keyCertSign", _below(key_usage=("cRLSign",)), makes_ca=True),
    Fault("path-too-long", "a CA stands below one that may have none below it", _path_too_long, makes_ca=True),
    Fault("name-not-permitted", "its issuer may name hosts in permitted.example alone", _not_permitted, makes_ca=True),
    Fault("name-excluded", "its issuer must not name this very host", _excluded, makes_ca=True),
    Fault("wrong-eku-intermediate", "its issuer is for mail alone", _purpose_above, makes_ca=True),
    Fault("small-intermediate-key", "its issuer's key is RSA of 1024 bits", _below(key="rsa1024"), makes_ca=True),
    Fault("sha1-intermediate", "its issuer is signed over SHA-1", _below(signature_hash="sha1"), makes_ca=True),
)
FAULTS: Final = {fault.name: fault for fault in _ALL}
"""The catalogue, by name."""
