"""What a demonstration needs: from the branch of the protocol that is asked for to the two configurations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hellodone.cli import settings
from hellodone.cli.branches import protected
from hellodone.cli.demo_certificates import NAMES, with_certificates
from hellodone.cli.demo_revocation import PROMISED, Authority, Stapling, answering, refuse, with_revocation
from hellodone.cli.demo_suites import narrowed_policy, wanted_suites
from hellodone.cli.laboratory import Laboratory, authority_for, laboratory_for
from hellodone.cli.options import DemoChoice, TlsChoice
from hellodone.cli.supplements import supplements
from hellodone.config import ClientConfig, Psk, ServerConfig
from hellodone.errors import ConfigurationError
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys

if TYPE_CHECKING:
    from collections.abc import Callable

    from hellodone.policy import Policy
    from hellodone.registry.key_exchange import KeyExchange
    from hellodone.registry.suites import CipherSuite
    from hellodone.transport.blocking import TlsSocket

_ALPN = ("http/1.1",)
_MADE_UP: Psk = (b"laboratory", bytes(range(16)))


@dataclass(frozen=True, slots=True)
class Scenario:
    """Both ends, ready to run ``connections`` times.

    ``renegotiate`` is the role that begins a second handshake on the connection, "" for none; with
    ``authenticates_later`` the client has to show a certificate in that one. ``authority`` is to be closed at the end;
    ``stapling`` is what the server does before the first connection; ``take`` is called by each end, with its role,
    when it has said everything.
    """

    client: ClientConfig
    server: ServerConfig
    connections: int = 1
    renegotiate: str = ""
    authenticates_later: bool = False
    authority: Authority | None = None
    stapling: Stapling | None = None
    take: Callable[[str, TlsSocket], None] | None = None


def plan(ask: DemoChoice, tls: TlsChoice, laboratory: Laboratory | None = None) -> Scenario:
    """The scenario for these choices, in a new laboratory unless one is given.

    Raises ConfigurationError when the choices contradict each other.
    """
    suites = wanted_suites(ask, tls)
    _refuse_contradictions(ask, suites[0])
    policy = protected(narrowed_policy(suites, ask.group, tls), ask)
    authority, laboratory = _laboratory(ask, suites[0].key_exchange, laboratory)
    both = _of_both(ask, tls, policy)
    psk = _psk(ask, suites[0])
    of_client, of_server = supplements(ask.supplemental, protected=bool(ask.renegotiate))
    client = ClientConfig(
        trust=laboratory.authority.trust,
        identity=laboratory.client,
        key_log=settings.key_log(tls.keylog),
        session_store=MemorySessionStore() if ask.resume else None,
        ask_for_tickets=ask.resume != "id",
        psk=psk,
        supplements=of_client,
        max_fragment_length=int(ask.max_fragment_length or 0),
        padding=ask.padding,
        fallback=ask.fallback_scsv,
        **both,
    )
    later = bool(ask.renegotiate and ask.client_auth)
    server = ServerConfig(
        identity=laboratory.servers,
        client_trust=laboratory.authority.trust if ask.client_auth else None,
        client_auth="required" if ask.client_auth and not later else "none",
        session_store=MemorySessionStore() if ask.resume == "id" else None,
        tickets=TicketKeys.generate() if ask.resume == "ticket" else None,
        psk=dict([psk]) if psk is not None else None,
        supplements=of_server,
        **both,
    )
    client, server = with_certificates(client, server, ask, suites[0].key_exchange, laboratory)
    client, server, stapling = with_revocation(client, server, ask, laboratory)
    return Scenario(client, server, 2 if ask.resume else 1, ask.renegotiate or "", later, authority, stapling)


def _of_both(ask: DemoChoice, tls: TlsChoice, policy: Policy) -> dict[str, Any]:
    """What client and server are configured alike."""
    return {
        "policy": policy,
        "alpn": settings.alpn(tls) or _ALPN,
        "record": True,
        "renegotiation": "accept" if ask.renegotiate else "refuse",
        "record_size_limit": ask.record_size_limit,
    }


def _laboratory(ask: DemoChoice, exchange: KeyExchange, laboratory: Laboratory | None) -> tuple[Authority, Laboratory]:
    """The authority, which answers where somebody is to ask it, and what it issued."""
    authority = answering(ask, laboratory.authority if laboratory else authority_for(exchange))
    made = (exchange, NAMES, ask.group, ask.client_auth, authority.authority)
    return authority, laboratory or laboratory_for(*made, must_staple=ask.ocsp in PROMISED)


def _psk(ask: DemoChoice, suite: CipherSuite) -> Psk | None:
    """The key that both sides have: given, made up, or none."""
    if not suite.psk:
        return None
    return settings.psk(ask.psk) if ask.psk else _MADE_UP


def _refuse_contradictions(ask: DemoChoice, suite: CipherSuite) -> None:
    """What the protocol has no message for, said before it is tried."""
    exchange = suite.key_exchange
    name = exchange.value.lower()
    if ask.psk is not None and not suite.psk:
        raise ConfigurationError(f"--psk: the key exchange {name} uses no pre-shared key; psk, ecdhe_psk ... do")
    if ask.client_auth and suite.anonymous:
        raise ConfigurationError(
            f"--client-auth: an anonymous server may ask for no certificate (RFC 5246, 7.4.4), and {name} is anonymous"
        )
    if ask.client_auth and suite.psk:
        raise ConfigurationError(f"--client-auth: with {name} the key that both have says who the client is (RFC 4279)")
    if ask.client_auth == "fixed" and exchange.agreement not in ("dh", "ecdh"):
        raise ConfigurationError(
            f"--client-auth fixed: the key in the client's certificate can agree with one in the server's only; "
            f"{name} has none there, dh_rsa, dh_dss, ecdh_rsa and ecdh_ecdsa have (RFC 5246, 7.4.6)"
        )
    _refuse_certificates(ask, suite)
    refuse(ask, suite)
    if ask.resume and ask.renegotiate:
        raise ConfigurationError("--resume and --renegotiate are two scenarios: show one at a time")


def _refuse_certificates(ask: DemoChoice, suite: CipherSuite) -> None:
    """What is about certificates needs some."""
    name = suite.key_exchange.value.lower()
    asked = {"--raw-public-key": ask.raw_public_key, "--trusted-ca-keys": ask.trusted_ca_keys is not None}
    for option, given in asked.items():
        if given and not suite.authenticates_server:
            raise ConfigurationError(f"{option}: with the key exchange {name} the server has no certificate")
    if ask.raw_public_key and (ask.trusted_ca_keys or ask.client_certificate_url):
        raise ConfigurationError("--raw-public-key: there are no certificates for the other options to be about")
    if ask.raw_public_key and suite.key_exchange.agreement == "dh":
        raise ConfigurationError(f"--raw-public-key: this program takes no raw keys of {name}")
    if ask.client_certificate_url and not ask.client_auth:
        raise ConfigurationError("--client-certificate-url needs --client-auth: whose certificate is it?")
    if (ask.no_etm or ask.truncated_hmac) and suite.is_aead:
        option = "--no-etm" if ask.no_etm else "--truncated-hmac"
        raise ConfigurationError(
            f"{option}: {suite.name} has no MAC of its own; name one that has, for instance --cipher AES_128_CBC_SHA256"
        )
