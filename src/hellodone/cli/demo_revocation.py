"""A demonstration in which somebody asks the authority whether the server's certificate is revoked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hellodone.clock import utc_now
from hellodone.errors import ConfigurationError

if TYPE_CHECKING:
    from hellodone.cli.laboratory import Laboratory
    from hellodone.cli.options import DemoChoice
    from hellodone.config import ClientConfig, ServerConfig
    from hellodone.pki.identity import Identity
    from hellodone.pki.laboratory import LabAuthority
    from hellodone.pki.stapler import Stapler
    from hellodone.registry.suites import CipherSuite
    from hellodone.trace.looking_up import Notes
    from hellodone.trace.model import Trace
    from hellodone.transport.authority import AuthorityServer

PROMISED = ("must-staple", "missing-staple")  # what the certificate says of itself


@dataclass(frozen=True, slots=True)
class Stapling:
    """What a server does ahead of the first connection, and who notes it."""

    stapler: Stapler
    notes: Notes
    identity: Identity

    def run(self) -> None:
        """Ask."""
        self.stapler.refresh()

    def told(self, trace: Trace) -> Trace:
        """The trace with that before everything else."""
        from hellodone.trace.looking_up import ahead
        from hellodone.trace.model import Party

        staple = self.stapler.staple(self.identity.leaf)
        return ahead(trace, Party.server, self.notes.taken, staple.answer if staple is not None else None)


@dataclass(frozen=True, slots=True)
class Authority:
    """The CA of a demonstration, and the server on which it answers; None where nobody asks it."""

    authority: LabAuthority
    server: AuthorityServer | None = None

    def close(self) -> None:
        """Answer no more."""
        if self.server is not None:
            self.server.close()


def refuse(ask: DemoChoice, suite: CipherSuite) -> None:
    """What cannot be shown. Raises ConfigurationError."""
    option = "--ocsp" if ask.ocsp else "--crl"
    if not (ask.ocsp or ask.crl):
        if ask.revoked:
            raise ConfigurationError("--revoked needs --ocsp or --crl: somebody has to ask")
        return
    if ask.ocsp and ask.crl:
        raise ConfigurationError("--ocsp and --crl are two scenarios: show one at a time")
    if not suite.authenticates_server or ask.raw_public_key:
        raise ConfigurationError(f"{option}: the server shows no certificate that could be revoked")
    if ask.revoked and ask.ocsp == "missing-staple":
        raise ConfigurationError("--revoked: with --ocsp missing-staple nobody asks")


def answering(ask: DemoChoice, authority: LabAuthority) -> Authority:
    """The authority, on HTTP where somebody is to ask it."""
    if not (ask.ocsp or ask.crl):
        return Authority(authority)
    from hellodone.transport.authority import AuthorityServer

    server = AuthorityServer(authority)
    named = server.authority
    return Authority(replace(named, crl_url="") if ask.ocsp else replace(named, ocsp_url=""), server)


def with_revocation(
    client: ClientConfig, server: ServerConfig, ask: DemoChoice, laboratory: Laboratory
) -> tuple[ClientConfig, ServerConfig, Stapling | None]:
    """Both configurations with what is asked for, and what the server does ahead."""
    from hellodone.pki.revocation import Revocation

    if not (ask.ocsp or ask.crl):
        return client, server, None
    if ask.revoked:
        laboratory.authority.revoke(laboratory.servers[0].leaf)
    if ask.crl or ask.ocsp == "query":
        return replace(client, revocation=Revocation.hard(), ocsp=False), server, None
    if ask.ocsp == "missing-staple":
        return client, server, None
    stapling = _stapling(laboratory)
    return client, replace(server, ocsp_response=stapling.stapler), stapling


def _stapling(laboratory: Laboratory) -> Stapling:
    from hellodone.pki.stapler import Stapler
    from hellodone.trace.looking_up import Notes
    from hellodone.transport.fetch import fetch

    notes = Notes(fetch, utc_now)
    identity = laboratory.servers[0]
    return Stapling(Stapler([identity.chain], notes, utc_now, issuers=(laboratory.authority.root,)), notes, identity)
