"""What a demonstration does with certificates beyond showing them: raw keys, URLs, and a choice of authorities."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hellodone.cli.laboratory import Laboratory
    from hellodone.cli.options import DemoChoice
    from hellodone.config import ClientConfig, ServerConfig
    from hellodone.pki.identity import Identity
    from hellodone.registry.key_exchange import KeyExchange

NAMES = ("localhost", "127.0.0.1", "::1")
URL = "http://laboratory.example/client.der"


def with_certificates(
    client: ClientConfig, server: ServerConfig, ask: DemoChoice, exchange: KeyExchange, laboratory: Laboratory
) -> tuple[ClientConfig, ServerConfig]:
    """Both configurations with what is asked for."""
    if ask.raw_public_key:
        client, server = _raw(client, server)
    if ask.trusted_ca_keys is not None:
        client, server = _of_two_authorities(client, server, ask, exchange, laboratory)
    if ask.client_certificate_url:
        client, server = _at_url(client, server)
    return client, server


def _raw(client: ClientConfig, server: ServerConfig) -> tuple[ClientConfig, ServerConfig]:
    """Keys without certificates, which the other side knows beforehand, and nobody else's certificates either."""
    from hellodone.pki.trust import TrustStore

    servers, clients = [[_bare(one) for one in config.identities] for config in (server, client)]
    nobody = TrustStore.empty()
    return (
        replace(client, identity=clients or None, trust=nobody, trusted_keys=[one.leaf.der for one in servers]),
        replace(
            server,
            identity=servers,
            client_trust=nobody if clients else None,
            trusted_keys=[one.leaf.der for one in clients],
        ),
    )


def _bare(identity: Identity) -> Identity:
    from hellodone.pki.laboratory import private_key_pem
    from hellodone.pki.raw_keys import raw_identity

    return raw_identity(private_key_pem(identity))


def _of_two_authorities(
    client: ClientConfig, server: ServerConfig, ask: DemoChoice, exchange: KeyExchange, laboratory: Laboratory
) -> tuple[ClientConfig, ServerConfig]:
    """The server has a certificate of another authority too, which it would show if the client did not say."""
    from hellodone.cli.laboratory import authority_for, laboratory_for

    manner: Any = ask.trusted_ca_keys  # click knows the manners
    other = laboratory_for(exchange, NAMES, ask.group, authority=authority_for(exchange, "another laboratory root"))
    identities = [*other.servers, *laboratory.servers]
    if manner != "x509_name":  # by a hash the server knows only what is in its chains
        identities = [
            replace(identity, chain=(*identity.chain, of.authority.root))
            for of in (other, laboratory)
            for identity in of.servers
        ]
    return replace(client, trusted_ca_keys=manner), replace(server, identity=identities)


def _at_url(client: ClientConfig, server: ServerConfig) -> tuple[ClientConfig, ServerConfig]:
    """What the server would fetch is here: no network is needed for it."""
    shelf = {URL: client.identities[0].leaf.der}
    return replace(client, certificate_urls=[URL]), replace(server, fetch_certificate=shelf.get)
