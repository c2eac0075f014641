"""The state machine as properties: what does not belong is refused, and how bytes lie in records does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hellodone.config import ClientConfig, ServerConfig
from hellodone.errors import AlertDescription, FatalAlert, TruncationError
from hellodone.messages.handshake import (
    HANDSHAKE_MESSAGES,
    Certificate,
    CertificateRequest,
    CertificateVerify,
    ClientHello,
    ClientKeyExchange,
    Finished,
    HandshakeMessage,
    HelloRequest,
    NewSessionTicket,
    ServerHello,
    ServerHelloDone,
    ServerKeyExchange,
)
from hellodone.registry.codes import HandshakeType
from tests.pairs import Pair, client_config, client_identity, compatible, pair, server_config

SCENARIOS = {
    "ecdhe": ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ec", "none"),
    "ecdhe, client authentication": ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ec", "required"),
    "rsa": ("TLS_RSA_WITH_AES_128_CBC_SHA", "rsa", "none"),
}
FOREIGN: list[HandshakeMessage] = [
    HelloRequest(),
    ClientHello(0x0303, bytes(32), b"", (0xC02B,)),
    ServerHello(0x0303, bytes(32), b"", 0xC02B),
    Certificate((b"certificate",)),
    ServerKeyExchange(b"parameters"),
    CertificateRequest((1,), (0x0401,), ()),
    ServerHelloDone(),
    CertificateVerify(0x0403, b"signature"),
    ClientKeyExchange(b"\x04keys"),
    Finished(bytes(12)),
    NewSessionTicket(60, b"ticket"),
]
CHANGE_CIPHER_SPEC = b"\x14\x03\x03\x00\x01\x01"


@cache
def configs(scenario: str) -> tuple[ClientConfig, ServerConfig]:
    suite, key, client_auth = SCENARIOS[scenario]
    policy = compatible(suite)
    return (
        client_config(policy=policy, identity=client_identity("ec")),
        server_config(key, policy=policy, client_auth=client_auth),
    )


def units(data: bytes) -> Iterator[bytes]:
    """Records of one handshake message each, as far as nothing is protected."""
    protected = False
    while data:
        end = 5 + int.from_bytes(data[3:5], "big")
        record, data = data[:end], data[end:]
        protected = protected or record[0] == 20
        if record[0] != 22 or protected:
            yield record
            continue
        content = record[5:]
        while content:
            length = 4 + int.from_bytes(content[1:4], "big")
            message, content = content[:length], content[length:]
            yield b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message


def as_record(message: HandshakeMessage) -> bytes:
    raw = message.frame()
    return b"\x16\x03\x03" + len(raw).to_bytes(2, "big") + raw


def refused(ends: Pair, victim: str) -> FatalAlert | None:
    error = ends.client_error if victim == "client" else ends.server_error
    assert error is None or isinstance(error, FatalAlert | TruncationError)
    return error if isinstance(error, FatalAlert) and error.sender == "us" else None


def with_injection(scenario: str, victim: str, place: int, injected: bytes) -> tuple[Pair, bytes | None]:
    """A handshake with that record before unit ``place`` of what the victim hears, and that unit."""
    ends = pair(*configs(scenario))
    seen = 0
    before: bytes | None = None

    def inject(data: bytes) -> bytes:
        nonlocal seen, before
        out = b""
        for unit in units(data):
            if seen == place:
                out += injected
                before = unit
            out += unit
            seen += 1
        return out

    ends.pump(to_client=inject) if victim == "client" else ends.pump(to_server=inject)
    return ends.finish(), before


@settings(max_examples=150)
@given(
    scenario=st.sampled_from(sorted(SCENARIOS)),
    victim=st.sampled_from(["client", "server"]),
    place=st.integers(0, 6),
    message=st.sampled_from(FOREIGN),
)
def test_a_message_that_is_not_due_is_unexpected(
    scenario: str, victim: str, place: int, message: HandshakeMessage
) -> None:
    ends, before = with_injection(scenario, victim, place, as_record(message))
    if before is None:
        return  # the handshake has fewer units than that
    if isinstance(message, HelloRequest) and victim == "client" and before[0] == 22 and ends.completed:
        return  # ignored, and not hashed (RFC 5246, 7.4.1.1)
    assert not ends.completed
    refusal = refused(ends, victim)
    due = before[0] == 22 and before[5:6] == message.frame()[:1]
    if refusal is not None and not due and before[0] == 22:
        optional = message.msg_type == HandshakeType.certificate_request  # may come before ServerHelloDone
        expected = {AlertDescription.unexpected_message, AlertDescription.bad_record_mac}
        if optional:
            expected |= {AlertDescription.handshake_failure}
        assert refusal.alert in expected or optional, (refusal, before[:9])


@settings(max_examples=40)
@given(
    scenario=st.sampled_from(sorted(SCENARIOS)),
    victim=st.sampled_from(["client", "server"]),
    place=st.integers(0, 6),
)
def test_change_cipher_spec_too_early_is_unexpected(scenario: str, victim: str, place: int) -> None:
    ends, before = with_injection(scenario, victim, place, CHANGE_CIPHER_SPEC)
    if before is None:
        return
    assert not ends.completed
    refusal = refused(ends, victim)
    if before[0] == 22 and refusal is not None:
        # behind the true one it is opened with the new keys
        assert refusal.alert in (AlertDescription.unexpected_message, AlertDescription.bad_record_mac)


@settings(max_examples=60)
@given(
    scenario=st.sampled_from(sorted(SCENARIOS)),
    victim=st.sampled_from(["client", "server"]),
    kinds=st.lists(st.sampled_from(sorted(HANDSHAKE_MESSAGES)), min_size=1, max_size=8),
)
def test_messages_of_any_kinds_in_any_order_never_complete(scenario: str, victim: str, kinds: list[int]) -> None:
    """Well-formed messages that were not made for this handshake."""
    ends = pair(*configs(scenario))
    connection = ends.client if victim == "client" else ends.server
    bodies = {message.msg_type: message for message in FOREIGN}

    def everything() -> None:
        for kind in kinds:
            if kind in bodies:
                connection.receive_data(as_record(bodies[HandshakeType(kind)]))
        connection.receive_eof()

    with pytest.raises((FatalAlert, TruncationError)):
        everything()
    assert not connection.handshake_complete


@settings(max_examples=40)
@given(scenario=st.sampled_from(sorted(SCENARIOS)), sizes=st.lists(st.integers(1, 400), min_size=1, max_size=30))
def test_how_messages_lie_in_records_does_not_matter(scenario: str, sizes: list[int]) -> None:
    """RFC 5246, 6.2.1: content may be split and joined at will, as long as its type stays the same."""

    def resized(data: bytes) -> bytes:
        out, content = b"", b""
        cut = cycle(sizes)
        protected = False
        while data:
            end = 5 + int.from_bytes(data[3:5], "big")
            record, data = data[:end], data[end:]
            if record[0] == 22 and not protected:
                content += record[5:]
                continue
            out += _cut(content, cut)
            content = b""
            protected = protected or record[0] == 20
            out += record
        return out + _cut(content, cut)

    ends = pair(*configs(scenario)).pump(to_server=resized, to_client=resized)
    assert ends.completed, ends.errors
    assert ends.client.handshake.master_secret == ends.server.handshake.master_secret


def _cut(content: bytes, sizes: Iterator[int]) -> bytes:
    out = b""
    while content:
        size = next(sizes)
        piece, content = content[:size], content[size:]
        out += b"\x16\x03\x03" + len(piece).to_bytes(2, "big") + piece
    return out
