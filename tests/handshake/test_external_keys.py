"""Keys that lie elsewhere: asked for a signature by a handshake that yields, in both roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hellodone.config import ServerConfig
from hellodone.connection import Connection
from hellodone.errors import AlertDescription, ConfigurationError, FatalAlert
from hellodone.handshake.context import Handshake
from hellodone.handshake.flow import Ask, Expect
from hellodone.handshake.tls12.server import server_handshake
from hellodone.messages.handshake import HANDSHAKE_MESSAGES
from hellodone.pki.identity import Identity
from hellodone.policy import Policy
from hellodone.registry.signatures import SignatureScheme
from tests.pairs import (
    Pair,
    client_config,
    client_identity,
    compatible,
    connected,
    pair,
    server_config,
    server_identity,
)

KINDS = ["rsa", "ec", "ed25519"]
SECRET = "PIN 1234 was wrong"


def elsewhere(identity: Identity, calls: list[int] | None = None, **more: object) -> Identity:
    """The same certificate, its key behind a callable."""

    def sign(data: bytes, scheme: int) -> bytes:
        if calls is not None:
            calls.append(scheme)
        return identity.signer.sign(scheme, data)

    return Identity.from_signer(identity.chain, sign, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_whose_key_is_elsewhere(kind: str) -> None:
    calls: list[int] = []
    both = connected(client_config(), server_config(identity=elsewhere(server_identity(kind), calls)))
    assert calls == [both.client.handshake.server_signature_scheme]


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_whose_key_is_elsewhere(kind: str) -> None:
    calls: list[int] = []
    client = client_config(identity=elsewhere(client_identity(kind), calls))
    both = connected(client, server_config(client_auth="required"))
    assert calls == [both.server.handshake.client_signature_scheme]
    assert both.server.peer_certificates == client_identity(kind).chain


def test_the_signature_is_a_request_that_the_handshake_yields() -> None:
    """The core does not call the signer: whoever drives it may do so when and where it likes."""
    calls: list[int] = []
    config = server_config(identity=elsewhere(server_identity("ec"), calls))
    raw = pair().client.data_to_send()[5:]
    driver: Connection[ServerConfig] = Connection("server", config, server_handshake)
    hs: Handshake[ServerConfig] = driver.handshake
    flow = server_handshake(hs)
    request = flow.send(None)
    assert isinstance(request, Expect)
    driver._transcript.add(raw)
    request = flow.send(HANDSHAKE_MESSAGES[raw[0]].parse(raw[4:]))
    assert isinstance(request, Ask)
    assert calls == []  # nobody has asked the token yet
    request = flow.send(request())
    assert calls == [hs.server_signature_scheme]
    assert isinstance(request, Expect)


def test_schemes_that_the_signer_cannot_make_are_not_chosen() -> None:
    calls: list[int] = []
    schemes = ["rsa_pkcs1_sha384", SignatureScheme.rsa_pkcs1_sha256]
    connected(client_config(), server_config(identity=elsewhere(server_identity("rsa"), calls, schemes=schemes)))
    assert calls in ([SignatureScheme.rsa_pkcs1_sha384], [SignatureScheme.rsa_pkcs1_sha256])
    with pytest.raises(ConfigurationError, match="no signature scheme is left"):
        elsewhere(server_identity("rsa"), schemes=["ed25519"])


def raises(data: bytes, scheme: int) -> bytes:
    raise RuntimeError(SECRET)


@pytest.mark.parametrize(
    ("sign", "reason"),
    [
        (raises, "failed with RuntimeError"),
        (lambda data, scheme: "text", "gave str in place of bytes"),
        (lambda data, scheme: b"", "gave 0 octets that are no ecdsa_secp256r1_sha256 signature of its key"),
        (lambda data, scheme: bytes(70_000), "gave 70000 octets"),
        (lambda data, scheme: server_identity("rsa").sign(0x0401, data), "no ecdsa_secp256r1_sha256 signature"),
    ],
)
@pytest.mark.parametrize("role", ["client", "server"])
def test_a_signer_that_fails_ends_the_handshake_with_internal_error(
    role: str, sign: Callable[[bytes, int], bytes], reason: str
) -> None:
    ours = (client_identity if role == "client" else server_identity)("ec")
    broken = Identity.from_signer(ours.chain, sign)
    if role == "client":
        both = pair(client_config(identity=broken, record=True), server_config(client_auth="required", record=True))
    else:
        both = pair(client_config(record=True), server_config(identity=broken, record=True))
    both.pump()
    ours_failed, theirs = fault_of(both, role), fault_of(both, "server" if role == "client" else "client")
    assert ours_failed.alert == theirs.alert == AlertDescription.internal_error
    assert (ours_failed.sender, theirs.sender) == ("us", "peer")
    assert ours_failed.reason.startswith(f"the signer of {ours.leaf.name} ")
    assert reason in ours_failed.reason
    for connection in (both.client, both.server):
        assert connection.trace is not None
        assert SECRET not in connection.trace.to_json()


def fault_of(both: Pair, role: str) -> FatalAlert:
    error = both.client_error if role == "client" else both.server_error
    assert isinstance(error, FatalAlert)
    return error


def test_suites_that_need_more_than_a_signature_are_refused_with_the_reason() -> None:
    policy = compatible("TLS_RSA_WITH_AES_128_GCM_SHA256")
    server = server_config(identity=elsewhere(server_identity("rsa")), policy=Policy.compatible())
    both = pair(client_config(policy=policy), server).pump()
    assert isinstance(both.server_error, FatalAlert)
    assert both.server_error.alert == AlertDescription.handshake_failure
    assert "is elsewhere and only signs" in both.server_error.reason


def test_a_chain_in_pem_and_none() -> None:
    identity = server_identity("ec")
    made = Identity.from_signer(identity.chain_pem(), lambda data, scheme: identity.sign(scheme, data))
    assert made.chain == identity.chain
    assert "function" not in repr(made)
    with pytest.raises(ConfigurationError, match="at least one certificate"):
        Identity.from_signer((), lambda data, scheme: b"")
