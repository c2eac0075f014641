"""Extensions that most peers lack: offered to their servers, to see that the holes of docs/interop.md are there."""

from __future__ import annotations

import pytest

import hellodone
from hellodone.registry.codes import ExtensionType as E
from tests.interop.cells import ECDHE_RSA, cell
from tests.interop.driving import answered_extensions, converse, historic_client
from tests.interop.rare_peers import RarePeers
from tests.interop.stacks import Setup
from tests.interop.supplements import HINT

RARE = {E.client_certificate_url, E.trusted_ca_keys, E.truncated_hmac, E.user_mapping, E.status_request_v2}


@pytest.mark.parametrize("peer", ["openssl", "gnutls", "go", "node8", "mbedtls", "jsse"])
def test_a_server_does_not_know_them(rare_peers: RarePeers, peer: str) -> None:
    one, stack, pki = cell("client", peer, ECDHE_RSA), rare_peers.get(peer), rare_peers.pki
    config = historic_client(
        one,
        pki,
        policy=hellodone.Policy.historic(),
        identity=hellodone.Identity.from_files(pki.chain("cli-rsa"), pki.key("cli-rsa")),
        certificate_urls=["http://localhost/certificate"],
        trusted_ca_keys="x509_name",
        ocsp_multi=True,
        supplements=[HINT],
    )
    server = rare_peers.server(peer, Setup.of(one))
    outcome = converse(server.port, config, stack.request("nonce"), stack.answer("nonce"))
    assert outcome.connection.handshake._extensions_offered
    assert not answered_extensions(outcome.first_bytes) & RARE
