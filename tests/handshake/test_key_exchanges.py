"""The rarer key exchanges in memory: pre-shared keys and anonymous Diffie-Hellman."""

from __future__ import annotations

import pytest

from hellodone.errors import AlertDescription, FatalAlert
from hellodone.events import DataReceived
from hellodone.policy import Policy
from tests.pairs import client_config, connected, pair, server_config

KEY = bytes(range(16))
PSK_SUITES = [
    "TLS_PSK_WITH_AES_128_GCM_SHA256",
    "TLS_PSK_WITH_AES_128_CCM_8",
    "TLS_DHE_PSK_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256",
]


def historic(*suites: str) -> Policy:
    return Policy.historic().with_cipher_suites(suites)


@pytest.mark.parametrize("hint", [b"", b"use alice"])
@pytest.mark.parametrize("suite", PSK_SUITES)
def test_pre_shared_keys(suite: str, hint: bytes) -> None:
    policy = historic(suite)
    hints: list[bytes] = []

    def choose(said: bytes) -> tuple[bytes, bytes]:
        hints.append(said)
        return b"alice", KEY

    ends = connected(
        client_config(policy=policy, psk=choose),
        server_config("rsa", policy=policy, psk={b"alice": KEY, b"bob": b"other"}, psk_hint=hint),
    )
    assert hints == [hint]
    assert ends.server.handshake.psk_identity == "alice"
    assert ends.client.handshake.premaster_secret == ends.server.handshake.premaster_secret
    assert bool(ends.client.peer_certificates) == ("RSA_PSK" in suite)
    ends.client.send_data(b"data")
    ends.pump()
    assert ends.server_events[-1] == DataReceived(b"data")


def test_an_unknown_identity_is_refused() -> None:
    policy = historic("TLS_PSK_WITH_AES_128_GCM_SHA256")
    ends = pair(client_config(policy=policy, psk=(b"mallory", KEY)), server_config(policy=policy, psk={b"alice": KEY}))
    ends.pump()
    assert isinstance(ends.server_error, FatalAlert)
    assert ends.server_error.alert == AlertDescription.unknown_psk_identity
    assert "mallory" in ends.server_error.reason


@pytest.mark.parametrize("suite", PSK_SUITES)
def test_a_wrong_key_fails_at_finished(suite: str) -> None:
    policy = historic(suite)
    ends = pair(
        client_config(policy=policy, psk=(b"alice", b"wrong")), server_config("rsa", policy=policy, psk={b"alice": KEY})
    ).pump()
    assert isinstance(ends.server_error, FatalAlert)
    assert ends.server_error.alert in (AlertDescription.bad_record_mac, AlertDescription.decrypt_error)


def test_psk_suites_are_offered_only_with_a_key() -> None:
    ends = pair(client_config(policy=Policy.historic()))
    assert not any("PSK" in name for name in _offered(ends.client.handshake.cipher_suites_offered))
    ends = pair(client_config(policy=Policy.historic(), psk=(b"alice", KEY)))
    assert any("PSK" in name for name in _offered(ends.client.handshake.cipher_suites_offered))


def _offered(suites: tuple[int, ...]) -> list[str]:
    from hellodone.registry.suites import suite_name

    return [suite_name(suite) for suite in suites]


@pytest.mark.parametrize(
    "suite",
    [
        "TLS_DH_anon_WITH_AES_128_GCM_SHA256",
        "TLS_DH_anon_WITH_AES_128_CBC_SHA",
        "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
        "TLS_ECDH_anon_WITH_NULL_SHA",
    ],
)
def test_anonymous(suite: str) -> None:
    policy = historic(suite)
    ends = connected(client_config(policy=policy), server_config(policy=policy, identity=None))
    assert ends.client.peer_certificates == ()
    ends.server.send_data(b"data")
    ends.pump()
    assert ends.client_events[-1] == DataReceived(b"data")


@pytest.mark.parametrize("suite", ["TLS_RSA_WITH_NULL_SHA256", "TLS_RSA_WITH_RC4_128_MD5", "TLS_RSA_WITH_SEED_CBC_SHA"])
def test_ciphers_of_history(suite: str) -> None:
    policy = historic(suite)
    ends = connected(client_config(policy=policy), server_config("rsa", policy=policy))
    ends.server.send_data(b"data" * 5000)
    ends.pump()
    received = b"".join(event.data for event in ends.client_events if isinstance(event, DataReceived))
    assert received == b"data" * 5000
