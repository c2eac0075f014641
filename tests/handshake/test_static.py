"""Static Diffie-Hellman and DSS: keys that lie in certificates, the server's and the client's."""

from __future__ import annotations

from functools import cache

import pytest

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.events import DataReceived
from hellodone.pki.laboratory import LabAuthority
from hellodone.policy import Policy
from tests.pairs import NOW, Pair, client_config, connected, pair, server_config

SUITES = [
    ("TLS_DH_RSA_WITH_AES_128_GCM_SHA256", "rsa", "dh"),
    ("TLS_DH_RSA_WITH_AES_128_CBC_SHA", "rsa", "dhx"),
    ("TLS_DH_DSS_WITH_AES_128_GCM_SHA256", "dsa", "dh"),
    ("TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", "rsa", "ecdh"),
    ("TLS_ECDH_ECDSA_WITH_AES_128_GCM_SHA256", "ec", "ecdh"),
    ("TLS_DHE_DSS_WITH_AES_128_GCM_SHA256", "dsa", "dsa"),
]


@cache
def authority(key: str) -> LabAuthority:
    return LabAuthority.create(key=key, at=NOW)


def ends(suite: str, issuer: str, key: str, client_key: str | None = None) -> Pair:
    lab = authority(issuer)
    policy = Policy.historic().with_cipher_suites([suite])
    identity = lab.issue_client(key=client_key) if client_key else None
    return connected(
        client_config(policy=policy, trust=lab.trust, identity=identity),
        server_config(
            policy=policy,
            identity=lab.issue_server(key=key),
            client_trust=lab.trust,
            client_auth="required" if client_key else "none",
        ),
    )


@pytest.mark.parametrize(("suite", "issuer", "key"), SUITES)
def test_the_servers_key_is_in_its_certificate(suite: str, issuer: str, key: str) -> None:
    both = ends(suite, issuer, key)
    assert both.client.handshake.premaster_secret == both.server.handshake.premaster_secret
    both.client.send_data(b"data")
    both.pump()
    assert both.server_events[-1] == DataReceived(b"data")


@pytest.mark.parametrize(("suite", "issuer", "key"), SUITES[:-1])
def test_the_clients_key_may_be_in_its_certificate_too(suite: str, issuer: str, key: str) -> None:
    both = ends(suite, issuer, key, client_key=key)
    assert both.server.peer_certificates
    assert "client_ephemeral_private" not in vars(both.client.handshake)  # the key is the certificate's
    assert "client_signature_scheme" not in vars(both.server.handshake)  # and no CertificateVerify was sent


@pytest.mark.parametrize(("suite", "issuer", "key"), SUITES)
def test_a_client_may_sign_all_the_same(suite: str, issuer: str, key: str) -> None:
    both = ends(suite, issuer, key, client_key="rsa")
    assert "client_signature_scheme" in vars(both.server.handshake)


def test_a_client_key_of_another_group_is_not_sent() -> None:
    lab = authority("rsa")
    policy = Policy.historic().with_cipher_suites(["TLS_DH_RSA_WITH_AES_128_GCM_SHA256"])
    both = pair(
        client_config(policy=policy, trust=lab.trust, identity=lab.issue_client(key="ecdh")),
        server_config(
            policy=policy, identity=lab.issue_server(key="dh"), client_trust=lab.trust, client_auth="required"
        ),
    ).pump()
    assert isinstance(both.server_error, FatalAlert)
    assert both.server_error.alert == AlertDescription.handshake_failure
    assert both.client.handshake.client_identity_choice.startswith("none sent")


def test_modern_and_compatible_do_not_offer_them() -> None:
    for policy in (Policy.modern(), Policy.compatible()):
        assert not {0x00A0, 0xC031, 0xC02D, 0x00A2} & set(policy.cipher_suites)
