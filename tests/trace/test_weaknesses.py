"""What is weak in a connection is named, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hellodone.policy import Policy
from hellodone.trace.model import Trace
from hellodone.trace.weaknesses import weaknesses
from tests.pairs import client_config, connected, server_config

OLD = replace(
    Policy.historic(),
    extended_master_secret="off",
    encrypt_then_mac=False,
    secure_renegotiation="off",
    truncated_hmac=False,
)
EXTENSIONS = ["no extended master secret", "no secure renegotiation"]


def traced(suite: str, policy: Policy | None = None, key: str | None = "rsa") -> Trace:
    chosen = (policy or replace(Policy.historic(), truncated_hmac=False)).with_cipher_suites([suite])
    psk = (b"alice", bytes(16)) if "PSK" in suite else None
    client = client_config(policy=chosen, record=True, psk=psk)
    shared: dict[str, Any] = {"record": True, "policy": chosen, "psk": dict([psk]) if psk else None}
    ends = connected(client, server_config(key, **shared) if key else server_config(identity=None, **shared))
    assert ends.client.trace is not None
    return ends.client.trace


def names(trace: Trace) -> list[str]:
    return [weakness.name for weakness in weaknesses(trace)]


@pytest.mark.parametrize(
    ("suite", "key", "expected"),
    [
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "rsa", []),
        ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ec", []),  # encrypt-then-MAC
        ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "rsa", []),
        ("TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256", None, []),
        ("TLS_RSA_WITH_AES_128_GCM_SHA256", "rsa", ["RSA key transport", "no forward secrecy"]),
        ("TLS_PSK_WITH_AES_128_GCM_SHA256", None, ["no forward secrecy"]),
        ("TLS_DH_anon_WITH_AES_128_GCM_SHA256", None, ["anonymous"]),
        ("TLS_ECDH_anon_WITH_RC4_128_SHA", None, ["RC4", "anonymous"]),
        ("TLS_RSA_WITH_NULL_SHA256", "rsa", ["no encryption (NULL)", "RSA key transport", "no forward secrecy"]),
        ("TLS_RSA_WITH_RC4_128_MD5", "rsa", ["RC4", "MD5 in the MAC", "RSA key transport", "no forward secrecy"]),
        ("TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "rsa", ["3DES_EDE, a cipher with blocks of 64 bits"]),
        ("TLS_DHE_RSA_WITH_AES_128_CCM_8", "rsa", ["authentication tags of 64 bits (CCM_8)"]),
    ],
)
def test_suites(suite: str, key: str | None, expected: list[str]) -> None:
    assert names(traced(suite, key=key)) == expected


def test_what_was_not_negotiated() -> None:
    assert names(traced("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", OLD)) == EXTENSIONS
    assert names(traced("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", OLD)) == [*EXTENSIONS, "CBC without encrypt-then-MAC"]
    short = replace(Policy.historic(), truncated_hmac=True)
    assert names(traced("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", short)) == ["MACs of 80 bits (truncated_hmac)"]


def test_signatures() -> None:
    policy = Policy.historic().with_signature_schemes(["rsa_pkcs1_sha1"])
    assert names(traced("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", policy)) == ["SHA-1 under the server's signature"]


def test_each_has_a_sentence_and_a_reference_and_survives_a_file() -> None:
    trace = traced("TLS_ECDH_anon_WITH_NULL_SHA", OLD, key=None)
    found = weaknesses(trace)
    assert len(found) == 4
    for weakness in found:
        assert weakness.sentence
        assert weakness.reference.startswith("RFC ")
    assert weaknesses(Trace.from_json(trace.to_json())) == found


def test_a_small_group_of_the_servers_own() -> None:
    """No server of ours has one, so a prime of 1024 bits stands in the message in place of the real one."""
    trace = traced("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")
    step = next(step for step in trace.steps if step.name == "ServerKeyExchange")
    assert step.fields is not None
    prime = step.fields.find("dh_p")
    assert prime is not None
    shorter = replace(prime, meaning="f" * 256, children=())
    steps = [replace(s, fields=shorter) if s is step else s for s in trace.steps]
    outcome = replace(trace.connections[0], group="the server's own, 1024 bits")
    assert names(replace(trace, steps=tuple(steps), connections=(outcome,))) == [
        "a Diffie-Hellman modulus of 1024 bits",
        "a Diffie-Hellman group that is not a published one",
    ]
