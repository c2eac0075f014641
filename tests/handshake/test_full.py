"""Figure 1 of RFC 5246 in memory: every key exchange, cipher and group, with and without client authentication."""

from __future__ import annotations

import pytest

from hellodone.events import CloseNotifyReceived, DataReceived, HandshakeCompleted
from hellodone.registry.groups import find_group
from tests.pairs import client_config, client_identity, compatible, connected, server_config

SUITES = [
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ec"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ec384"),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ed25519"),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CCM", "ec521"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", "ed448"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ec"),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "rsa"),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "rsa_pss"),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "rsa"),
    ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "rsa"),
    ("TLS_DHE_RSA_WITH_AES_256_CBC_SHA256", "rsa"),
    ("TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "rsa"),
    ("TLS_RSA_WITH_AES_128_GCM_SHA256", "rsa"),
    ("TLS_RSA_WITH_AES_256_CBC_SHA", "rsa"),
    ("TLS_RSA_WITH_AES_128_CCM_8", "rsa"),
]


@pytest.mark.parametrize("client_auth", ["none", "requested", "required"])
@pytest.mark.parametrize(("suite", "key"), SUITES)
def test_handshake_and_data_both_ways(suite: str, key: str, client_auth: str) -> None:
    policy = compatible(suite)
    ends = connected(
        client_config(policy=policy, identity=client_identity("ec")),
        server_config(key, policy=policy, client_auth=client_auth),
    )
    assert HandshakeCompleted() in ends.client_events
    assert HandshakeCompleted() in ends.server_events
    for connection in (ends.client, ends.server):
        assert connection.version == 0x0303
        assert connection.cipher_suite is not None
        assert connection.cipher_suite.name == suite
    assert len(ends.client.peer_certificates) >= 1
    assert bool(ends.server.peer_certificates) == (client_auth != "none")

    ends.client.send_data(b"request")
    ends.pump()
    ends.server.send_data(b"a" * 40_000)
    ends.pump()
    ends.client.close()
    ends.pump()
    assert DataReceived(b"request") in ends.server_events
    received = b"".join(event.data for event in ends.client_events if isinstance(event, DataReceived))
    assert received == b"a" * 40_000
    assert CloseNotifyReceived() in ends.server_events
    assert CloseNotifyReceived() in ends.client_events
    assert ends.client.closed
    assert ends.server.closed


@pytest.mark.parametrize("group", ["x25519", "x448", "secp256r1", "secp384r1", "secp521r1"])
def test_curves(group: str) -> None:
    policy = compatible("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", groups=(group,))
    key = "ed25519"  # so that the certificate's curve does not have to be among the client's
    ends = connected(client_config(policy=policy), server_config(key, policy=policy))
    assert ends.client.group == ends.server.group == find_group(group)


@pytest.mark.parametrize("group", ["ffdhe2048", "ffdhe3072", "ffdhe4096"])
def test_finite_fields(group: str) -> None:
    policy = compatible("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", groups=(group,))
    ends = connected(client_config(policy=policy), server_config("rsa", policy=policy))
    assert ends.client.group == ends.server.group == find_group(group)


def test_both_sides_know_the_same_secrets() -> None:
    ends = connected()
    client, server = ends.client.handshake, ends.server.handshake
    for name in ("premaster_secret", "master_secret", "key_block", "session_hash", "client_random", "server_random"):
        assert getattr(client, name) == getattr(server, name)
    assert client.client_verify_data == server.client_verify_data
    assert client.server_verify_data == server.server_verify_data


@pytest.mark.parametrize("requested", [True, False])
def test_encrypt_then_mac_is_used_when_both_want_it(requested: bool) -> None:
    from dataclasses import replace

    policy = compatible("TLS_RSA_WITH_AES_128_CBC_SHA256")
    client_policy = replace(policy, encrypt_then_mac=requested)
    ends = connected(client_config(policy=client_policy), server_config("rsa", policy=policy))
    assert ends.client.handshake.encrypt_then_mac is requested
    assert ends.server.handshake.encrypt_then_mac is requested


def test_alpn_is_the_servers_preference() -> None:
    ends = connected(client_config(alpn=("http/1.1", "h2")), server_config(alpn=("h2", "http/1.1")))
    assert ends.client.alpn == ends.server.alpn == "h2"


def test_without_alpn_on_the_server_none_is_negotiated() -> None:
    ends = connected(client_config(alpn=("h2",)), server_config())
    assert ends.client.alpn is None
    assert ends.server.alpn is None


def test_the_server_knows_the_name_that_was_asked() -> None:
    assert connected().server.server_name == "localhost"


def test_one_of_several_identities_is_chosen_by_suite_and_name() -> None:
    from tests.pairs import lab, server_identity

    other = lab().issue_server(names=("other.example",), key="ec")
    identities = (other, server_identity("ec"), server_identity("rsa"))
    ends = connected(server=server_config(identity=identities))
    assert "localhost" in ends.client.peer_certificates[0].subject_names
    policy = compatible("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    ends = connected(client_config(policy=policy), server_config(identity=identities, policy=policy))
    assert ends.client.peer_certificates[0].key_type.algorithm == "rsa"


def test_key_log_lines_open_the_connection() -> None:
    lines: list[str] = []
    ends = connected(client_config(key_log=lines.append))
    hs = ends.client.handshake
    assert lines == [f"CLIENT_RANDOM {hs.client_random.hex()} {hs.master_secret.reveal().hex()}"]


def test_facts_are_set_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order in which facts appear is what a trace shows; a second value would be lost."""
    from hellodone.handshake.context import Handshake

    twice: list[str] = []

    def set_once(self: object, name: str, value: object) -> None:
        if not name.startswith("_") and name in vars(self):
            twice.append(name)
        object.__setattr__(self, name, value)

    monkeypatch.setattr(Handshake, "__setattr__", set_once, raising=False)
    for suite, key in SUITES:
        policy = compatible(suite)
        connected(
            client_config(policy=policy, identity=client_identity("rsa"), alpn=("a",)),
            server_config(key, policy=policy, client_auth="required", alpn=("a",)),
        )
    assert twice == []
