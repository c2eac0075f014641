"""A certification authority and identities made on the spot, for demonstrations and servers without a certificate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hellodone.config import utc_now

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


def key_kinds(policy: Policy) -> tuple[str, ...]:
    """The kinds of key that a server needs to serve every suite of the policy, quickest to make first."""
    from hellodone.registry.suites import cipher_suite

    suites = [suite for code in policy.cipher_suites if (suite := cipher_suite(code)) is not None]
    names = {suite.key_exchange.value for suite in suites}
    kinds = []
    if any("ECDSA" in name for name in names):
        kinds.append("ec")
    if any("RSA" in name for name in names):
        kinds.append("rsa")
    return tuple(kinds) or ("ec",)


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
