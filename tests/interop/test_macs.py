"""MACs of the cipher text, short MACs and short records, with peers of several makes in both roles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import hellodone
from tests.conftest import Proves
from tests.interop.cells import ECDHE_RSA, Role, cell
from tests.interop.driving import converse, historic_client, historic_server
from tests.interop.rare_peers import RarePeers
from tests.interop.stacks import Setup
from tests.interop.suites import Suite

CBC = Suite("ECDHE_RSA", "AES_128_CBC", "SHA256")
HISTORIC = hellodone.Policy.historic().with_cipher_suites([CBC.name])
ROLES: list[Role] = ["client", "server"]


@pytest.mark.parametrize("peer", ["openssl", "gnutls", "mbedtls"])
@pytest.mark.parametrize("role", ROLES)
def test_encrypt_then_mac(proves: Proves, rare_peers: RarePeers, role: Role, peer: str) -> None:
    proves(role, peer, "encrypt-then-MAC")
    assert met(rare_peers, role, peer, CBC)["encrypt_then_mac"]
    facts = met(rare_peers, role, peer, CBC, policy=replace(HISTORIC, encrypt_then_mac=False))
    assert not facts.get("encrypt_then_mac", False)


@pytest.mark.parametrize("encrypt_then_mac", [True, False])
@pytest.mark.parametrize("role", ROLES)
def test_short_macs(proves: Proves, rare_peers: RarePeers, role: Role, encrypt_then_mac: bool) -> None:
    proves(role, "mbedtls", "truncated_hmac")
    policy = replace(HISTORIC, truncated_hmac=True, encrypt_then_mac=encrypt_then_mac)
    facts = met(rare_peers, role, "mbedtls", CBC, "truncated=1", policy=policy)
    assert facts["truncated_hmac"]
    assert facts.get("encrypt_then_mac", False) == encrypt_then_mac


@pytest.mark.parametrize(
    ("role", "options", "changes"), [("client", [], {"max_fragment_length": 4096}), ("server", ["mfl=4"], {})]
)
def test_short_records(
    proves: Proves, rare_peers: RarePeers, role: Role, options: list[str], changes: dict[str, Any]
) -> None:
    """As long as a flight: Mbed TLS cannot cut handshake messages, nor put them together again."""
    proves(role, "mbedtls", "max_fragment_length")
    assert met(rare_peers, role, "mbedtls", ECDHE_RSA, *options, **changes)["max_fragment_length"] == 4096


def met(peers: RarePeers, role: Role, peer: str, suite: Suite, *options: str, **changes: Any) -> dict[str, Any]:
    """What our handshake with that peer found out; data went both ways."""
    one, stack = cell(role, peer, suite), peers.get(peer)
    if role == "client":
        server = peers.server(peer, Setup.of(one), *options)
        config = historic_client(one, peers.pki, **changes)
        outcome = converse(server.port, config, stack.request("nonce"), stack.answer("nonce"))
        return vars(outcome.connection.handshake)
    output, (served,) = peers.serve(peer, [one], [historic_server(one, peers.pki, **changes)], *options)
    assert served.error is None
    assert f"hellodone {suite.name}" in output
    return vars(served.connection.handshake)
