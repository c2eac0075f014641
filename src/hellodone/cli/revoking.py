"""What is done about revoked certificates, from what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hellodone.cli import settings
from hellodone.cli.faults import InputUnreadable
from hellodone.errors import ConfigurationError

if TYPE_CHECKING:
    from hellodone.cli.branch_choices import RevocationChoice
    from hellodone.pki.crl import Crl
    from hellodone.pki.revocation import Revocation


def revocation(choice: RevocationChoice) -> Revocation | None:
    """The policy; None, the default, believes what is stapled and asks nobody.

    Raises ConfigurationError for what contradicts itself, InputUnreadable for a list that cannot be had.
    """
    from hellodone.pki.revocation import Revocation

    wanted = choice.ocsp == "query" or bool(choice.crl)
    mode = choice.mode or ("hard" if wanted else "")
    if mode == "off" and wanted:
        option = "--crl" if choice.crl else "--ocsp query"
        raise ConfigurationError(f"{option}: with --revocation off nothing is looked at")
    if mode == "off":
        return Revocation.off()
    if not mode:
        return None
    asks = choice.ocsp == "query" or (choice.ocsp is None and not choice.crl)
    made = Revocation.hard if mode == "hard" else Revocation.soft
    return made(crls=[crl for name in choice.crl for crl in _lists(name)], ask=asks, leaf_only=choice.leaf_only)


def _lists(name: str) -> tuple[Crl, ...]:
    from hellodone.pki.crl import parse_crls, read_crls
    from hellodone.pki.lookups import CrlFetch
    from hellodone.transport.fetch import fetch

    if not name.lower().startswith("http://"):
        return settings.readable(lambda: read_crls(name))
    fetched = fetch(CrlFetch(name))
    if fetched.failure:
        raise InputUnreadable(f"--crl {name}: {fetched.failure}")
    return settings.readable(lambda: parse_crls(fetched.data, name))
