"""What distinguishes the branches of the protocol: the properties of a handshake on which derivations depend.

A line of the table of facts holds "when" some of these hold: an RSA premaster secret is decrypted when the suite
transports it, a master secret is bound to the session hash when the extension was agreed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from hellodone.registry.suites import CipherSuite


class Trait(StrEnum):
    """One property of a handshake."""

    full = "full"  # figure 1 of RFC 5246
    resumed = "resumed"  # figure 2
    by_ticket = "by_ticket"  # resumed with a ticket (RFC 5077)
    rsa = "rsa"  # a secret is transported under the server's RSA key
    finite_field = "finite_field"  # a secret is agreed on in a prime field
    elliptic = "elliptic"  # or on a curve
    ephemeral = "ephemeral"  # the server's share is fresh
    static = "static"  # the server's share is in its certificate
    client_ephemeral = "client_ephemeral"  # the client's share is fresh
    client_static = "client_static"  # the client's share is in its certificate
    psk = "psk"  # a pre-shared key is part of the premaster secret
    plain = "plain"  # none is
    alone = "alone"  # the pre-shared key is all there is
    extended = "extended"  # extended_master_secret
    classic = "classic"  # the master secret of RFC 5246, 8.1
    client_signs = "client_signs"  # there is a CertificateVerify
    mac_keys = "mac_keys"  # the suite cuts MAC keys from the key block
    cipher_keys = "cipher_keys"  # and keys of a cipher
    fixed_ivs = "fixed_ivs"  # and fixed parts of nonces


# what figure 2 has nothing of
_EXCHANGE = {
    *(Trait.rsa, Trait.finite_field, Trait.elliptic, Trait.ephemeral, Trait.static),
    *(Trait.psk, Trait.plain, Trait.alone),
}


def suite_traits(suite: CipherSuite) -> frozenset[Trait]:
    """What the suite alone decides."""
    exchange, found = suite.key_exchange, set[Trait]()
    found.add(Trait.psk if exchange.psk else Trait.plain)
    if exchange.agreement in ("rsa", "psk"):
        found.add(Trait.rsa if exchange.agreement == "rsa" else Trait.alone)
    if exchange.finite_field or exchange.elliptic:
        found.add(Trait.elliptic if exchange.elliptic else Trait.finite_field)
        found.add(Trait.ephemeral if exchange.ephemeral else Trait.static)
    for length, trait in (
        (suite.mac.length, Trait.mac_keys),
        (suite.cipher.key_length, Trait.cipher_keys),
        (suite.cipher.fixed_iv_length, Trait.fixed_ivs),
    ):
        if length:
            found.add(trait)
    return frozenset(found)


def handshake_traits(
    suite: CipherSuite,
    *,
    resumed: bool,
    extended: bool,
    by_ticket: bool = False,
    client_static: bool = False,
    client_signs: bool = False,
) -> frozenset[Trait]:
    """Everything that is decided by the suite and by what the two sides said."""
    found = set(suite_traits(suite))
    found.add(Trait.extended if extended else Trait.classic)
    found.add(Trait.resumed if resumed else Trait.full)
    if resumed:
        found -= _EXCHANGE
    elif found & {Trait.finite_field, Trait.elliptic}:
        found.add(Trait.client_static if client_static else Trait.client_ephemeral)
    if resumed and by_ticket:
        found.add(Trait.by_ticket)
    if client_signs:
        found.add(Trait.client_signs)
    return frozenset(found)


def engine_traits(facts: Mapping[str, Any]) -> frozenset[Trait] | None:
    """The same from what one side of a handshake knows in the end (``vars`` of it); None before a suite is chosen."""
    suite = facts.get("cipher_suite")
    if not isinstance(suite, CipherSuite):
        return None
    return handshake_traits(
        suite,
        resumed=bool(facts.get("resumed")),
        extended=bool(facts.get("extended_master_secret")),
        by_ticket=bool(facts.get("_ticket_offered")),
        client_static=bool(facts.get("_fixed_identity") or facts.get("_client_key_is_fixed")),
        client_signs="client_signature_scheme" in facts,
    )
