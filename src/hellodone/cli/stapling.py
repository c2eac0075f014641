"""``hellodone serve --staple``: the CA's responder is asked before the first client comes, and again in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from hellodone.cli import settings
from hellodone.errors import ConfigurationError

if TYPE_CHECKING:
    from hellodone.cli.branch_choices import ServeCertificates
    from hellodone.config import ServerConfig
    from hellodone.pki.certificates import Certificate
    from hellodone.pki.stapler import Stapler


def stapling_options() -> list[Callable[[Any], Any]]:
    """What a server staples: an answer that lies in a file, or what the responder says at the time."""
    return [
        click.option(
            "--staple",
            is_flag=True,
            help="Ask the OCSP responders that the certificates name, and staple what they say, fetched anew in time.",
        ),
        click.option(
            "--staple-issuer",
            metavar="FILE",
            help="For --staple: the CA's certificate, where --cert does not hold it.",
        ),
        click.option(
            "--ocsp-response",
            "--status-file",
            "--staple-file",
            multiple=True,
            metavar="FILE",
            help="Staple this answer of an OCSP responder (DER) to the certificate; more of them to its issuers, in "
            "order, for clients that ask for all (RFC 6961).",
        ),
    ]


@contextmanager
def stapled(config: ServerConfig, choice: ServeCertificates) -> Iterator[ServerConfig]:
    """The configuration with staples that are kept fresh meanwhile, where that was asked for.

    The first answers are there, or their failures told, before anybody can connect. Raises ConfigurationError when
    there is nobody to ask, InputUnreadable.
    """
    if not choice.staple:
        if choice.staple_issuer:
            raise ConfigurationError("--staple-issuer is of use with --staple only")
        yield config
        return
    from hellodone.transport.stapling import StaplingThread, stapler_for

    if choice.ocsp_response:
        raise ConfigurationError("--staple asks for what --ocsp-response holds already; give one of them")
    stapler = stapler_for(config, issuers=_issuers(choice.staple_issuer), report=_warn)
    _require_somebody_to_ask(config, stapler)
    stapler.refresh()
    for identity in config.identities:
        if (staple := stapler.staple(identity.leaf)) is not None:
            settings.note(f"stapling: {staple.answer}")
    with StaplingThread(stapler, config.clock):
        yield replace(config, ocsp_response=stapler)


def _warn(sentence: str) -> None:
    settings.note(f"warning: {sentence}")


def _issuers(file: str | None) -> list[Certificate]:
    from hellodone.pki.chains import parse_chain

    data = settings.content(file)
    return [] if data is None else list(settings.readable(lambda: parse_chain(data, str(file))))


def _require_somebody_to_ask(config: ServerConfig, stapler: Stapler) -> None:
    """One certificate without a staple is told of; when none can have one, that is a fault of usage."""
    leaves = [identity.leaf for identity in config.identities if identity.chain]
    reasons = [_why_not(leaf) for leaf in leaves if not stapler.watches(leaf)]
    if len(reasons) == len(leaves):
        raise ConfigurationError(f"--staple: {reasons[0] if reasons else 'there is no certificate to staple to'}")
    for reason in reasons:
        _warn(f"nothing is stapled: {reason}")


def _why_not(leaf: Certificate) -> str:
    from hellodone.pki.lookups import ocsp_urls

    if not ocsp_urls(leaf):
        return f"the certificate of {leaf.name} names no OCSP responder (RFC 5280, 4.2.2.1)"
    return f"the certificate of {leaf.name} is not followed by its issuer's in --cert; name that with --staple-issuer"
