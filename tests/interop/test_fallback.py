"""Clients that fell back (RFC 7507): welcome when it was to TLS 1.2, refused when it was further."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import hellodone
from tests.conftest import Proves
from tests.interop.cells import ECDHE_RSA, cell
from tests.interop.dialling import dialled
from tests.interop.driving import converse as dial
from tests.interop.driving import historic_client, historic_server
from tests.interop.one_server import serving
from tests.interop.pki import Pki
from tests.interop.processes import converse, start_server
from tests.interop.rare_peers import TO_THE_END, RarePeers
from tests.interop.stacks import GnuTLS, OpenSSL, Setup, http_request

SCSV = 0x5600


def command(peer: str, pki: Pki, port: int, version: str) -> list[str]:
    """A client that speaks no later version, and says that it fell back."""
    one = cell("server", peer, ECDHE_RSA)
    if peer == "openssl":
        words = [
            word for word in OpenSSL().client(one, pki, port) if word not in ("-tls1_2", "-cipher") and ":@" not in word
        ]
        return [*words, f"-tls1_{version[-1]}", "-cipher", "ALL:@SECLEVEL=0", "-fallback_scsv"]
    words = GnuTLS().client(one, pki, port)
    words[words.index("--priority") + 1] = f"NORMAL:-VERS-ALL:+VERS-TLS{version}:%FALLBACK_SCSV"
    return words


@pytest.mark.parametrize("peer", ["openssl", "gnutls"])
def test_to_our_own_version(proves: Proves, pki: Pki, peer: str) -> None:
    proves("server", peer, "FALLBACK_SCSV")
    with serving(
        historic_server(cell("server", peer, ECDHE_RSA), pki, policy=hellodone.Policy.compatible()), b"nonce"
    ) as served:
        said = converse(command(peer, pki, served.port, "1.2"), http_request("x"), TO_THE_END).text
    assert "nonce" in said
    assert SCSV in served.connection.handshake.cipher_suites_offered


@pytest.mark.parametrize("peer", ["openssl", "gnutls"])
def test_to_an_earlier_one(proves: Proves, pki: Pki, peer: str) -> None:
    proves("server", peer, "FALLBACK_SCSV")
    config = historic_server(cell("server", peer, ECDHE_RSA), pki)
    with pytest.raises(hellodone.FatalAlert) as caught, serving(config, b"") as served:
        said = converse(command(peer, pki, served.port, "1.1"), http_request("x"), TO_THE_END).text
    assert caught.value.alert == hellodone.AlertDescription.inappropriate_fallback
    assert "fallback" in said.lower()


# --- hellodone as client


@pytest.mark.parametrize("peer", ["openssl", "gnutls"])
def test_a_server_that_speaks_tls_1_3_refuses_us(proves: Proves, pki: Pki, tmp_path: Path, peer: str) -> None:
    proves("client", peer, "FALLBACK_SCSV")
    one = cell("client", peer, ECDHE_RSA)
    with start_server(lambda port: modern(peer, pki, port), tmp_path / "log") as server:
        with (
            pytest.raises(hellodone.FatalAlert) as caught,
            dialled(server.port, historic_client(one, pki, fallback=True)),
        ):
            pass
        assert (caught.value.alert, caught.value.sender) == (hellodone.AlertDescription.inappropriate_fallback, "peer")
        with dialled(server.port, historic_client(one, pki)) as client:
            assert client.connection.handshake_complete


@pytest.mark.parametrize("peer", ["openssl", "gnutls", "node8"])
def test_a_server_that_speaks_no_later_version_takes_us(proves: Proves, rare_peers: RarePeers, peer: str) -> None:
    proves("client", peer, "FALLBACK_SCSV")
    one = replace(cell("client", peer, ECDHE_RSA), group="secp256r1")
    config = historic_client(one, rare_peers.pki, fallback=True)
    stack, server = rare_peers.get(peer), rare_peers.server(peer, Setup.of(one))
    outcome = dial(server.port, config, stack.request("nonce"), stack.answer("nonce"))
    assert SCSV in outcome.connection.handshake.cipher_suites_offered


def modern(peer: str, pki: Pki, port: int) -> list[str]:
    """A server that speaks TLS 1.3 as well."""
    setup = Setup("srv-rsa")
    if peer == "openssl":
        return [word for word in OpenSSL().server(setup, pki, port) if word != "-tls1_2"]
    command = GnuTLS().server(setup, pki, port)
    command[command.index("--priority") + 1] = "NORMAL"
    return command
