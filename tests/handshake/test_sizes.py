"""How long records may be: max_fragment_length (RFC 6066, 4) and record_size_limit (RFC 8449)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hellodone.errors import ConfigurationError
from hellodone.events import DataReceived
from hellodone.policy import Policy
from hellodone.record.layer import MAX_PLAINTEXT
from hellodone.registry.codes import ExtensionType
from hellodone.session.store import MemorySessionStore
from hellodone.session.tickets import TicketKeys
from tests.hellos import alert_of, changed, with_extension, without_extension
from tests.pairs import Pair, client_config, clock, compatible, connected, pair, server_config

GCM, CBC = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"
LIMIT = ExtensionType.record_size_limit
FRAGMENT = ExtensionType.max_fragment_length


def lengths(stream: bytes | bytearray) -> list[tuple[int, int]]:
    """Content type and length of every record."""
    found = []
    while stream:
        end = 5 + int.from_bytes(stream[3:5], "big")
        found.append((stream[0], end - 5))
        stream = stream[end:]
    return found


def data_records(ends: Pair, size: int = 10_000) -> tuple[list[int], list[int]]:
    """Lengths of the records in which each side sends ``size`` bytes: the client's, the server's."""
    ends.to_server.clear()
    ends.to_client.clear()
    ends.client.send_data(bytes(size))
    ends.server.send_data(bytes(size))
    ends.pump()
    for error in ends.errors:
        raise error
    for events in (ends.client_events, ends.server_events):
        assert sum(len(event.data) for event in events if isinstance(event, DataReceived)) >= size
    return [n for _, n in lengths(ends.to_server)], [n for _, n in lengths(ends.to_client)]


# --- max_fragment_length


@pytest.mark.parametrize("length", [512, 1024, 2048, 4096])
@pytest.mark.parametrize("suite", [GCM, CBC])
def test_max_fragment_length_limits_both_directions(length: int, suite: str) -> None:
    policy = compatible(suite)
    ends = connected(client_config(policy=policy, max_fragment_length=length), server_config(policy=policy))
    assert ends.client.handshake.max_fragment_length == ends.server.handshake.max_fragment_length == length
    for records in data_records(ends):
        assert len(records) == -(-10_000 // length)
        assert max(records) <= length + 80


def test_it_counts_from_the_server_hello_on() -> None:
    ends = connected(client_config(max_fragment_length=512))
    assert max(length for _, length in lengths(ends.to_client)) <= 512  # Certificate is longer than that


@pytest.mark.parametrize("value", [0, 5, 255])
def test_another_length_is_an_illegal_parameter(value: int) -> None:
    ends = changed(pair(), client=with_extension(FRAGMENT, bytes((value,))))
    assert alert_of(ends.server_error) == "illegal_parameter"


@pytest.mark.parametrize("data", [b"", b"\x01\x01"])
def test_malformed_ones_are_decode_errors(data: bytes) -> None:
    assert alert_of(changed(pair(), client=with_extension(FRAGMENT, data)).server_error) == "decode_error"
    assert alert_of(changed(pair(), client=with_extension(LIMIT, data + b"\x01")).server_error) == "decode_error"


def test_an_answer_with_another_length_is_an_illegal_parameter() -> None:
    ends = changed(pair(client_config(max_fragment_length=1024)), server=with_extension(FRAGMENT, b"\x01"))
    assert alert_of(ends.client_error) == "illegal_parameter"


def test_an_answer_nobody_asked_for_is_an_unsupported_extension() -> None:
    assert alert_of(changed(pair(), server=with_extension(FRAGMENT, b"\x01")).client_error) == "unsupported_extension"
    assert alert_of(changed(pair(), server=with_extension(LIMIT, b"\x40\x00")).client_error) == "unsupported_extension"


@pytest.mark.parametrize("sender", ["client", "server"])
def test_a_longer_record_is_an_overflow(sender: str) -> None:
    ends = connected(client_config(max_fragment_length=512))
    who = ends.client if sender == "client" else ends.server
    who._records.max_plaintext = 513
    who.send_data(bytes(513))
    ends.pump()
    assert alert_of(ends.server_error if sender == "client" else ends.client_error) == "record_overflow"


@pytest.mark.parametrize("kind", ["id", "ticket"])
def test_a_session_keeps_the_length(kind: str) -> None:
    keeping: dict[str, Any] = {"session_store": MemorySessionStore(clock=clock)}
    if kind == "ticket":
        keeping = {"tickets": TicketKeys.generate(clock=clock)}
    client = client_config(max_fragment_length=1024, session_store=MemorySessionStore(clock=clock))
    server = server_config(**keeping)
    connected(client, server)
    again = connected(client, server)
    assert again.client.resumed
    assert again.client.handshake.max_fragment_length == again.server.handshake.max_fragment_length == 1024
    assert max(data_records(again)[1]) <= 1100
    other = connected(replace(client, max_fragment_length=512), server)
    assert not other.client.resumed  # the session has another length


def test_a_server_that_does_not_know_it_sends_what_it_likes() -> None:
    ends = pair(client_config(max_fragment_length=512))
    changed(ends, client=without_extension(FRAGMENT))
    assert "max_fragment_length" not in vars(ends.server.handshake)


def test_a_renegotiation_changes_the_length() -> None:
    client = client_config(max_fragment_length=512)
    ends = connected(client, server_config(renegotiation="accept"))
    ends.client.config = replace(client, max_fragment_length=0)
    ends.client.renegotiate()
    ends.pump()
    assert ends.completed
    assert [len(records) for records in data_records(ends)] == [1, 1]


# --- record_size_limit


@pytest.mark.parametrize("suite", [GCM, CBC])
def test_each_side_keeps_to_the_others_record_size_limit(suite: str) -> None:
    policy = compatible(suite)
    client = client_config(policy=policy, record_size_limit=64)
    ends = connected(client, server_config(policy=policy, record_size_limit=1000))
    to_server, to_client = data_records(ends)
    assert len(to_server) == 10
    assert len(to_client) == 157
    assert max(to_client) <= 64 + 80


def test_a_server_without_a_limit_says_the_protocols() -> None:
    ends = connected(client_config(record_size_limit=2**14))
    assert ends.client.handshake.server_record_size_limit == MAX_PLAINTEXT


def test_it_does_not_concern_what_is_not_protected() -> None:
    ends = connected(client_config(record_size_limit=64))
    assert max(length for kind, length in lengths(ends.to_client) if kind == 22) > 300


@pytest.mark.parametrize("value", [0, 1, 63])
def test_less_than_64_is_an_illegal_parameter(value: int) -> None:
    said = with_extension(LIMIT, value.to_bytes(2, "big"))
    assert alert_of(changed(pair(), client=said).server_error) == "illegal_parameter"
    ends = changed(pair(client_config(record_size_limit=512)), server=said)
    assert alert_of(ends.client_error) == "illegal_parameter"


def test_more_than_the_protocol_allows_is_a_fault_of_servers_only() -> None:
    more = with_extension(LIMIT, (2**14 + 1).to_bytes(2, "big"))
    ends = changed(pair(client_config(record_size_limit=512)), client=more)
    assert alert_of(ends.server_error) == "bad_record_mac"  # for the two saw different hellos, not for the limit
    assert (
        alert_of(changed(pair(client_config(record_size_limit=512)), server=more).client_error) == "illegal_parameter"
    )


def test_it_goes_before_max_fragment_length() -> None:
    client = client_config(record_size_limit=2048, max_fragment_length=512)
    ends = connected(client)
    assert "max_fragment_length" not in vars(ends.client.handshake)
    assert max(data_records(ends)[1]) > 2048


def test_answers_to_both_are_an_illegal_parameter() -> None:
    client = client_config(record_size_limit=2048, max_fragment_length=512)
    ends = changed(pair(client), server=with_extension(FRAGMENT, b"\x01"))
    assert alert_of(ends.client_error) == "illegal_parameter"


@pytest.mark.parametrize("sender", ["client", "server"])
def test_a_record_above_the_limit_is_an_overflow(sender: str) -> None:
    ends = connected(client_config(record_size_limit=100), server_config(record_size_limit=100))
    who = ends.client if sender == "client" else ends.server
    who._records.max_plaintext = 101
    who.send_data(bytes(101))
    ends.pump()
    assert alert_of(ends.server_error if sender == "client" else ends.client_error) == "record_overflow"


def test_a_resumed_session_negotiates_it_afresh() -> None:
    client = client_config(record_size_limit=100, session_store=MemorySessionStore(clock=clock))
    server = server_config(tickets=TicketKeys.generate(clock=clock))
    connected(client, server)
    again = connected(replace(client, record_size_limit=None), server)
    assert again.client.resumed
    assert [len(records) for records in data_records(again)] == [1, 1]


@pytest.mark.parametrize(
    "wrong",
    [{"record_size_limit": 63}, {"record_size_limit": 2**14 + 1}, {"max_fragment_length": 100}, {"padding": -1}],
)
def test_configurations_that_cannot_be_sent(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigurationError):
        client_config(**wrong)


# --- padding


@pytest.mark.parametrize("length", [256, 300, 512, 4000])
def test_a_hello_is_padded_to_the_length(length: int) -> None:
    ends = connected(client_config(padding=length))
    hello = lengths(ends.to_server)[0][1]
    assert hello == length


def test_a_hello_longer_than_that_is_left_alone() -> None:
    plain, padded = connected(), connected(client_config(padding=10))
    assert lengths(plain.to_server)[0] == lengths(padded.to_server)[0]


def test_padding_of_other_bytes_is_refused() -> None:
    ends = changed(pair(), client=with_extension(ExtensionType.padding, b"\0\1"))
    assert alert_of(ends.server_error) == "illegal_parameter"


def test_padding_is_not_echoed() -> None:
    ends = pair(client_config(padding=500))
    changed(ends, server=with_extension(ExtensionType.padding, b"\0"))
    assert alert_of(ends.client_error) == "unsupported_extension"


# --- truncated_hmac

HISTORIC = Policy.historic()


@pytest.mark.parametrize("encrypt_then_mac", [True, False])
def test_macs_are_cut_to_ten_bytes(encrypt_then_mac: bool) -> None:
    policy = replace(HISTORIC.with_cipher_suites([CBC]), encrypt_then_mac=encrypt_then_mac)
    whole = replace(policy, truncated_hmac=False)
    ends, usual = (connected(client_config(policy=p), server_config(policy=p)) for p in (policy, whole))
    assert ends.client.handshake.truncated_hmac
    assert ends.server.handshake.truncated_hmac
    cut, full = (data_records(pair, 100)[0][0] for pair in (ends, usual))
    assert (cut, full) == (16 + 112 + 10, 16 + 112 + 32) if encrypt_then_mac else (16 + 112, 16 + 144)


def test_modern_and_compatible_do_not_know_it() -> None:
    policy = compatible(CBC)
    ends = pair(client_config(policy=policy), server_config(policy=policy))
    changed(ends, client=with_extension(ExtensionType.truncated_hmac, b""))
    assert "truncated_hmac" not in vars(ends.server.handshake)


def test_it_has_no_effect_on_aead() -> None:
    policy = HISTORIC.with_cipher_suites([GCM, CBC])
    ends = connected(client_config(policy=policy), server_config(policy=policy))
    assert "truncated_hmac" not in vars(ends.client.handshake)


def test_a_session_keeps_truncated_hmac() -> None:
    policy = HISTORIC.with_cipher_suites([CBC])
    client = client_config(policy=policy, session_store=MemorySessionStore(clock=clock))
    server = server_config(policy=policy, tickets=TicketKeys.generate(clock=clock))
    connected(client, server)
    again = connected(client, server)
    assert again.client.resumed
    assert again.client.handshake.truncated_hmac
    without = replace(policy, truncated_hmac=False)
    assert not connected(replace(client, policy=without), server).client.resumed
