"""Pre-shared keys beyond the matrix, with OpenSSL and GnuTLS: identity hints (RFC 4279, 2) and keys that differ."""

import re
from dataclasses import replace

import pytest

import hellodone
from hellodone.errors import AlertDescription
from tests.conftest import Proves
from tests.interop.cells import Role, cell
from tests.interop.driving import converse, historic_client, historic_server
from tests.interop.rare_peers import RarePeers
from tests.interop.stacks import PSK, Setup
from tests.interop.suites import Suite

KEY = bytes.fromhex(PSK)
FEATURE = "PSK identity hint"


def suite(exchange: str) -> Suite:
    """A suite with this key exchange."""
    return Suite(exchange, "AES_128_GCM", "SHA256")


@pytest.mark.parametrize("exchange", ["PSK", "RSA_PSK", "DHE_PSK"])
@pytest.mark.parametrize(("peer", "option"), [("openssl", "-psk_hint"), ("gnutls", "--pskhint")])
def test_a_server_hints(rare_peers: RarePeers, proves: Proves, peer: str, option: str, exchange: str) -> None:
    proves("client", peer, FEATURE)
    one = cell("client", peer, suite(exchange))
    hints: list[bytes] = []

    def choose(hint: bytes) -> tuple[bytes, bytes]:
        hints.append(hint)
        return b"psk1", KEY

    stack, server = rare_peers.get(peer), rare_peers.server(peer, Setup.of(one), option, "take-psk1")
    config = historic_client(one, rare_peers.pki, psk=choose)
    converse(server.port, config, stack.request("nonce"), stack.answer("nonce"))
    assert hints == [b"take-psk1"]


@pytest.mark.parametrize(
    ("peer", "exchange"),
    [("openssl", "PSK"), ("openssl", "RSA_PSK"), ("gnutls", "PSK")],  # of RSA_PSK gnutls-cli shows the certificate only
)
def test_we_hint(rare_peers: RarePeers, proves: Proves, peer: str, exchange: str) -> None:
    proves("server", peer, FEATURE)
    one = cell("server", peer, suite(exchange))
    config = historic_server(one, rare_peers.pki, psk_hint=b"take-psk1")
    output, (served,) = rare_peers.serve(peer, [one], [config])
    assert served.error is None
    assert re.search(r"PSK.* hint.*take-psk1", output)


@pytest.mark.parametrize("peer", ["openssl", "gnutls", "mbedtls"])
def test_another_key_than_the_servers_is_noticed(rare_peers: RarePeers, proves: Proves, peer: str) -> None:
    proves("client", peer, "PSK that differs, refused")
    one = cell("client", peer, suite("PSK"))
    config = historic_client(one, rare_peers.pki, psk=(b"psk1", KEY[::-1]))
    with pytest.raises(hellodone.FatalAlert) as caught:
        converse(rare_peers.server(peer, Setup.of(one)).port, config, b"", b"nothing")
    assert caught.value.alert in (AlertDescription.bad_record_mac, AlertDescription.decrypt_error)


@pytest.mark.parametrize("peer", ["openssl", "gnutls", "mbedtls"])
@pytest.mark.parametrize("known", [b"psk1", b"psk2"])
def test_another_key_than_ours_is_noticed(rare_peers: RarePeers, proves: Proves, peer: str, known: bytes) -> None:
    role: Role = "server"
    proves(role, peer, "PSK that differs, refused")
    one = replace(cell(role, peer, suite("PSK")))
    config = historic_server(one, rare_peers.pki, psk={known: KEY[::-1]})
    _, (served,) = rare_peers.serve(peer, [one], [config])
    assert isinstance(served.error, hellodone.FatalAlert)
    expected = AlertDescription.bad_record_mac if known == b"psk1" else AlertDescription.unknown_psk_identity
    assert served.error.alert == expected
