"""Raw public keys in place of certificates (RFC 7250)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from hellodone.config import ClientConfig, ServerConfig
from hellodone.messages.handshake import Certificate, RawPublicKeyCertificate
from hellodone.pki.identity import Identity
from hellodone.pki.laboratory import private_key_pem
from hellodone.pki.raw_keys import RawPublicKey, is_raw, raw_identity
from hellodone.pki.trust import TrustStore
from hellodone.registry.codes import CertificateType, ExtensionType
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from tests.hellos import alert_of, changed, with_extension
from tests.messages_on_the_way import replaced
from tests.pairs import (
    client_config,
    client_identity,
    clock,
    compatible,
    connected,
    pair,
    server_config,
    server_identity,
)

CERTIFICATE = 11
SERVER_TYPE, CLIENT_TYPE = ExtensionType.server_certificate_type, ExtensionType.client_certificate_type
RAW, X509 = CertificateType.RawPublicKey, CertificateType.X509


def bare(identity: Identity) -> Identity:
    """The same key without its certificate."""
    return raw_identity(private_key_pem(identity))


def server(key: str = "ec", **more: Any) -> ServerConfig:
    return server_config(**{"identity": bare(server_identity(key)), "policy": compatible(), **more})


def client(keys: Collection[str] = ("ec",), **more: Any) -> ClientConfig:
    known = [bare(server_identity(key)).leaf.der for key in keys]
    return client_config(**{"trusted_keys": known, "policy": compatible(), **more})


@pytest.mark.parametrize("key", ["ec", "rsa", "ed25519", "rsa_pss"])
def test_a_key_alone_will_do(key: str) -> None:
    ends = connected(client([key]), server(key))
    (shown,) = ends.client.peer_certificates
    assert isinstance(shown, RawPublicKey)
    assert ends.client.handshake.server_certificate_type == RAW
    assert ends.client.handshake.server_path == "a raw public key that is trusted as it is"


def test_it_encrypts_too() -> None:
    policy = compatible("TLS_RSA_WITH_AES_128_GCM_SHA256")
    connected(client(["rsa"], policy=policy), server("rsa", policy=policy))


def test_an_unknown_key_is_refused() -> None:
    ends = pair(client(["rsa"]), server("ec")).pump()
    assert alert_of(ends.client_error) == "certificate_unknown"


def test_a_client_without_known_keys_does_not_offer_it() -> None:
    ends = pair(client_config(), server()).pump()
    assert alert_of(ends.server_error) == "handshake_failure"  # the server has no certificate for it


def test_both_kinds_may_be_offered() -> None:
    both = (server_identity("ec"), bare(server_identity("ec")))
    ends = connected(client(), server(identity=both))
    assert ends.client.handshake.server_certificate_type == X509  # it is the one for the name
    assert not isinstance(ends.client.peer_certificates[0], RawPublicKey)
    ends = connected(client_config(policy=compatible()), server(identity=both))
    assert "server_certificate_type" not in vars(ends.client.handshake)


def test_a_client_with_no_anchor_takes_keys_only() -> None:
    only = client(trust=TrustStore.empty())
    assert connected(only, server()).client.handshake.server_certificate_type == RAW
    ends = pair(only, server_config(policy=compatible())).pump()
    assert alert_of(ends.server_error) == "unsupported_certificate"  # RFC 7250, 4.2


def test_a_client_may_come_with_a_key_alone() -> None:
    mine = bare(client_identity("ec"))
    assert is_raw(mine)
    client = client_config(identity=mine, policy=compatible())
    server = server_config(client_auth="required", trusted_keys=[mine.leaf.der], policy=compatible())
    for _ in range(3):  # whatever the configurations remember
        ends = connected(client, server)
        assert ends.server.peer_certificates == (mine.leaf,)
        assert ends.server.handshake.client_certificate_type == RAW


def test_an_unknown_client_key_is_refused() -> None:
    mine, other = bare(client_identity("ec")), bare(client_identity("rsa"))
    ends = pair(client_config(identity=mine), server_config(client_auth="required", trusted_keys=[other.leaf.der]))
    assert alert_of(ends.pump().server_error) == "certificate_unknown"


def test_a_server_that_knows_no_keys_asks_for_certificates() -> None:
    mine = bare(client_identity("ec"))
    ends = connected(client_config(identity=mine), server_config(client_auth="requested"))
    assert ends.server.peer_certificates == ()
    assert "takes X509" in ends.client.handshake.client_identity_choice
    ends = connected(client_config(identity=(mine, client_identity("ec"))), server_config(client_auth="required"))
    assert ends.server.peer_certificates == client_identity("ec").chain


def test_a_client_may_have_nothing_to_show() -> None:
    """With raw keys agreed on and none that fits, its Certificate is empty."""
    mine = bare(client_identity("ed25519"))
    policy = compatible().with_signature_schemes(["ecdsa_secp256r1_sha256"])
    known = server_config(client_auth="requested", trusted_keys=[mine.leaf.der], policy=policy)
    ends = connected(client_config(identity=mine, policy=policy), known)
    assert ends.server.handshake.client_certificate_type == RAW
    assert ends.server.peer_certificates == ()


def test_a_type_that_was_not_offered_is_an_illegal_parameter() -> None:
    ends = changed(pair(client(), server()), server=with_extension(SERVER_TYPE, b"\x01"))
    assert alert_of(ends.client_error) == "illegal_parameter"
    mine = bare(client_identity("ec"))
    config = server_config(client_auth="required", trusted_keys=[mine.leaf.der])
    ends = changed(pair(client_config(identity=mine), config), server=with_extension(CLIENT_TYPE, b"\x00"))
    assert alert_of(ends.client_error) == "illegal_parameter"


@pytest.mark.parametrize("kind", [SERVER_TYPE, CLIENT_TYPE])
def test_unsolicited_and_malformed_ones(kind: int) -> None:
    assert alert_of(changed(pair(), server=with_extension(kind, b"\2")).client_error) == "unsupported_extension"
    for data in (b"", b"\0", b"\1\2\2"):
        assert alert_of(changed(pair(), client=with_extension(kind, data)).server_error) == "decode_error"


def test_openpgp_is_no_type_we_have() -> None:
    ends = changed(pair(), client=with_extension(SERVER_TYPE, b"\1\1"))
    assert alert_of(ends.server_error) == "unsupported_certificate"


@pytest.mark.parametrize("contents", [b"\x30\x00", b"garbage", b"\x30\x03\x02\x01\x00"])
def test_a_malformed_key_is_a_bad_certificate(contents: bytes) -> None:
    ends = pair(client(), server())
    ends.pump(to_client=replaced(CERTIFICATE, RawPublicKeyCertificate(contents)))
    assert alert_of(ends.client_error) == "bad_certificate"


def test_certificates_in_place_of_the_key_are_malformed() -> None:
    ends = pair(client(), server())
    ends.pump(to_client=replaced(CERTIFICATE, Certificate(server_identity("ec").encoded_chain)))
    assert alert_of(ends.client_error) == "bad_certificate"


def test_a_session_remembers_that_it_was_a_key() -> None:
    keeping = client(session_store=MemorySessionStore(clock=clock))
    issuing = server(tickets=TicketKeys.generate(clock=clock))
    first = connected(keeping, issuing)
    again = connected(keeping, issuing)
    assert again.client.resumed
    assert again.client.peer_certificates == first.client.peer_certificates
    ends = pair(replace(keeping, trusted_keys=client(["rsa"]).trusted_keys), issuing).pump()
    assert alert_of(ends.client_error) == "certificate_unknown"  # in a full handshake: the session was not offered
