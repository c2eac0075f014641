"""A certification authority and identities made on the spot, for demonstrations and servers without a certificate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hellodone.clock import utc_now
from hellodone.errors import ConfigurationError
from hellodone.registry.groups import NamedGroup, find_group
from hellodone.registry.key_exchange import KeyExchange

if TYPE_CHECKING:
    from hellodone.pki.identity import Identity
    from hellodone.pki.laboratory import LabAuthority
    from hellodone.policy import Policy


@dataclass(frozen=True, slots=True)
class Laboratory:
    """The CA and what it issued."""

    authority: LabAuthority
    servers: tuple[Identity, ...]
    client: Identity | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The kinds of key that a key exchange is shown with: the CA's, the server's, that of a client who signs."""

    authority: str
    server: str
    client: str


_KEYS: Mapping[KeyExchange, Keys] = {
    KeyExchange.RSA: Keys("ec", "rsa", "rsa"),
    KeyExchange.RSA_PSK: Keys("ec", "rsa", "rsa"),
    KeyExchange.DHE_RSA: Keys("ec", "rsa", "rsa"),
    KeyExchange.DHE_DSS: Keys("dsa", "dsa", "dsa"),
    KeyExchange.ECDHE_RSA: Keys("ec", "rsa", "rsa"),
    KeyExchange.ECDHE_ECDSA: Keys("ec", "ec", "ec"),
    KeyExchange.DH_RSA: Keys("rsa", "dh", "rsa"),
    KeyExchange.DH_DSS: Keys("dsa", "dh", "dsa"),
    KeyExchange.ECDH_RSA: Keys("rsa", "ecdh", "rsa"),
    KeyExchange.ECDH_ECDSA: Keys("ec", "ecdh", "ec"),
}
_STATIC_CURVES: Mapping[int, str] = {
    NamedGroup.secp256r1: "ecdh",
    NamedGroup.secp384r1: "ecdh384",
    NamedGroup.x25519: "x25519",
    NamedGroup.x448: "x448",
}


def authority_for(exchange: KeyExchange, name: str = "hellodone laboratory root") -> LabAuthority:
    """A CA whose key fits that key exchange."""
    from hellodone.pki.laboratory import LabAuthority

    keys = _KEYS.get(exchange)
    return LabAuthority.create(keys.authority if keys else "ec", at=utc_now(), name=name)


def laboratory_for(
    exchange: KeyExchange,
    names: Iterable[str],
    group: str | None = None,
    client_auth: str | None = None,
    authority: LabAuthority | None = None,
    must_staple: bool = False,
) -> Laboratory:
    """What a demonstration of that key exchange needs; a client's identity when ``client_auth`` is sign or fixed.

    ``authority`` is the CA, one of :func:`authority_for` unless it is given; ``must_staple`` is what the server's
    certificate says of itself (RFC 7633). Raises ConfigurationError when no certificate can be made for that group.
    """
    keys = _KEYS.get(exchange)
    authority = authority or authority_for(exchange)
    if keys is None:
        return Laboratory(authority, ())
    kind = keys.server if exchange.agreement != "ecdh" or group is None else _static_curve(group)
    client = {"sign": keys.client, "fixed": kind}.get(client_auth or "")
    return Laboratory(
        authority,
        (_server(authority, tuple(names), kind, must_staple=must_staple),),
        None if client is None else authority.issue_client("laboratory client", client),
    )


def _server(authority: LabAuthority, names: tuple[str, ...], kind: str, *, must_staple: bool) -> Identity:
    from hellodone.pki.lab_revocation import MUST_STAPLE

    profile = authority.server_profile(names, kind)
    if must_staple:
        profile = replace(profile, extensions=(*profile.extensions, MUST_STAPLE))
    return authority.issue_identity(profile, kind)


def same_keys(exchange: KeyExchange) -> Keys | None:
    """What two key exchanges have in common that can share a laboratory; None for those without certificates."""
    return _KEYS.get(exchange)


def _static_curve(group: str) -> str:
    kind = _STATIC_CURVES.get(find_group(group))
    if kind is None:
        known = ", ".join(NamedGroup(code).name for code in _STATIC_CURVES)
        raise ConfigurationError(f"--group {group}: a static key can be made for {known} here")
    return kind


def key_kinds(policy: Policy) -> tuple[str, ...]:
    """The kinds of key that a server needs to serve every suite of the policy, quickest to make first.

    None for suites without certificate: anonymous ones and those of a pre-shared key alone.
    """
    from hellodone.registry.suites import cipher_suite

    suites = [suite for code in policy.cipher_suites if (suite := cipher_suite(code)) is not None]
    served = {keys.server for suite in suites if (keys := _KEYS.get(suite.key_exchange)) is not None}
    return tuple(kind for kind in ("ec", "rsa", "dsa", "ecdh", "dh") if kind in served)


def make_laboratory(kinds: Iterable[str], names: Iterable[str], *, client: str | None = None) -> Laboratory:
    """A new CA, a server identity for ``names`` of each kind of key, and if wanted a client of kind ``client``."""
    from hellodone.pki.laboratory import LabAuthority

    authority = LabAuthority.create(at=utc_now())
    wanted = tuple(dict.fromkeys(names))
    return Laboratory(
        authority,
        tuple(authority.issue_server(wanted, kind) for kind in kinds),
        None if client is None else authority.issue_client("laboratory client", client),
    )
